// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/routing/batch.hpp>
#include <headrace/routing/batch_run.hpp>
#include <headrace/routing/dispatch.hpp>
#include <headrace/sources/sns.hpp>

namespace headrace::sns {

namespace dispatching {

// A notification is for its topic's route, or else for the route of the event inside it.
inline outcome run_notification(dispatcher& way, call& one, const notification& n) {
    one.found().identifier = n.message_id;
    one.found().body = raw_json(n.message);
    one.offer(n);
    if (const auto* route = way.find(n)) return way.run(one, *route);
    if (auto inner = way.open(one, n.message)) return *std::move(inner);
    return way.unmatched(one, "topic " + std::string(n.topic_name()));
}

} // namespace dispatching

outcome event::dispatch(dispatcher& way, call& c, const document& d) {
    auto all = read_batch<event>(d, c.memory());
    if (!all) return way.answer(c, all.error());
    const auto notifications = all->records();
    batch_run records(
        way, c, notifications.size(),
        [&](std::size_t i) -> batch_item {
            return {notifications[i].sns.message_id, {}};
        },
        order, way.batches<event>());
    records.run([&](dispatcher& here, call& one, std::size_t i) {
        one.offer(all->event);
        if (const auto* problem = all->problem(i)) return here.answer(one, *problem);
        return dispatching::run_notification(here, one, notifications[i].sns);
    });
    return records.all_or_nothing();
}

outcome envelope::dispatch(dispatcher& way, call& c, const document& d) {
    envelope it;
    if (auto read = read_document(d, c.memory(), it); !read) {
        return way.answer(c, read.error());
    }
    call one(call::inside{c});
    return dispatching::run_notification(way, one, it);
}

} // namespace headrace::sns
