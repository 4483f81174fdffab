// SPDX-License-Identifier: BSL-1.0
#pragma once

// Should this work end early? Like a std::stop_token, except that it costs no thread until somebody
// asks for the token itself.

#include <headrace/base/detail/elapsed.hpp>

#include <optional>
#include <stop_token>
#include <utility>

namespace headrace {

namespace detail {
class time_limit;
}

/// Asks work to end early, because its time is over or its caller wants no answer any more. C++
/// cannot stop a thread, so work that does not look at it goes on, and what waits for the work
/// waits on. Three ways to look, cheapest first:
///   if (ctx.stop.stop_requested()) return error::cancelled("...");   // between two steps
///   if (!ctx.sleep_for(2s)) ...                                      // while waiting
///   client.get(url, ctx.stop);                                       // hand on a std::stop_token
/// Only the third has to act by itself when the time is over, so only that starts a watcher on the
/// platform's executor, which ends with the attempt. A cheap value, valid as long as its context.
/// Thread-safe.
class stop_signal {
public:
    /// Never asks.
    stop_signal() noexcept = default;
    /// Asks when `token` does.
    stop_signal(std::stop_token token) noexcept : token_(std::move(token)) {}
    /// Asks when the time of `limit` is over, or when its outer signal does.
    explicit stop_signal(detail::time_limit& limit) noexcept : limit_(&limit) {}

    [[nodiscard]] bool stop_requested() const noexcept;
    [[nodiscard]] bool stop_possible() const noexcept {
        return limit_ != nullptr || token_.stop_possible();
    }
    /// For everything that wants a std::stop_token. Throws what starting a task throws.
    [[nodiscard]] std::stop_token token() const;
    operator std::stop_token() const { return token(); }

    /// When time alone makes it ask, and the token that can make it ask before.
    struct parts {
        std::optional<detail::end_by_clocks> at;
        std::stop_token token;
    };
    [[nodiscard]] parts split() const;

private:
    std::stop_token token_;
    detail::time_limit* limit_ = nullptr;
};

} // namespace headrace
