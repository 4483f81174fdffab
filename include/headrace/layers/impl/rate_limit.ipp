// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/layers/rate_limit.hpp>

#include <algorithm>

namespace headrace {

namespace detail::rates {

// So long that sums of three of them are lengths, too.
inline constexpr std::chrono::nanoseconds most = for_ever / 4;

// Rates beyond one in a nanosecond or below one in a day are taken as these.
inline std::chrono::nanoseconds interval(double per_second) noexcept {
    constexpr double nanoseconds = 1e9;
    constexpr double longest = 86'400 * nanoseconds;
    const double apart = per_second > 0 ? nanoseconds / per_second : longest;
    return std::chrono::nanoseconds(static_cast<std::int64_t>(std::clamp(apart, 1.0, longest)));
}

inline std::chrono::nanoseconds full(std::chrono::nanoseconds interval, std::uint32_t burst) {
    return burst > rates::most / interval ? rates::most : interval * std::max(burst, 1u);
}

} // namespace detail::rates

rate_limit::rate_limit(rate_options options) noexcept
    : interval_(detail::rates::interval(options.per_second)),
      full_(detail::rates::full(interval_, options.burst)),
      wait_(std::min(detail::length_of(options.wait), detail::rates::most)),
      saved_(full_) {}

// A token now or in time, taken in advance; or how long it would have taken.
rate_limit::turn rate_limit::take(const context& ctx) {
    const std::lock_guard lock(mutex_);
    const auto now = detail::two_clocks::now(ctx.world->clock);
    if (last_) saved_ = std::min(full_, detail::sum(saved_, last_->until(now)));
    last_ = now;
    const auto wait = std::max(std::chrono::nanoseconds::zero(), interval_ - saved_);
    const auto stop_at = ctx.stop.split().at;
    const bool in_time = wait.count() == 0 || !stop_at || wait < stop_at->left(now);
    if (wait > wait_ || !in_time) return {wait, false};
    saved_ -= interval_;
    return {wait, true};
}

void rate_limit::give_back() {
    const std::lock_guard lock(mutex_);
    saved_ = std::min(full_, saved_ + interval_);
}

std::optional<error> rate_limit::enter(const context& ctx) {
    const auto [wait, taken] = take(ctx);
    if (taken) {
        if (wait.count() == 0) return std::nullopt;
        if (ctx.sleep_for(wait)) return std::nullopt;
        give_back();
        return error::cancelled("stopped while it waited for its turn in a rate limit");
    }
    error e = error::throttled("a rate limit is used up",
                               std::chrono::ceil<std::chrono::milliseconds>(wait));
    e.code = errc::limited;
    return e;
}

} // namespace headrace
