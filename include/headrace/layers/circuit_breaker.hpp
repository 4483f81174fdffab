// SPDX-License-Identifier: BSL-1.0
#pragma once

// A dependency has failed several times in a row: leave it alone for a moment, then ask once.

#include <headrace/base/detail/caught.hpp>
#include <headrace/base/detail/elapsed.hpp>
#include <headrace/routing/detail/attempt.hpp>
#include <headrace/routing/middleware.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace headrace {

/// What the end of a call says about the dependency.
enum class breaker_vote : std::uint8_t {
    works,  ///< it has answered, be it with a no
    fails,  ///< it has not answered as it should
    unsure, ///< nothing: the call was cancelled, or its time was over
};

/// transient, throttled, bug and what was thrown: fails. deadline, cancelled and the refusals of
/// breakers and limits further in: unsure. All other classes are answers: works.
[[nodiscard]] breaker_vote judge_dependency(const error& e) noexcept;

struct breaker_options {
    std::string name = {};                 ///< of the dependency, for logs and errors
    std::uint32_t failures = 5;            ///< so many in a row open it
    std::chrono::milliseconds open{5'000}; ///< lets nothing through for so long
    breaker_vote (*judge)(const error&) noexcept = &judge_dependency;
};

enum class breaker_state : std::uint8_t {
    closed,    ///< lets everything through
    open,      ///< lets nothing through
    half_open, ///< lets one call through, whose end decides
};
[[nodiscard]] std::string_view to_string(breaker_state state) noexcept;

/// Counts failures in a row, and not a share of many calls, and opens for seconds rather than
/// minutes: its state lives in one process, which runs one invocation at a time and is frozen
/// between them. Frozen time counts as time in which it was open.
///
/// A refused call fails with class transient, code breaker_open and `after`, so a queue delivers
/// again later; retry{} makes no further try on it. Every copy of use{breaker} and every
/// breaker.run() share the one object. Thread-safe; a success costs no lock while it is closed.
///   circuit_breaker ledger_breaker{{.name = "ledger"}};
///   chain{retry{}, use{ledger_breaker}, timeout{2s}}
///   auto posted = ledger_breaker.run(ctx, [&] { return books.post(entry); });
class circuit_breaker {
public:
    static constexpr headrace::phase phase = headrace::phase::breaker;

    explicit circuit_breaker(breaker_options options = {}) : options_(std::move(options)) {}
    circuit_breaker(const circuit_breaker&) = delete; // it is shared: chain{use{breaker}}
    circuit_breaker& operator=(const circuit_breaker&) = delete;

    outcome operator()(call& c, auto&& next) {
        return run(c.context(), [&]() -> outcome { return next(c); });
    }
    /// Runs f(const context&) or f(): a result, an outcome, or a value that becomes a result.
    template <class F> detail::ran<F> run(const context& ctx, F&& f) {
        std::uint64_t ticket = 0;
        if (auto refused = enter(ctx, ticket)) [[unlikely]] {
            return detail::ran<F>(*std::move(refused));
        }
        try {
            detail::ran<F> done = detail::attempt(f, ctx);
            leave(ctx, ticket, detail::view_failure(done).why);
            return done;
        } catch (...) {
            const error e = detail::caught_error();
            leave(ctx, ticket, &e);
            throw;
        }
    }
    [[nodiscard]] breaker_state state() const;

private:
    [[nodiscard]] std::optional<error> enter(const context& ctx, std::uint64_t& ticket);
    [[nodiscard]] std::optional<error> enter_slowly(const context& ctx, std::uint64_t& ticket);
    void leave(const context& ctx, std::uint64_t ticket, const error* why);
    void note_failure(const context& ctx, const error& why);
    void change(breaker_state to) noexcept;
    [[nodiscard]] error refusal(std::chrono::nanoseconds wait) const;

    const breaker_options options_;
    /// The epoch while it is closed and nothing has failed since the last success; otherwise 0.
    std::atomic<std::uint64_t> calm_ = 1;
    mutable std::mutex mutex_; ///< guards the rest
    breaker_state state_ = breaker_state::closed;
    std::uint64_t epoch_ = 1; ///< grows with every change, so that late answers do not count
    std::uint32_t failures_ = 0;
    bool probing_ = false;
    detail::two_clocks opened_{};
};

} // namespace headrace
