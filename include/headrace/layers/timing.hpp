// SPDX-License-Identifier: BSL-1.0
#pragma once

// How long did it take? A layer that tells a function of the user's own.

#include <headrace/routing/middleware.hpp>

#include <chrono>
#include <type_traits>
#include <utility>

namespace headrace {

namespace detail {
template <class Sink> consteval bool check_timing_sink() {
    constexpr bool callable =
        std::is_invocable_v<Sink&, const call&, const outcome&, std::chrono::nanoseconds>;
    static_assert(callable, "timing{sink} calls  sink(const call&, const outcome&, "
                            "std::chrono::nanoseconds)  see docs/howto/middleware.md");
    return callable;
}
} // namespace detail

/// Calls sink(call, outcome, duration) after each record or invocation.
///   chain{timing{[&](const call& c, const outcome&, std::chrono::nanoseconds took) { ... }}}
template <class Sink> struct timing {
    static_assert(detail::check_timing_sink<Sink>());
    static constexpr headrace::phase phase = headrace::phase::observe;
    Sink sink;

    outcome operator()(call& c, auto&& next) {
        const auto& clock = c.context().world->clock;
        const auto begin = clock.steady();
        outcome result = next(c);
        if constexpr (detail::check_timing_sink<Sink>()) // else one message is enough
            sink(std::as_const(c), std::as_const(result), clock.steady() - begin);
        return result;
    }
};
template <class Sink> timing(Sink) -> timing<Sink>;

} // namespace headrace
