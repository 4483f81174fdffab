// SPDX-License-Identifier: BSL-1.0
#pragma once

// What retries, breakers and their like have in common: calling something that may fail, looking at
// what became of it, and answering in its place.

#include <headrace/base/context.hpp>
#include <headrace/base/result.hpp>
#include <headrace/base/time_point.hpp>
#include <headrace/routing/call.hpp>
#include <headrace/routing/outcome.hpp>

#include <chrono>
#include <concepts>
#include <optional>
#include <type_traits>
#include <utility>

namespace headrace::detail {

/// f(ctx), or f() where it does not want to know.
template <class F> decltype(auto) invoke_attempt(F& f, const context& ctx) {
    constexpr bool callable = std::invocable<F&, const context&> || std::invocable<F&>;
    static_assert(callable, "run(ctx, f) calls f(const context&) or f()"
                            "  see docs/howto/resilience.md");
    if constexpr (std::invocable<F&, const context&>)
        return f(ctx);
    else if constexpr (callable)
        return f();
}

template <class R> struct run_result {
    using type = result<R>;
};
template <class T> struct run_result<result<T>> {
    using type = result<T>;
};
template <> struct run_result<outcome> {
    using type = outcome;
};
template <> struct run_result<error> {
    using type = result<void>;
};

/// What run(ctx, f) returns: the result or outcome that f returns, or a result of what it returns.
template <class F>
using ran = typename run_result<std::remove_cvref_t<decltype(invoke_attempt(
    std::declval<F&>(), std::declval<const context&>()))>>::type;

template <class F> ran<F> attempt(F& f, const context& ctx) {
    if constexpr (std::is_void_v<decltype(invoke_attempt(f, ctx))>) {
        invoke_attempt(f, ctx);
        return {};
    } else {
        return ran<F>(invoke_attempt(f, ctx));
    }
}

/// What was wrong, seen the same way in outcomes and results.
struct failure_view {
    const error* why;                               ///< null: nothing
    std::optional<std::chrono::milliseconds> after; ///< not before
    bool final = false;                             ///< a verdict that no other try may change
    std::optional<time_point> until = {};           ///< not before this moment either
};

[[nodiscard]] failure_view view_failure(const outcome& o) noexcept;

/// What is wrong with a value that says so by itself: an http::response of a failing status.
struct failed_value {
    error why;
    std::optional<time_point> until;
};
/// A type whose failed values are told by a failure_in() beside it.
template <class T>
concept tells_failure = requires(const T& value) {
    { failure_in(value) } -> std::same_as<std::optional<failed_value>>;
};

/// What was wrong with such a value, or instead of it.
class value_failure : public failure_view {
public:
    explicit value_failure(const error& instead) noexcept;
    explicit value_failure(std::optional<failed_value> own);
    value_failure(const value_failure&) = delete;
    value_failure& operator=(const value_failure&) = delete;

private:
    std::optional<failed_value> own_;
};

template <class T> [[nodiscard]] auto view_failure(const result<T>& r) {
    if constexpr (tells_failure<T>)
        return r ? value_failure(failure_in(*r)) : value_failure(r.error());
    else
        return r ? failure_view{nullptr, {}} : failure_view{&r.error(), r.error().after};
}

/// The calls of attempts that run one after the other in the thread of the call around them. At the
/// end that one adopts what dispatching has found out in the last of them: a layer around may ask
/// for the event and the route.
class own_calls {
public:
    explicit own_calls(call& c) noexcept : outer_(&c) {}
    own_calls(const own_calls&) = delete;
    own_calls& operator=(const own_calls&) = delete;
    ~own_calls() {
        if (last_) outer_->found() = last_->found();
    }
    [[nodiscard]] call& begin(const context& own) {
        return last_.emplace(call::again{*outer_, own});
    }

private:
    call* outer_;
    std::optional<call> last_;
};

} // namespace headrace::detail
