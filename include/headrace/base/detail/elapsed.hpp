// SPDX-License-Identifier: BSL-1.0
#pragma once

// How much time has passed, and how much is left, when the process may have been frozen in between
// and the wall clock may have been set?

#include <headrace/base/platform.hpp>
#include <headrace/base/time_point.hpp>

#include <algorithm>
#include <chrono>
#include <stop_token>
#include <utility>

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
        const auto all = difference(later.wall, wall);
        return difference(all, awake) >= freeze ? all : awake;
    }
};

/// An end by both clocks: it has come when either says so, since a wall clock that is set back must
/// not put it off, and a steady one stands still while the process is frozen. Each may say never.
struct end_by_clocks {
    std::chrono::nanoseconds steady = for_ever;
    time_point wall = never;

    /// When the wall clock shows `at`, as far as was known at `told`.
    [[nodiscard]] static end_by_clocks at(time_point at, const two_clocks& told) noexcept {
        const auto away = difference(at, told.wall);
        return {away == for_ever ? away : sum(told.steady, away), at};
    }
    /// So much later than the steady clock showed then. A length of time is that clock's business.
    [[nodiscard]] static end_by_clocks in(std::chrono::nanoseconds span,
                                          std::chrono::nanoseconds now) noexcept {
        return {sum(now, span), never};
    }
    /// The one that comes first.
    [[nodiscard]] end_by_clocks sooner(const end_by_clocks& other) const noexcept {
        return {std::min(steady, other.steady), std::min(wall, other.wall)};
    }
    [[nodiscard]] bool has_come(const clock_source& clock) const noexcept {
        return clock.steady() >= steady || (wall != never && clock.now() >= wall);
    }
    /// Not negative.
    [[nodiscard]] std::chrono::nanoseconds left(const two_clocks& now) const noexcept {
        const auto both = std::min(difference(steady, now.steady), difference(wall, now.wall));
        return std::max(both, std::chrono::nanoseconds::zero());
    }
    [[nodiscard]] std::chrono::nanoseconds left(const clock_source& clock) const noexcept {
        return left(two_clocks::now(clock));
    }
    /// Waits for it, as clock_source does.
    bool wait(clock_source& clock, std::stop_token stop) const {
        const auto now = two_clocks::now(clock);
        if (wall == never) return clock.sleep_for(left(now), std::move(stop));
        return clock.sleep_until(later(now.wall, left(now)), std::move(stop));
    }
};

} // namespace headrace::detail
