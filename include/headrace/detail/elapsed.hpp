// SPDX-License-Identifier: BSL-1.0
#pragma once

// How much time has passed, when the process may have been frozen in between?

#include <headrace/platform.hpp>

#include <chrono>

namespace headrace::detail {

/// A moment by both clocks. Lambda freezes a process between invocations, and the steady clock need
/// not run meanwhile. So where the wall clock has seen much more time pass, it is believed; small
/// differences come from its being set.
struct two_clocks {
    std::chrono::nanoseconds steady;
    time_point wall;

    [[nodiscard]] static two_clocks now(const clock_source& clock) noexcept {
        return {clock.steady(), clock.now()};
    }
    [[nodiscard]] std::chrono::nanoseconds until(const two_clocks& later) const noexcept {
        constexpr std::chrono::nanoseconds freeze = std::chrono::seconds(1);
        const auto awake = later.steady - steady;
        const std::chrono::nanoseconds all = later.wall - wall;
        return all - awake >= freeze ? all : awake;
    }
};

} // namespace headrace::detail
