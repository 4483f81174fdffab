// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/batch.hpp>
#include <headrace/dispatch.hpp>
#include <headrace/sns.hpp>

namespace headrace::sns {

namespace dispatching {

// A notification is for its topic's route, or else for the route of the event inside it.
inline outcome run_notification(dispatcher& way, call& one, const notification& n) {
    one.set_record_id(n.message_id);
    one.set_body(raw_json(n.message));
    one.offer(n);
    if (const auto* route = way.find(n)) return way.run(one, *route);
    if (auto inner = way.open(one, n.message)) return *std::move(inner);
    return way.unmatched(one, "topic " + std::string(n.topic_name()));
}

} // namespace dispatching

outcome event::dispatch(dispatcher& way, call& c, const document& d) {
    auto all = read_batch<event>(d, c.memory());
    if (!all) return way.run(c, outcome(std::move(all).error()));
    outcome worst;
    for (std::size_t i = 0; i < all->records().size(); ++i) {
        call one(call::inside{c});
        one.offer(all->event);
        outcome o = all->problem(i) != nullptr
                        ? way.run(one, outcome(*all->problem(i)))
                        : dispatching::run_notification(way, one, all->records()[i].sns);
        if (worst.succeeded()) worst = std::move(o);
    }
    return worst;
}

outcome envelope::dispatch(dispatcher& way, call& c, const document& d) {
    envelope it;
    if (auto read = read_document(d, c.memory(), it); !read) {
        return way.run(c, outcome(std::move(read).error()));
    }
    call one(call::inside{c});
    return dispatching::run_notification(way, one, it);
}

} // namespace headrace::sns
