// SPDX-License-Identifier: BSL-1.0
#pragma once

// Another answer for what has failed: a cached value, an empty list, "try again later".

#include <headrace/base/detail/caught.hpp>
#include <headrace/routing/detail/attempt.hpp>
#include <headrace/routing/middleware.hpp>

#include <concepts>
#include <exception>
#include <utility>

namespace headrace {

namespace detail {
void log_fallback(const context& ctx, const error& why);

template <class A> consteval bool check_alternative() {
    constexpr bool callable =
        std::invocable<const A&, const error&> || std::invocable<const A&, call&, const error&>;
    static_assert(callable,
                  "a fallback takes a const callable of the error, or of the call and the "
                  "error, for which it answers:  fallback{[](const error& e) -> outcome "
                  "{ ... }}  see docs/howto/resilience.md");
    return callable;
}
} // namespace detail

/// Asks `alternative` for an answer when what is inside has failed or thrown. It is called with the
/// error, or with the call and the error, and may answer with an error as well. The failure that it
/// replaces is logged, so that it does not vanish.
///   chain{fallback{[](const error& e) -> outcome {
///       return e.kind == error_class::transient ? outcome(http::text(200, "{}")) : outcome(e);
///   }}, retry{}}
///   auto rate = fallback{[&](const error&) { return last_known; }}.run(ctx, [&] { return ask();
///   });
template <class Alternative> struct fallback {
    static_assert(detail::check_alternative<Alternative>());
    static constexpr headrace::phase phase = headrace::phase::fallback;

    Alternative alternative;

    outcome operator()(call& c, auto&& next) const {
        return guard<outcome>(
            c.context(), [&]() -> outcome { return next(c); },
            [&](const error& e) -> outcome {
                if constexpr (std::invocable<const Alternative&, call&, const error&>)
                    return alternative(c, e);
                else
                    return alternative(e);
            });
    }
    /// Runs f(const context&) or f(): a result, an outcome, or a value that becomes a result.
    template <class F> detail::ran<F> run(const context& ctx, F&& f) const {
        using answer = detail::ran<F>;
        return guard<answer>(ctx, f, [&](const error& e) -> answer { return alternative(e); });
    }

private:
    template <class R, class F, class Instead>
    static R guard(const context& ctx, F&& f, Instead&& instead) {
        error why;
        try {
            R done = detail::attempt(f, ctx);
            const auto failure = detail::view_failure(done);
            if (failure.why == nullptr) [[likely]]
                return done;
            why = *failure.why;
        } catch (...) {
            why = detail::caught_error();
        }
        detail::log_fallback(ctx, why);
        return instead(std::as_const(why));
    }
};
template <class Alternative> fallback(Alternative) -> fallback<Alternative>;

} // namespace headrace
