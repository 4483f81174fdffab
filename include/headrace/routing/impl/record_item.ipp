// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/json/text.hpp>
#include <headrace/routing/record_item.hpp>

namespace headrace {

result<raw_json> record_body::json(workspace& memory) const {
    if (!is_base64_) return wire_;
    return base64_decode(wire_.text(), memory.memory()).transform([](std::string_view text) {
        return raw_json(text);
    });
}

} // namespace headrace
