// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/ascii.hpp>
#include <headrace/base/detail/caught.hpp>
#include <headrace/base/detail/format.hpp>
#include <headrace/base/detail/utf8.hpp>
#include <headrace/routing/detail/call_line.hpp>
#include <headrace/routing/dispatch.hpp>
#include <headrace/routing/routing_table.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace headrace {

namespace detail::dispatch {

// What failed is logged once, here, whatever layers there are: a record's error never vanishes.
inline void write_failure(const call& c, const outcome& o) {
    if (o.succeeded() || o.error() == nullptr) return;
    const auto& e = *o.error();
    const bool ours = e.kind == error_class::bug;
    const auto level = ours ? log_level::error : log_level::warn;
    const auto& log = c.context().log;
    if (!log.enabled(level)) return;
    call_line line;
    line.add_if_there("source", c.source());
    line.add_if_there("outcome", to_string(o.verdict()));
    line.add_if_there("class", to_string(e.kind));
    line.add_if_there("code", to_string(e.code));
    line.add_if_there("reason", e.message);
    line.add_if_there("pointer", e.pointer);
    line.add_if_there("errorType", e.type);
    line.add_if_there("route", c.route());
    line.add_record(log, c);
    const auto* const what = o.parked()                   ? "record parked"
                             : c.scope() == scope::record ? "record failed"
                                                          : "invocation failed";
    line.write(log, level, what);
}

template <class Run> outcome guarded(const call& c, Run run) {
    auto* const watch = c.context().watch;
    outcome o = [&]() -> outcome {
        try {
            if (watch != nullptr) watch->began(c);
            return run();
        } catch (...) {
            return outcome(caught_error());
        }
    }();
    write_failure(c, o);
    if (watch != nullptr) watch->ended(c, o);
    return o;
}

inline error no_route(std::string text) {
    error e = error::permanent(std::move(text));
    e.code = errc::no_route;
    return e;
}

} // namespace detail::dispatch

const detail::route_entry* dispatcher::find(detail::type_id subject, const void* object) const {
    return routes_->find(subject, object);
}

const batch_policy& dispatcher::batches_of(detail::type_id event) const noexcept {
    return routes_->batches_of(event);
}

outcome dispatcher::run(call& c, const detail::route_entry& route) const {
    c.found().route = route.text;
    return detail::dispatch::guarded(c, [&] { return route.service(c); });
}

template <class Answer> outcome dispatcher::around(call& c, const Answer& answer) const {
    const auto& base = routes_->base();
    return detail::dispatch::guarded(c, [&]() -> outcome {
        if (base.around_record == nullptr) return answer(c);
        const detail::service_ref inner{
            const_cast<Answer*>(&answer),
            [](void* a, call& each) -> outcome { return (*static_cast<const Answer*>(a))(each); }};
        return base.around_record(base.object.get(), c, inner);
    });
}

outcome dispatcher::answer(call& c, const error& why) const {
    return around(c, [&](call&) { return outcome(why); });
}

outcome dispatcher::answer(call& c, const any_reply& reply) const {
    return around(c, [&](call&) {
        outcome o;
        o.set_reply(reply);
        return o;
    });
}

outcome dispatcher::unmatched(call& c, std::string_view what) const {
    return unmatched(c, detail::dispatch::no_route(detail::format<"no route takes {}">(what)));
}

outcome dispatcher::unmatched(call& c, const error& why) const {
    if (routes_->fallback() != nullptr) return run(c, *routes_->fallback());
    return answer(c, why);
}

outcome dispatcher::unrouted(call& c, const source_info& source) const {
    auto text = detail::format<"this app has no route to what {} sends">(source.id);
    if (!source.header.empty())
        detail::append_format<"; <{}> has such routes">(text, source.header);
    error e = detail::dispatch::no_route(std::move(text));
    outcome seen = answer(c, e);
    if (!source.unrouted.empty()) return outcome(json_reply{std::string(source.unrouted)});
    // A layer's other answer would let go what nobody has looked at.
    if (settle(source.family, end_of(seen)).what == settlement::acknowledge && seen.parked())
        return seen;
    return outcome(std::move(e));
}

void dispatcher::log_failure(const call& c, const outcome& o) {
    detail::dispatch::write_failure(c, o);
}

std::optional<outcome> dispatcher::open(call& outer, std::string_view text) {
    // S3 in SNS in SQS is three deep; more is nobody's envelope.
    constexpr unsigned deepest = 4;
    const auto start = detail::trimmed(detail::without_mark(text), " \t\r\n");
    if (start.empty() || start.front() != '{' || depth_ == deepest) return std::nullopt;
    const auto inner = memory_->nested(text);
    if (!inner) return std::nullopt;
    const auto* const source = routes_->sources().recognise(*inner);
    if (source == nullptr || source->delivery == delivery::synchronous
        || source->delivery == delivery::polled) {
        return std::nullopt;
    }
    auto* const dispatch = routes_->dispatch_of(*source);
    if (dispatch == nullptr) return std::nullopt;
    call c(call::inside{outer});
    c.found().source = source;
    c.found().document = {&*inner};
    ++depth_;
    const struct leave {
        unsigned& depth;
        ~leave() { --depth; }
    } leaving{depth_};
    return dispatch(*this, c, *inner);
}

} // namespace headrace
