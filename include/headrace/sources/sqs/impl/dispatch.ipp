// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/routing/batch.hpp>
#include <headrace/routing/batch_run.hpp>
#include <headrace/routing/dispatch.hpp>
#include <headrace/sources/sqs.hpp>
#include <headrace/sources/sqs/visibility.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace headrace::sqs {

namespace dispatching {

// A message is for its queue's route, or else for the route of the event inside it.
inline outcome run_message(dispatcher& way, call& one, const message& m, const error* problem) {
    one.found().attempt = m.attributes.approximate_receive_count.value().value_or(1u);
    one.found().body = raw_json(m.body);
    one.offer(m);
    if (problem != nullptr) return way.answer(one, *problem);
    if (const auto* route = way.find(m)) return way.run(one, *route);
    if (auto inner = way.open(one, m.body)) return *std::move(inner);
    return way.unmatched(one, "queue " + std::string(m.queue_name()));
}

// When the failed ones come back, if the app was given somebody who can say so.
inline void change_visibility(const call& c, std::span<const message> messages,
                              std::span<const record_result> ledger) {
    const auto* const backoff = c.dependency<const visibility_backoff>();
    if (backoff == nullptr) return;
    std::vector<settled_message> settled;
    for (std::size_t i = 0; i < messages.size(); ++i) settled.push_back({&messages[i], ledger[i]});
    backoff->apply(c.context(), settled);
}

// A message that cannot be named in the reply has at least that problem: then the whole batch
// fails, before any of it is handled.
inline const error* unreportable(const batch<event>& all) {
    for (std::size_t i = 0; i < all.problems.size(); ++i) {
        if (all.records()[i].message_id.empty()) return all.problem(i);
    }
    return nullptr;
}

} // namespace dispatching

outcome event::dispatch(dispatcher& way, call& c, const document& d) {
    auto all = read_batch<event>(d, c.memory());
    if (!all) return way.answer(c, all.error());
    if (const auto* problem = dispatching::unreportable(*all)) return way.answer(c, *problem);

    const auto messages = all->records();
    const bool fifo = std::ranges::any_of(messages, &message::is_fifo);
    batch_run records(
        way, c, messages.size(),
        [&](std::size_t i) -> batch_item {
            return {messages[i].message_id, messages[i].attributes.message_group_id};
        },
        fifo ? order : record_order::any, way.batches<event>());
    records.run([&](dispatcher& here, call& one, std::size_t i) {
        one.offer(all->event);
        return dispatching::run_message(here, one, messages[i], all->problem(i));
    });
    dispatching::change_visibility(c, messages, records.ledger());
    return records.item_failures();
}

} // namespace headrace::sqs
