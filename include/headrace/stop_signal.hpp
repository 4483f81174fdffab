// SPDX-License-Identifier: BSL-1.0
#pragma once

// Should this work end early? Like a std::stop_token, except that it costs no thread until somebody
// asks for the token itself.

#include <headrace/platform.hpp>
#include <headrace/time_point.hpp>

#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

namespace headrace {

struct context;

namespace detail {
class time_limit;
}

/// Asks work to end early, because its time is over or its caller wants no answer any more. C++
/// cannot stop a thread, so work that does not look at it goes on, and what waits for the work
/// waits on. Three ways to look, cheapest first:
///   if (ctx.stop.stop_requested()) return error::cancelled("...");   // between two steps
///   if (!ctx.sleep_until(when)) ...                                  // while waiting
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
        std::optional<time_point> at;
        std::stop_token token;
    };
    [[nodiscard]] parts split() const;

private:
    std::stop_token token_;
    detail::time_limit* limit_ = nullptr;
};

namespace detail {

/// Makes a signal ask at a point in time. Must outlive its copies, and joins its watcher at its
/// end. Nested limits need one watcher between them: each knows the earliest of all points.
class time_limit {
public:
    time_limit(const context& outer, time_point stop_at);
    time_limit(const time_limit&) = delete;
    time_limit& operator=(const time_limit&) = delete;
    ~time_limit();

    [[nodiscard]] bool stop_requested() const noexcept;
    [[nodiscard]] std::stop_token token();
    [[nodiscard]] stop_signal::parts split() const { return {stop_at_, outer_}; }

private:
    struct forward {
        std::stop_source to;
        void operator()() const noexcept { to.request_stop(); }
    };
    const platform* world_;
    std::stop_token outer_; ///< of what is around all limits
    time_point stop_at_;
    std::mutex mutex_; ///< guards the rest, which exists once somebody has asked for the token
    std::stop_source stop_{std::nostopstate};
    std::stop_source ended_{std::nostopstate};
    std::optional<std::stop_callback<forward>> from_outer_;
    std::unique_ptr<executor::task> watcher_;
};

} // namespace detail
} // namespace headrace
