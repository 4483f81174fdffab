// SPDX-License-Identifier: BSL-1.0
#include <headrace/context.hpp>

#include "fakes.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <optional>

using namespace headrace;
using namespace std::chrono_literals;

TEST_CASE("the remaining time is what lies before the deadline, in whole milliseconds") {
    struct row {
        std::optional<std::chrono::nanoseconds> left;
        std::chrono::milliseconds remaining;
    };
    const row rows[] = {
        {std::nullopt, std::chrono::milliseconds::max()},
        {15min, 15min},
        {1'999'999ns, 1ms},
        {999'999ns, 0ms},
        {0ns, 0ms},
        {-1ns, 0ms},
        {-5s, 0ms},
    };
    for (const auto& [left, remaining] : rows) {
        fakes::world w;
        if (left) w.context.deadline = w.clock.at + *left;
        CAPTURE(left.value_or(-1ns).count());
        CHECK(w.context.remaining() == remaining);
    }
}

TEST_CASE("a context knows nothing but its world until it is told") {
    fakes::world w;
    CHECK(w.context.world == &w.platform);
    CHECK(w.context.request_id.empty());
    CHECK(!w.context.deadline);
    CHECK(!w.context.cold_start);
    CHECK(!w.context.stop.stop_possible());
}
