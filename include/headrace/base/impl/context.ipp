// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/context.hpp>

#include <algorithm>

namespace headrace {

std::chrono::milliseconds context::remaining() const noexcept {
    using detail::end_by_clocks;
    using std::chrono::milliseconds;
    if (!deadline && !soft_deadline) return milliseconds::max();
    end_by_clocks end;
    if (deadline) end = end_by_clocks::at(*deadline, begun);
    // It is the end of a length of time, so the wall clock has no say.
    if (soft_deadline)
        end.steady = std::min(end.steady, end_by_clocks::at(*soft_deadline, begun).steady);
    return std::chrono::duration_cast<milliseconds>(end.left(world->clock));
}

bool context::sleep_for(std::chrono::nanoseconds span) const {
    const auto [at, token] = stop.split();
    auto& clock = world->clock;
    if (!at || span < at->left(clock)) return clock.sleep_for(span, token);
    (void)at->wait(clock, token);
    return false;
}

bool context::sleep_until(time_point until) const {
    const auto [at, token] = stop.split();
    auto& clock = world->clock;
    if (!at) return clock.sleep_until(until, token);
    const auto now = detail::two_clocks::now(clock);
    if (detail::difference(until, now.wall) < at->left(now)) return clock.sleep_until(until, token);
    (void)at->wait(clock, token);
    return false;
}

} // namespace headrace
