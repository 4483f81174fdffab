// SPDX-License-Identifier: BSL-1.0
#pragma once

// Try again what has failed for now, as a layer around a handler or around any callable inside one.
// The rule is a retry_policy; the deadline, two budgets and the stop signal bound it.

#include <headrace/base/detail/caught.hpp>
#include <headrace/base/time_point.hpp>
#include <headrace/routing/detail/attempt.hpp>
#include <headrace/routing/middleware.hpp>
#include <headrace/routing/retry_budget.hpp>
#include <headrace/routing/retry_policy.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <exception>
#include <optional>
#include <utility>

namespace headrace {

/// A rule for retries: a retry_policy, or anything callable like one.
template <class P>
concept retry_rule = requires(const P& rule, const failed_try& failed, std::uint64_t random) {
    { rule(failed, random) } -> std::convertible_to<std::optional<std::chrono::nanoseconds>>;
};

/// What bounds a retry beside its rule. milliseconds::max() is for ever, here and in every other
/// option that is a length of time, and a negative length is none.
struct retry_options {
    /// What one try may take; zero: as long as the last one took. No try begins unless the wait
    /// before it, this and `reserve` fit before the deadline.
    std::chrono::milliseconds attempt{0};
    std::chrono::milliseconds reserve{500}; ///< left alone before the deadline, for the reply
    /// Tokens for the retries of one dependency, beside the budget that every invocation has. It
    /// must outlive the app.
    retry_budget* quota = nullptr;
};

namespace detail {

/// Everything about the tries of one run but the tries themselves.
class tries {
public:
    tries(const context& ctx, const retry_options& bounds, std::uint32_t delivery) noexcept
        : outer_(&ctx), bounds_(&bounds), delivery_(delivery) {}

    /// Begins a try and says under which context.
    const context& begin();
    [[nodiscard]] failed_try failed(const failure_view& f) const noexcept {
        return {*f.why, number_, delivery_, not_before(f), waited_};
    }
    [[nodiscard]] std::uint64_t draw() const { return outer_->world->random.next(); }
    /// Waits for the next try. False: there is none, and the log says why.
    [[nodiscard]] bool again(const error& why, retry_kind kind,
                             std::optional<std::chrono::nanoseconds> wait);
    void succeeded() noexcept;
    /// A breaker or limit that let nothing through: no answer of what was tried.
    [[nodiscard]] static bool is_refusal(const error& e) noexcept {
        return e.code == errc::breaker_open || e.code == errc::limited;
    }

private:
    [[nodiscard]] std::optional<std::chrono::milliseconds>
    not_before(const failure_view& f) const noexcept;
    [[nodiscard]] bool fits(std::chrono::nanoseconds wait) const noexcept;
    [[nodiscard]] bool pay(retry_kind kind) noexcept;
    bool give_up(std::string_view because) const;

    const context* outer_;
    const retry_options* bounds_;
    std::uint32_t delivery_;
    std::uint32_t number_ = 0;
    std::chrono::nanoseconds begun_{};
    std::chrono::nanoseconds waited_{};
    std::uint32_t paid_invocation_ = 0;
    std::uint32_t paid_quota_ = 0;
    std::optional<context> own_;
};

/// What a rule has said, in nanoseconds. Longer than these can say is for ever.
template <class Said> std::optional<std::chrono::nanoseconds> wait_of(const Said& said) {
    if constexpr (requires { length_of(said); })
        return length_of(said);
    else if constexpr (requires { length_of(*said); })
        return said ? std::optional(length_of(*said)) : std::nullopt;
    else
        return said;
}

template <class Policy> consteval bool check_retry_rule() {
    constexpr bool rule = retry_rule<Policy>;
    static_assert(rule, "a retry takes a retry_policy, or a callable that is const and says how "
                        "long to wait, if at all:  std::optional<std::chrono::milliseconds>(const "
                        "failed_try&, std::uint64_t random)  see docs/howto/resilience.md");
    return rule;
}

} // namespace detail

/// Runs what is inside again while it fails in a way that is worth it, and gives back the last real
/// answer: never an error of its own, and a breaker's refusal only where nothing was tried. What is
/// thrown counts as a bug and is thrown on, unless the rule's classify says otherwise.
///   chain{retry{}, timeout{2s}}                    // three tries, 0 to 100 and 200 ms in between
///   chain{retry{{.tries = 4, .base = 50ms}}}
///   chain{retry{retry_policy::aws_standard(), {.quota = &ledger_quota}}}
///   retry{{.tries = 2}}.run(ctx, [&](const context& own) { return books.post(entry, own.stop); })
/// A try can see that it is one: context::try_number, and "try" in its log lines. Every try has a
/// call of its own. A value without state; the random numbers come from the platform.
template <class Policy = retry_policy> struct retry {
    static_assert(detail::check_retry_rule<Policy>());
    static constexpr headrace::phase phase = headrace::phase::retry;

    Policy policy{};
    retry_options options{};

    outcome operator()(call& c, auto&& next) const {
        detail::own_calls calls(c);
        return run(c, [&](const context& own) { return next(calls.begin(own)); });
    }
    /// Runs f(const context&) or f(): a result, an outcome, or a value that becomes a result.
    template <class F> detail::ran<F> run(const context& ctx, F&& f) const {
        return loop(detail::tries(ctx, options, 1), f);
    }
    /// The same, with fewer tries when the platform has delivered this before.
    template <class F> detail::ran<F> run(const call& c, F&& f) const {
        return loop(detail::tries(c.context(), options, c.attempt()), f);
    }

private:
    [[nodiscard]] retry_kind classify(const error& e) const {
        if constexpr (requires { policy.classify(e); })
            return policy.classify(e);
        else
            return classify_retry(e);
    }
    [[nodiscard]] bool again(detail::tries& all, const detail::failure_view& f) const {
        std::optional<std::chrono::nanoseconds> wait;
        if (!f.final) wait = detail::wait_of(policy(all.failed(f), all.draw()));
        return all.again(*f.why, classify(*f.why), wait);
    }

    template <class F> detail::ran<F> loop(detail::tries all, F& f) const {
        std::optional<detail::ran<F>> last; // the last real answer: this, or what was thrown
        std::exception_ptr thrown;
        for (;;) {
            bool goes_on = false;
            try {
                detail::ran<F> now = detail::attempt(f, all.begin());
                const auto failure = detail::view_failure(now);
                if (failure.why == nullptr) [[likely]] {
                    all.succeeded();
                    return now;
                }
                const bool real = !detail::tries::is_refusal(*failure.why);
                goes_on = again(all, failure);
                if (real || (!last && !thrown)) {
                    last.emplace(std::move(now));
                    thrown = nullptr;
                }
            } catch (...) {
                const error e = detail::caught_error();
                goes_on = again(all, {&e, e.after});
                if (!detail::tries::is_refusal(e) || (!last && !thrown)) {
                    last.reset();
                    thrown = std::current_exception();
                }
            }
            if (goes_on) continue;
            if (thrown) std::rethrow_exception(thrown);
            return *std::move(last);
        }
    }
};

retry() -> retry<retry_policy>;
retry(retry_policy) -> retry<retry_policy>;
retry(retry_policy, retry_options) -> retry<retry_policy>;
template <class Policy> retry(Policy) -> retry<Policy>;
template <class Policy> retry(Policy, retry_options) -> retry<Policy>;

} // namespace headrace
