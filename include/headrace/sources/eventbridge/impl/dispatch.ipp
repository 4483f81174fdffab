// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/routing/dispatch.hpp>
#include <headrace/sources/eventbridge.hpp>
#include <headrace/sources/schedule.hpp>

#include <string>

namespace headrace {

namespace eventbridge {

outcome event::dispatch(dispatcher& way, call& c, const document& d) {
    auto& it = *c.memory().memory().make<event>();
    if (auto read = read_document(d, c.memory(), it); !read) {
        return way.answer(c, read.error());
    }
    c.found().identifier = it.id;
    c.found().body = it.detail;
    c.offer(it);
    if (const auto* route = way.find(it)) return way.run(c, *route);
    return way.unmatched(c, "source " + std::string(it.source) + " and detail-type "
                                + std::string(it.detail_type));
}

} // namespace eventbridge

namespace schedule {

// A schedule's event is an EventBridge event as well: those routes are asked second.
outcome event::dispatch(dispatcher& way, call& c, const document& d) {
    auto& it = *c.memory().memory().make<event>();
    if (auto read = read_document(d, c.memory(), it); !read) {
        return way.answer(c, read.error());
    }
    if (const auto* route = way.find(it)) {
        c.found().identifier = it.id;
        c.offer(it);
        return way.run(c, *route);
    }
    return eventbridge::event::dispatch(way, c, d);
}

bool schedule_matcher::matches(const event& e) const noexcept {
    const auto name = what_ == kind::rule ? e.rule_name() : e.schedule_name();
    return !name.empty() && name_.matches(e.resources.front(), name);
}

std::string schedule_matcher::describe() const {
    return (what_ == kind::rule ? "schedule rule " : "schedule name ") + name_.text();
}

} // namespace schedule
} // namespace headrace
