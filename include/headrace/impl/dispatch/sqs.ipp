// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/batch.hpp>
#include <headrace/dispatch.hpp>
#include <headrace/sqs.hpp>

#include <algorithm>
#include <vector>

namespace headrace::sqs {

namespace dispatching {

// A message is for its queue's route, or else for the route of the event inside it.
inline outcome run_message(dispatcher& way, call& one, const message& m, const error* problem) {
    if (problem != nullptr) return way.run(one, outcome(*problem));
    if (const auto* route = way.find(m)) return way.run(one, *route);
    if (auto inner = way.open(one, m.body)) return *std::move(inner);
    return way.unmatched(one, "queue " + std::string(m.queue_name()));
}

// A message that cannot be named in the reply, or that is not SQS's: then the whole batch fails,
// before any of it is handled.
inline std::optional<error> unreportable(const batch<event>& all) {
    for (std::size_t i = 0; i < all.records().size(); ++i) {
        const auto& m = all.records()[i];
        const bool foreign = !m.event_source.empty() && m.event_source != "aws:sqs";
        if (!m.message_id.empty() && !foreign) continue;
        error e = all.problem(i) != nullptr ? *all.problem(i)
                                            : error::malformed("a batch of more than one source");
        if (foreign) e.pointer = "/Records/" + std::to_string(i) + "/eventSource";
        return e;
    }
    return std::nullopt;
}

} // namespace dispatching

outcome event::dispatch(dispatcher& way, call& c, const document& d) {
    auto all = read_batch<event>(d, c.memory());
    if (!all) return way.run(c, outcome(std::move(all).error()));
    if (auto problem = dispatching::unreportable(*all))
        return way.run(c, outcome(*std::move(problem)));

    batch_ledger ledger;
    const bool fifo = std::ranges::any_of(all->records(), &message::is_fifo);
    std::vector<std::string_view> stopped; // message groups of a FIFO queue that had a failure
    bool all_stopped = false;              // a message failed whose group could not be read
    for (std::size_t i = 0; i < all->records().size(); ++i) {
        const message& m = all->records()[i];
        const auto group = m.attributes.message_group_id;
        if (all_stopped || std::ranges::find(stopped, group) != stopped.end()) {
            ledger.failed(m.message_id);
            continue;
        }
        call one(call::inside{c});
        one.set_record_id(m.message_id);
        one.set_attempt(m.attributes.approximate_receive_count.value().value_or(1u));
        one.set_body(raw_json(m.body));
        one.offer(m);
        one.offer(all->event);
        if (dispatching::run_message(way, one, m, all->problem(i)).succeeded()) continue;
        ledger.failed(m.message_id);
        if (!fifo) continue;
        stopped.push_back(group);
        all_stopped = group.empty();
    }
    return outcome(json_reply{std::move(ledger).reply()});
}

} // namespace headrace::sqs
