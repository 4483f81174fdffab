// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/routing/event_dispatch.hpp>
#include <headrace/sources/eventbridge.hpp>
#include <headrace/sources/schedule.hpp>
#include <headrace/sources/sns.hpp>
#include <headrace/sources/sqs.hpp>

#include <span>
#include <string>

namespace headrace::schedule {

std::string event::sought(const event& e) {
    return "schedule " + std::string(e.resources.empty() ? e.id : e.resources.front());
}

std::span<const source_operations> event::arrives_in() noexcept {
    static constexpr source_operations all[] = {
        operations_of<rule_event>, operations_of<scheduler_event>, operations_of<sns::event>,
        operations_of<sns::envelope>, operations_of<sqs::event>};
    return all;
}

outcome rule_event::dispatch(dispatcher& way, call& c, const document& d) {
    return headrace::dispatch<rule_event>(way, c, d);
}

outcome scheduler_event::dispatch(dispatcher& way, call& c, const document& d) {
    return headrace::dispatch<scheduler_event>(way, c, d);
}

bool schedule_matcher::matches(const event& e) const noexcept {
    const auto name = what_ == kind::rule ? e.rule_name() : e.schedule_name();
    return !name.empty() && name_.matches(e.resources.front(), name);
}

std::string schedule_matcher::describe() const {
    return (what_ == kind::rule ? "schedule rule " : "schedule name ") + name_.text();
}

} // namespace headrace::schedule
