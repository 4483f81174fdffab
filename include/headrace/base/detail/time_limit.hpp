// SPDX-License-Identifier: BSL-1.0
#pragma once

// How is work asked to end at a point in time?

#include <headrace/base/context.hpp>
#include <headrace/base/detail/elapsed.hpp>
#include <headrace/base/stop_signal.hpp>

#include <atomic>
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

} // namespace headrace::detail
