// SPDX-License-Identifier: BSL-1.0
#pragma once

// What a source's dispatch() works with: finding the route of a record, running it with its errors
// caught and logged, opening the envelope around another event. For authors of sources.

#include <headrace/base/error.hpp>
#include <headrace/json/workspace.hpp>
#include <headrace/routing/any_reply.hpp>
#include <headrace/routing/batch_options.hpp>
#include <headrace/routing/call.hpp>
#include <headrace/routing/outcome.hpp>
#include <headrace/routing/routes.hpp>
#include <headrace/routing/settlement.hpp>

#include <string>
#include <string_view>

namespace headrace {

class routing_table;

/// One invocation on its way to the routes. Belongs to one thread.
class dispatcher {
public:
    /// The table is always settlement_table but in tests of those that go by it.
    dispatcher(const routing_table& routes, workspace& memory,
               const settlements& table = settlement_table) noexcept
        : routes_(&routes), memory_(&memory), table_(&table) {}

    /// The same place on the way, for another worker with a workspace of its own.
    [[nodiscard]] dispatcher beside(workspace& memory) const noexcept {
        dispatcher other = *this;
        other.memory_ = &memory;
        return other;
    }
    /// How the batches of this event type are handled.
    template <class Event> [[nodiscard]] const batch_policy& batches() const noexcept {
        return batches_of(detail::id_of<Event>);
    }
    /// Is this an event inside a record of another one?
    [[nodiscard]] bool is_nested() const noexcept { return depth_ != 0; }

    /// What becomes of a record that ends so.
    [[nodiscard]] const settlement_rule& settle(source_family family,
                                                record_end end) const noexcept {
        return headrace::settle(family, end, *table_);
    }
    [[nodiscard]] const settlements& table() const noexcept { return *table_; }

    [[nodiscard]] workspace& memory() const noexcept { return *memory_; }
    [[nodiscard]] const routing_table& routes() const noexcept { return *routes_; }

    /// The route with the highest rank that takes this subject, or null.
    template <class Subject>
    [[nodiscard]] const detail::route_entry* find(const Subject& subject) const {
        return find(detail::id_of<Subject>, &subject);
    }
    /// Runs a route for this call: base chain, the route's layers, the handler. What they throw
    /// becomes an outcome; what fails is logged once.
    [[nodiscard]] outcome run(call& c, const detail::route_entry& route) const;
    /// Runs the base chain around what is said in the place of a route: an error, or a reply.
    [[nodiscard]] outcome answer(call& c, const error& why) const;
    [[nodiscard]] outcome answer(call& c, const any_reply& reply) const;
    /// The fallback if there is one, else an error of code no_route that says what was looked for.
    [[nodiscard]] outcome unmatched(call& c, std::string_view what) const;

    /// The same with an error of the source's own.
    [[nodiscard]] outcome unmatched(call& c, const error& why) const;
    /// What becomes of an event of a known source whose records no route of the app takes: the
    /// source's own answer to that, or else a failure, so that nothing is let go and nothing
    /// allowed. The layers around records see it, and a sink can take it in.
    [[nodiscard]] outcome unrouted(call& c, const source_info& source) const;

    /// Logs a failure: class, message, pointer, route, record. run() does it by itself.
    static void log_failure(const call& c, const outcome& o);

    /// Looks for another event in `text` (a message body) and dispatches it. Nothing if `text` is
    /// not the document of a source that has routes or is handled by itself (s3:TestEvent).
    [[nodiscard]] std::optional<outcome> open(call& outer, std::string_view text);

private:
    /// Around something callable as outcome(call&): a layer may ask more than once.
    template <class Answer> [[nodiscard]] outcome around(call& c, const Answer& answer) const;
    [[nodiscard]] const detail::route_entry* find(detail::type_id subject,
                                                  const void* object) const;
    [[nodiscard]] const batch_policy& batches_of(detail::type_id event) const noexcept;
    const routing_table* routes_;
    workspace* memory_;
    const settlements* table_;
    unsigned depth_ = 0;
};

} // namespace headrace
