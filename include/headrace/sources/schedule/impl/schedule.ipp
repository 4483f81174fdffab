// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/sources/detail/arn.hpp>
#include <headrace/sources/schedule.hpp>

namespace headrace {

namespace detail::schedule_arn {

// What stands after `kind` in the first resource, e.g. "group/nightly" after "schedule/".
inline std::string_view after(const schedule::event& e, std::string_view kind) noexcept {
    if (e.resources.empty()) return {};
    const auto resource = arn_resource(e.resources.front());
    return resource.starts_with(kind) ? resource.substr(kind.size()) : std::string_view();
}

} // namespace detail::schedule_arn

std::string_view schedule::event::rule_name() const noexcept {
    return detail::last_segment(detail::schedule_arn::after(*this, "rule/"));
}

std::string_view schedule::event::schedule_name() const noexcept {
    return detail::last_segment(detail::schedule_arn::after(*this, "schedule/"));
}

std::string_view schedule::event::schedule_group() const noexcept {
    const auto path = detail::schedule_arn::after(*this, "schedule/");
    const auto slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

record_item schedule::event::item_of(const event& e) {
    return {.id = e.id, .name = {e, [](const event& each) -> name_parts {
                                     if (each.resources.empty() || each.time.empty()) return {};
                                     return {"schedule", each.resources.front(), each.time.text()};
                                 }}};
}

} // namespace headrace
