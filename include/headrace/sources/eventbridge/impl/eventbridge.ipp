// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/sources/eventbridge.hpp>

namespace headrace {

record_item eventbridge::event::item_of(const event& e) {
    return {.id = e.id, .body = e.detail, .name = {e, [](const event& each) -> name_parts {
                                                       if (each.id.empty()) return {};
                                                       return {"eventbridge", each.id};
                                                   }}};
}

} // namespace headrace
