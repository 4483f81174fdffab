// SPDX-License-Identifier: BSL-1.0
#pragma once

// How is an attempt asked to end at a point in time, and what is said of one that did not?

#include <headrace/base/context.hpp>
#include <headrace/base/detail/elapsed.hpp>
#include <headrace/base/detail/time_limit.hpp>
#include <headrace/routing/call.hpp>
#include <headrace/routing/detail/attempt.hpp>

#include <chrono>

namespace headrace::detail {

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
