// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/routing/event_dispatch.hpp>
#include <headrace/sources/sns.hpp>
#include <headrace/sources/sqs.hpp>

#include <span>
#include <string>

namespace headrace::sns {

std::string envelope::sought(const notification& n) {
    return "topic " + std::string(n.topic_name());
}

std::span<const source_operations> notification::arrives_in() noexcept {
    static constexpr source_operations all[] = {operations_of<event>, operations_of<envelope>,
                                                operations_of<sqs::event>};
    return all;
}

outcome event::dispatch(dispatcher& way, call& c, const document& d) {
    return headrace::dispatch<event>(way, c, d);
}

outcome envelope::dispatch(dispatcher& way, call& c, const document& d) {
    return headrace::dispatch<envelope>(way, c, d);
}

} // namespace headrace::sns
