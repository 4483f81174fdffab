// SPDX-License-Identifier: BSL-1.0
#pragma once

// How is work asked to end at a point in time, and what is said of work that did not?

#include <headrace/call.hpp>
#include <headrace/context.hpp>
#include <headrace/detail/attempt.hpp>
#include <headrace/detail/elapsed.hpp>
#include <headrace/stop_signal.hpp>

#include <atomic>
#include <chrono>
#include <stop_token>

namespace headrace::detail {

/// Makes a signal ask at a point in time. Must outlive its copies, and joins its watcher at its
/// end. Nested limits need one watcher between them: each knows the earliest of all points.
class time_limit {
public:
    time_limit(const context& outer, const end_by_clocks& stop_at);
    time_limit(const time_limit&) = delete;
    time_limit& operator=(const time_limit&) = delete;
    ~time_limit();

    [[nodiscard]] bool stop_requested() const noexcept;
    [[nodiscard]] std::stop_token token();
    [[nodiscard]] stop_signal::parts split() const { return {stop_at_, outer_}; }

private:
    struct watched; ///< exists once somebody has asked for the token
    void watch(watched& w) const;

    const platform* world_;
    std::stop_token outer_; ///< of what is around all limits
    end_by_clocks stop_at_;
    std::atomic<watched*> watched_ = nullptr;
};

/// One attempt that is asked to end in time.
class timed_attempt {
public:
    /// After `limit`, which is its deadline too.
    timed_attempt(const context& outer, std::chrono::milliseconds limit);
    /// From a moment of the steady clock to an end.
    timed_attempt(const context& outer, std::chrono::nanoseconds begins, const end_by_clocks& ends);

    /// What the attempt runs under.
    [[nodiscard]] const context& own() const noexcept { return own_; }
    /// What has succeeded is late by the steady clock alone, which saves asking the other.
    [[nodiscard]] bool late(const error* why = nullptr) const noexcept;
    /// Precondition: it is late. Logs by how much. True: it ended because it was asked to, and only
    /// because of that.
    [[nodiscard]] bool gave_in(const error* why) const;

private:
    timed_attempt(const context& outer, std::chrono::nanoseconds begins,
                  std::chrono::milliseconds limit);

    const context* outer_;
    std::chrono::nanoseconds begins_;
    end_by_clocks ends_;
    time_limit time_;
    context own_;
};

/// A call that is asked to end at a point in time, for as long as this exists.
class timed_call {
public:
    timed_call(call& c, std::chrono::nanoseconds begins, const end_by_clocks& ends);
    timed_call(const timed_call&) = delete;
    timed_call& operator=(const timed_call&) = delete;
    ~timed_call();

    [[nodiscard]] call& begin() { return calls_.begin(attempt_.own()); }
    /// Once it has ended. True: because it was asked to, and only because of that.
    [[nodiscard]] bool gave_in(const error* why);

private:
    timed_attempt attempt_;
    own_calls calls_;
    bool ended_ = false;
};

} // namespace headrace::detail
