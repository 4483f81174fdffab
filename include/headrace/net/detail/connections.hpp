// SPDX-License-Identifier: BSL-1.0
#pragma once

// How do clients of servers share connections, and how long may a call take?

#include <headrace/base/context.hpp>
#include <headrace/base/detail/elapsed.hpp>
#include <headrace/base/platform.hpp>

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace headrace::detail {

/// How much of its time a call has left, and never more than the invocation has.
class stopwatch {
public:
    stopwatch(const context& ctx, std::chrono::milliseconds within)
        : clock_(&ctx.world->clock),
          end_(clock_->steady() + std::min({within, ctx.remaining(), longest})) {}
    [[nodiscard]] const clock_source& clock() const noexcept { return *clock_; }
    /// Not negative.
    [[nodiscard]] std::chrono::milliseconds left() const {
        return std::chrono::ceil<std::chrono::milliseconds>(
            std::max(end_ - clock_->steady(), std::chrono::nanoseconds(0)));
    }
    [[nodiscard]] bool is_over() const { return left() == std::chrono::milliseconds(0); }

private:
    static constexpr std::chrono::milliseconds longest = std::chrono::hours(24);
    const clock_source* clock_;
    std::chrono::nanoseconds end_;
};

/// Connections without a call. Thread-safe. After fork() the parent's are not the child's: it drops
/// its copies, which net::stream closes without a word, so that the parent's go on.
template <class Connection> class pool {
public:
    /// Keeps so many, and gives none that has waited for longer.
    pool(std::size_t most, std::chrono::milliseconds longest)
        : most_(most), longest_(length_of(longest)) {}

    /// The connection that was used last, or null: if that has waited for too long, all have. What
    /// dies while nobody uses it may take all the time of the call that finds out.
    std::unique_ptr<Connection> take(const clock_source& clock) {
        std::vector<waiting> dropped; // after the lock
        const std::lock_guard lock(mutex_);
        leave_to_parent(dropped);
        if (all_.empty()) return nullptr;
        if (all_.back().since.until(two_clocks::now(clock)) > longest_) {
            dropped.swap(all_);
            return nullptr;
        }
        auto last = std::move(all_.back().connection);
        all_.pop_back();
        return last;
    }
    /// Of too many, the one that has waited longest is dropped.
    void keep(std::unique_ptr<Connection> one, const clock_source& clock) {
        std::vector<waiting> dropped;
        const std::lock_guard lock(mutex_);
        leave_to_parent(dropped);
        all_.push_back({std::move(one), two_clocks::now(clock)});
        if (all_.size() <= most_) return;
        dropped.push_back(std::move(all_.front()));
        all_.erase(all_.begin());
    }
    void drop_all() {
        std::vector<waiting> dropped;
        const std::lock_guard lock(mutex_);
        dropped.swap(all_);
    }

private:
    struct waiting {
        std::unique_ptr<Connection> connection;
        two_clocks since;
    };
    // Before anything else.
    void leave_to_parent(std::vector<waiting>& dropped) {
        if (const auto process = ::getpid(); process_ != process) {
            dropped.swap(all_);
            process_ = process;
        }
    }

    std::size_t most_;
    std::chrono::nanoseconds longest_;
    std::mutex mutex_;
    std::vector<waiting> all_; // by how long they have waited
    ::pid_t process_ = ::getpid();
};

} // namespace headrace::detail
