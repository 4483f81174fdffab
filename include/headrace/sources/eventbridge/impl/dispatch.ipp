// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/routing/event_dispatch.hpp>
#include <headrace/sources/eventbridge.hpp>
#include <headrace/sources/schedule.hpp>
#include <headrace/sources/sns.hpp>
#include <headrace/sources/sqs.hpp>

#include <span>
#include <string>

namespace headrace::eventbridge {

std::string event::sought(const event& e) {
    return "source " + std::string(e.source) + " and detail-type " + std::string(e.detail_type);
}

// What rules send to queues and topics arrives in their messages. Schedules are such events, too.
std::span<const source_operations> event::arrives_in() noexcept {
    static constexpr source_operations all[] = {operations_of<event>,
                                                operations_of<schedule::rule_event>,
                                                operations_of<schedule::scheduler_event>,
                                                operations_of<sns::event>,
                                                operations_of<sns::envelope>,
                                                operations_of<sqs::event>};
    return all;
}

outcome event::dispatch(dispatcher& way, call& c, const document& d) {
    return headrace::dispatch<event>(way, c, d);
}

} // namespace headrace::eventbridge
