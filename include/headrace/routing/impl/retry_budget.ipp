// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/routing/retry_budget.hpp>

#include <algorithm>

namespace headrace {

bool retry_budget::take(std::uint32_t price) noexcept {
    auto have = tokens();
    while (have >= price) {
        if (tokens_.compare_exchange_weak(have, have - price, std::memory_order_relaxed)) {
            return true;
        }
    }
    return false;
}

void retry_budget::give_back(std::uint32_t price) noexcept {
    auto have = tokens();
    while (have < prices_.tokens) {
        const auto after = have + std::min(price, prices_.tokens - have);
        if (tokens_.compare_exchange_weak(have, after, std::memory_order_relaxed)) return;
    }
}

} // namespace headrace
