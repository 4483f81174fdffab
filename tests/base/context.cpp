// SPDX-License-Identifier: BSL-1.0
#include <headrace/base/context.hpp>

#include <headrace/routing/detail/timed_attempt.hpp>

#include "virtual_time.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <stop_token>

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

TEST_CASE("a wall clock that is set lengthens no deadline, hard or soft") {
    struct row {
        std::chrono::nanoseconds set_by;
        std::chrono::milliseconds hard;
        std::chrono::milliseconds soft;
    };
    const row rows[] = {
        {0ns, 6s, 3s},
        {-1h, 6s, 3s},
        {2s, 4s, 3s}, // a deadline is over by whichever clock is sooner, a length by its own
        {1h, 0s, 3s},
    };
    for (const auto& [set_by, hard, soft] : rows) {
        CAPTURE(set_by.count());
        fakes::world w;
        w.context.deadline = w.clock.at + 10s;
        context limited = w.context;
        limited.deadline.reset();
        limited.soft_deadline = w.clock.at + 7s;
        w.clock.advance(4s);
        w.clock.at += set_by;
        CHECK(w.context.remaining() == hard);
        CHECK(limited.remaining() == soft);
    }
}

TEST_CASE("a deadline at the end of time leaves time") {
    fakes::world w;
    w.context.deadline = time_point::max();
    CHECK(w.context.remaining() > 24h * 365 * 200);
    w.context.deadline = time_point::min();
    CHECK(w.context.remaining() == 0ms);
}

TEST_CASE(
    "a context waits for a length of time by the steady clock, or until the work should end") {
    fakes::virtual_world w;
    CHECK(w.context.sleep_for(3s));
    CHECK(w.time.steady() == 3s);
    CHECK(w.context.sleep_for(0s));
    CHECK(w.context.sleep_for(std::chrono::milliseconds::min()));
    CHECK(w.time.steady() == 3s);

    detail::time_limit limit(w.context, detail::end_by_clocks::in(2s, w.time.steady()));
    context inside = w.context;
    inside.stop = stop_signal(limit);
    CHECK(inside.sleep_for(1s));
    CHECK(!inside.sleep_for(std::chrono::milliseconds::max()));
    CHECK(w.time.steady() == 5s);
    CHECK(!inside.sleep_for(1ns));
    CHECK(!inside.sleep_until(time_point::max()));
    CHECK(w.time.steady() == 5s);
    CHECK(w.time.started() == 0);
}

TEST_CASE("who waits for ever waits for the stop") {
    fakes::virtual_world w;
    std::stop_source source;
    w.context.stop = source.get_token();
    const auto stopper = w.time.start([&] {
        w.time.work_for(250ms);
        source.request_stop();
    });
    CHECK(!w.context.sleep_for(std::chrono::hours::max()));
    CHECK(!w.context.sleep_until(time_point::max()));
    CHECK(w.time.steady() == 250ms);
}
