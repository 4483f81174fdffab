// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/context.hpp>

#include <algorithm>

namespace headrace {

std::chrono::milliseconds context::remaining() const noexcept {
    using std::chrono::milliseconds;
    if (!deadline) return milliseconds::max();
    const auto left = *deadline - world->clock.now();
    return std::max(milliseconds::zero(), std::chrono::duration_cast<milliseconds>(left));
}

} // namespace headrace
