// SPDX-License-Identifier: BSL-1.0
#include <headrace/base/detail/elapsed.hpp>

#include "fakes.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <stop_token>

using namespace headrace;
using namespace std::chrono_literals;
using detail::end_by_clocks;
using detail::two_clocks;

TEST_CASE("an end comes when the first of the two clocks says so") {
    struct row {
        std::chrono::nanoseconds by_steady;
        std::chrono::nanoseconds by_wall;
        std::chrono::nanoseconds left;
    };
    const row rows[] = {
        {4s, 4s, 6s},        {4s, 4s - 1h, 6s}, // the wall clock was set back
        {4s, 4s + 3s, 3s},                      // or forward, or the process was frozen
        {10s, 10s - 1h, 0s}, {11s, 11s - 1h, 0s}, {0s, 1h, 0s},
    };
    for (const auto& [by_steady, by_wall, left] : rows) {
        CAPTURE(by_steady.count());
        CAPTURE(by_wall.count());
        fakes::clock clock;
        const auto end = end_by_clocks::at(clock.at + 10s, two_clocks::now(clock));
        clock.passed += by_steady;
        clock.at += by_wall;
        CHECK(end.left(clock) == left);
        CHECK(end.has_come(clock) == (left == 0s));
    }
}

TEST_CASE("a length of time ends by the steady clock, whatever the wall clock shows") {
    fakes::clock clock;
    const auto end = end_by_clocks::in(10s, clock.steady());
    clock.at += 1h;
    CHECK(end.left(clock) == 10s);
    clock.at -= 2h;
    clock.passed += 10s - 1ns;
    CHECK(!end.has_come(clock));
    clock.passed += 1ns;
    CHECK(end.has_come(clock));
}

TEST_CASE(
    "of two ends the sooner one is taken of each clock, and one that never comes is for ever") {
    fakes::clock clock;
    const end_by_clocks never;
    CHECK(never.left(clock) == detail::for_ever);
    CHECK(!never.has_come(clock));
    const auto at = end_by_clocks::at(clock.at + 10s, two_clocks::now(clock));
    const auto in = end_by_clocks::in(5s, clock.steady());
    const auto both = at.sooner(in).sooner(never);
    CHECK(both.steady == clock.passed + 5s);
    CHECK(both.wall == clock.at + 10s);
    CHECK(end_by_clocks::at(time_point::max(), two_clocks::now(clock)).steady == detail::for_ever);
    CHECK(end_by_clocks::in(detail::for_ever, 5s).left(clock) == detail::for_ever);
    CHECK(end_by_clocks::at(time_point::min(), two_clocks::now(clock)).has_come(clock));
}
