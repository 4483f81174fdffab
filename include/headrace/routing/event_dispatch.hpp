// SPDX-License-Identifier: BSL-1.0
#pragma once

// How does an event reach its routes, and what is its source told? dispatch<E>() reads a batch or a
// single event, finds the route of each record, runs it, and takes the reply from the settlement
// table's row of the source's family. For authors of sources; only bodies include it.

#include <headrace/json/decode.hpp>
#include <headrace/routing/batch.hpp>
#include <headrace/routing/batch_run.hpp>
#include <headrace/routing/dispatch.hpp>
#include <headrace/routing/record_item.hpp>
#include <headrace/routing/routing_table.hpp>
#include <headrace/routing/settlement.hpp>
#include <headrace/routing/source.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace headrace {

// clang-format off: a table.
// What an event type E says, all of it static. A record is an element of its `records`, or the
// event itself where it has none. The first is needed, and one of the next two.
//   record_item item_of(const record&);            what there is to know about it
//   std::string sought(const record&);             "queue orders": no route takes it
//   error no_route_for(const record&);             or all that is said then
//   const auto& handed_out(const record&);         what handlers ask for, if it is not the record
//   auto subject_of(const record&, workspace&);    what matchers look at, if it is not that
//   source_family family_of(std::span<const record>);      where about.family is too little
//   constexpr bool carries_events = true;          bodies may be the events of others
//   void after_batch(const call&, std::span<const record>, std::span<const record_result>);
//   using otherwise = other_event;                 what it is as well, whose routes are asked
//   second
// clang-format on

namespace detail {

template <class E, class Record> const auto& handed_out(const Record& r) noexcept {
    if constexpr (requires { E::handed_out(r); })
        return E::handed_out(r);
    else
        return r;
}

template <class E, class Record>
const route_entry* route_of(const dispatcher& way, const Record& r) {
    if constexpr (requires { E::subject_of(r, way.memory()); })
        return way.find(E::subject_of(r, way.memory()));
    else
        return way.find(handed_out<E>(r));
}

template <class E, class Records> source_family family_of(const Records& all) noexcept {
    if constexpr (requires { E::family_of(all); })
        return E::family_of(all);
    else
        return E::about.family;
}

/// A record whose item the call has: it is for a route of its own, or else for the route of the
/// event inside of it.
template <class E, class Record>
outcome dispatch_record(dispatcher& way, call& one, const Record& r) {
    if (const auto* route = route_of<E>(way, r)) return way.run(one, *route);
    if constexpr (requires { requires E::carries_events; }) {
        const auto text = one.item()->body.json(one.memory());
        if (!text) return way.answer(one, text.error());
        if (auto inner = way.open(one, text->text())) return *std::move(inner);
    }
    if constexpr (requires { E::no_route_for(r); })
        return way.unmatched(one, E::no_route_for(r));
    else
        return way.unmatched(one, E::sought(r));
}

template <class E> outcome dispatch_batch(dispatcher& way, call& c, const document& d) {
    auto all = read_batch<E>(d, c.memory(), way.routes().sources());
    if (!all) return way.answer(c, all.error());
    const auto records = all->records();
    const auto family = family_of<E>(records);
    const auto item_at = [&](std::size_t i) {
        record_item it = E::item_of(records[i]);
        if (all->problem(i) != nullptr) it.name = {}; // what could not be read does not name it
        return it;
    };
    batch_run run(way, c, records.size(), item_at, family, way.batches<E>());
    if (reports_records(family, way.table())) {
        // What has no name cannot be reported: then the batch fails before any of it is handled.
        for (std::size_t i = 0; i < all->problems.size(); ++i) {
            const auto* const problem = all->problem(i);
            if (problem != nullptr && run.items()[i].id.empty()) return way.answer(c, *problem);
        }
    }
    run.run([&](dispatcher& here, call& one, std::size_t i) {
        one.offer(all->event);
        one.offer(handed_out<E>(records[i]));
        if (const auto* problem = all->problem(i)) return here.answer(one, *problem);
        return dispatch_record<E>(here, one, records[i]);
    });
    if constexpr (requires { E::after_batch(c, records, run.ledger()); })
        E::after_batch(c, records, run.ledger());
    return run.reply();
}

template <class E> outcome dispatch_one(dispatcher& way, call& c, const document& d) {
    auto& it = *c.memory().memory().make<E>();
    if (auto read = read_document(d, c.memory(), it); !read) return way.answer(c, read.error());
    if constexpr (requires { typename E::otherwise; }) {
        if (route_of<E>(way, it) == nullptr) return E::otherwise::dispatch(way, c, d);
    }
    c.found().set_item(*c.memory().memory().make<record_item>(E::item_of(it)));
    c.offer(handed_out<E>(it));
    outcome o = dispatch_record<E>(way, c, it);
    const auto& rule = way.settle(E::about.family, end_of(o));
    return settled(std::move(o), rule);
}

} // namespace detail

/// The way of one event to its routes and of its outcome to its source. Borrows the invocation.
template <class E> outcome dispatch(dispatcher& way, call& c, const document& d) {
    if constexpr (batch_event<E>)
        return detail::dispatch_batch<E>(way, c, d);
    else
        return detail::dispatch_one<E>(way, c, d);
}

} // namespace headrace
