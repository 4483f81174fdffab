// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/context.hpp>

#include <algorithm>

namespace headrace {

std::chrono::milliseconds context::remaining() const noexcept {
    using std::chrono::milliseconds;
    if (!deadline && !soft_deadline) return milliseconds::max();
    const auto end =
        std::min(deadline.value_or(time_point::max()), soft_deadline.value_or(time_point::max()));
    const auto left = end - world->clock.now();
    return std::max(milliseconds::zero(), std::chrono::duration_cast<milliseconds>(left));
}

bool context::sleep_until(time_point until) const {
    const auto [at, token] = stop.split();
    const bool whole = !at || until < *at;
    return world->clock.sleep_until(whole ? until : *at, token) && whole;
}

} // namespace headrace
