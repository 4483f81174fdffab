// SPDX-License-Identifier: BSL-1.0
#include <headrace/base/time_point.hpp>

#include <doctest/doctest.h>

#include <chrono>

using namespace headrace;
using namespace std::chrono_literals;

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

TEST_CASE("for ever is a length of time that can be added and taken away") {
    const time_point t{1'800'000'000s};
    struct row {
        milliseconds d;
        time_point later;
        time_point earlier;
    };
    const row rows[] = {
        {0ms, t, t},
        {1ms, t + 1ms, t - 1ms},
        {24h * 36'500, t + 24h * 36'500, t - 24h * 36'500},
        {24h * 109'500, time_point::max(), time_point::min() + 1ns + t.time_since_epoch()},
        {milliseconds::max(), time_point::max(), time_point::min() + 1ns + t.time_since_epoch()},
        {-1ms, t, t},
        {milliseconds::min(), t, t},
    };
    for (const auto& [d, after, before] : rows) {
        CAPTURE(d.count());
        CHECK(detail::later(t, d) == after);
        CHECK(detail::earlier(t, d) == before);
    }
    CHECK(detail::later(time_point::max(), 1h) == time_point::max());
    CHECK(detail::later(time_point::max(), -1h) == time_point::max());
    CHECK(detail::later(time_point::min(), hours::max()) == time_point(-1ns));
    CHECK(detail::earlier(time_point::min(), 1h) == time_point::min());
    CHECK(detail::later(t, std::chrono::duration<double>(1e300)) == time_point::max());
    CHECK(detail::later(t, 1.5s) == t + 1500ms);
}

TEST_CASE("a length of any unit is none where it is negative, and for ever from 292 years on") {
    using detail::for_ever;
    using detail::length_of;
    CHECK(length_of(milliseconds::max()) == for_ever);
    CHECK(length_of(milliseconds::min()) == 0ns);
    CHECK(length_of(hours::max()) == for_ever);
    CHECK(length_of(nanoseconds::max()) == for_ever);
    CHECK(length_of(nanoseconds::min()) == 0ns);
    CHECK(length_of(nanoseconds::max() - 1ns) == nanoseconds::max() - 1ns);
    CHECK(length_of(std::chrono::duration<double>(-1.0)) == 0ns);
    CHECK(length_of(std::chrono::duration<short, std::ratio<3600>>(3)) == 3h);
    static_assert(length_of(1'500us) == 1'500'000ns);
}

TEST_CASE("sums and differences stop at their bounds, and for ever less an hour is for ever") {
    using detail::difference;
    using detail::for_ever;
    using detail::sum;
    CHECK(sum(for_ever, 1ns) == for_ever);
    CHECK(sum(nanoseconds::min(), -1ns) == nanoseconds::min());
    CHECK(sum(1h, -2h) == -1h);
    CHECK(difference(for_ever, 1h) == for_ever);
    CHECK(difference(1h, nanoseconds::min()) == for_ever);
    CHECK(difference(nanoseconds::min(), 1ns) == nanoseconds::min());
    CHECK(difference(1h, 2h) == -1h);
    CHECK(difference(time_point(1h), time_point::max()) == 1h - for_ever);
    CHECK(difference(time_point::max(), time_point(1h)) == for_ever);
}
