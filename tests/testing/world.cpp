// SPDX-License-Identifier: BSL-1.0
#include <headrace/testing/world.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <stop_token>
#include <string>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;

TEST_CASE("a fake clock stands still until it is advanced or somebody sleeps") {
    testing::fake_clock clock;
    CHECK(clock.now() == testing::start_of_time);
    CHECK(clock.steady() == 0ns);
    clock.advance(1500ms);
    CHECK(clock.now() == testing::start_of_time + 1500ms);
    CHECK(clock.sleep_until(testing::start_of_time + 1h, {}));
    CHECK(clock.now() == testing::start_of_time + 1h);
    CHECK(clock.sleep_until(testing::start_of_time, {})); // long ago
    CHECK(clock.steady() == 1h);
    std::stop_source stop;
    stop.request_stop();
    CHECK(!clock.sleep_until(testing::start_of_time + 2h, stop.get_token()));
    CHECK(!clock.sleep_for(2h, stop.get_token()));
    CHECK(clock.steady() == 1h);
    CHECK(clock.sleep_for(30min, {}));
    CHECK(clock.steady() == 90min);
    CHECK(!clock.sleep_for(std::chrono::nanoseconds::max(), {})); // nobody could wake it
    CHECK(!clock.sleep_until(time_point::max(), {}));
    CHECK(clock.steady() == 90min);
}

TEST_CASE("fake random numbers are the same in every run and differ by seed") {
    testing::fake_random a;
    testing::fake_random b;
    testing::fake_random c(2);
    const auto first = a.next();
    CHECK(first == b.next());
    CHECK(first != a.next());
    CHECK(first != c.next());
}

TEST_CASE("an inline executor has finished a task when it is started") {
    testing::inline_executor tasks;
    int done = 0;
    const auto task = tasks.start([&] { ++done; });
    CHECK(done == 1);
}

TEST_CASE("a fake environment has what was set") {
    testing::fake_environment env;
    CHECK(!env.get("NAME"));
    env.set("NAME", "a");
    env.set("NAME", "b");
    CHECK(env.get("NAME") == "b");
    CHECK(!env.get("NAM"));
}

TEST_CASE("a kept log keeps lines in order") {
    testing::world w;
    const auto ctx = w.make_context(5s);
    ctx.log.info("one");
    ctx.log.trace("two");
    REQUIRE(w.log.lines().size() == 2);
    CHECK(w.log.lines()[1].find("two") != std::string::npos);
    CHECK(w.log.contains("\"requestId\":\"" + std::string(testing::world::request_id) + "\""));
    CHECK(!w.log.contains("three"));
    CHECK(ctx.remaining() == 5s);
    CHECK(!ctx.trace_id.empty());
    CHECK(!ctx.function_arn.empty());
    CHECK(&ctx.world->clock == &w.clock);
}
