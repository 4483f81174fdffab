// SPDX-License-Identifier: BSL-1.0
#include <headrace/layers/deadline_guard.hpp>
#include <headrace/sources/sqs.hpp>

#include "virtual_time.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>

using namespace headrace;
using namespace std::chrono_literals;

TEST_CASE("a record starts when the reserve is left and not when less is") {
    struct row {
        std::optional<std::chrono::nanoseconds> left;
        std::chrono::milliseconds reserve;
        bool starts;
    };
    const row rows[] = {
        {std::nullopt, 500ms, true}, // no deadline is known
        {10s, 500ms, true},
        {500ms, 500ms, true},
        {499ms, 500ms, false},
        {499'999'999ns, 500ms, false},
        {0ms, 500ms, false},
        {-5s, 500ms, false},
        {0ms, 0ms, true},
        {1s, 2s, false},
        {24h, std::chrono::milliseconds::max(), false},
        {24h, 24h * 365 * 300, false},
        {10s, -1ms, true},
        {-1s, -24h, false},
        {0ms, std::chrono::milliseconds::min(), true},
    };
    for (const auto& [left, reserve, starts] : rows) {
        fakes::world w;
        if (left) w.context.deadline = w.clock.at + *left;
        bool started = false;
        const auto o = deadline_guard{reserve}(w.call, [&](call&) {
            started = true;
            return outcome();
        });
        CAPTURE(left.value_or(-1ns).count());
        CHECK(started == starts);
        CHECK(o.succeeded() == starts);
        if (o.error() != nullptr) {
            CHECK(o.error()->kind == error_class::deadline);
            CHECK(o.verdict() == verdict::retry);
        }
    }
}

TEST_CASE("the message names the reserve, half a second unless told otherwise") {
    fakes::world w;
    w.context.deadline = w.clock.at;
    const auto o = deadline_guard{}(w.call, [](call&) { return outcome(); });
    CHECK(o.error()->message == "not started: less than 500 ms are left");
}

TEST_CASE("time that a record takes counts for the next one") {
    fakes::world w;
    w.context.deadline = w.clock.at + 2s;
    chain layers{deadline_guard{500ms}};
    int done = 0;
    for (int i = 0; i < 5; ++i) {
        (void)layers(w.call, [&](call&) {
            ++done;
            w.clock.advance(1s);
            return outcome();
        });
    }
    CHECK(done == 2);
}

TEST_CASE("what has started is asked to end when only the reserve is left") {
    fakes::virtual_world w;
    w.context.deadline = w.time.now() + 3s;
    const auto o = deadline_guard{500ms}(w.call, [&](call& c) -> outcome {
        CHECK(c.context().deadline == w.context.deadline);
        CHECK(!c.context().stop.stop_requested());
        if (c.context().sleep_until(w.time.now() + 1h)) return {};
        return error::cancelled("stopped");
    });
    CHECK(w.time.steady() == 2500ms);
    REQUIRE(o.error() != nullptr);
    CHECK(o.error()->kind == error_class::deadline);
    CHECK(o.error()->message == "stopped: less than 500 ms were left");
}

TEST_CASE(
    "what throws is asked as well: a stop in time becomes a deadline, the rest passes through") {
    fakes::virtual_world w;
    w.context.deadline = w.time.now() + 3s;
    const deadline_guard guard{500ms};
    CHECK_THROWS_WITH_AS(
        (void)guard(w.call, [](call&) -> outcome { throw_failure(error::cancelled("me")); }), "me",
        failure);
    CHECK(w.log.lines.empty());
    const auto o = guard(w.call, [&](call& c) -> outcome {
        (void)c.context().sleep_until(w.time.now() + 1h);
        throw_failure(error::cancelled("stopped"));
    });
    REQUIRE(o.error() != nullptr);
    CHECK(o.error()->message == "stopped: less than 500 ms were left");
    CHECK(w.log.lines.size() == 1);

    fakes::virtual_world other;
    other.context.deadline = other.time.now() + 3s;
    const auto throws_late = [&](call&) -> outcome {
        other.time.work_for(2600ms);
        throw std::runtime_error("lost");
    };
    CHECK_THROWS_AS((void)guard(other.call, throws_late), std::runtime_error);
    CHECK(other.log.last().find(R"("overrunMs":100.000)") != std::string::npos);
}

TEST_CASE(
    "a late error that does not come from the stop, and a stop from outside, stay what they are") {
    fakes::virtual_world w;
    std::stop_source source;
    w.context.stop = source.get_token();
    w.context.deadline = w.time.now() + 3s;
    const auto late = [&](error e) {
        return deadline_guard{500ms}(w.call, [&](call&) -> outcome {
            w.time.work_for(2600ms);
            w.context.deadline = w.time.now() + 3s; // for the next one
            return e;
        });
    };
    CHECK(late(error::invalid("no")).error()->message == "no");
    source.request_stop();
    CHECK(late(error::cancelled("outside")).error()->message == "outside");
}

TEST_CASE("what ignores that delays the reply, may succeed, and is logged with its overrun") {
    fakes::virtual_world w;
    w.context.deadline = w.time.now() + 3s;
    const auto o = deadline_guard{500ms}(w.call, [&](call&) -> outcome {
        w.time.work_for(2700ms);
        return {};
    });
    CHECK(o.succeeded());
    CHECK(w.log.last().find(R"("limitMs":2500.000,"overrunMs":200.000)") != std::string::npos);
}

TEST_CASE("what dispatching finds out inside is seen by the layers around") {
    fakes::world w;
    w.context.deadline = w.clock.at + 3s;
    (void)deadline_guard{}(w.call, [](call& c) {
        c.found().source = &sqs::event::about;
        c.found().route = "sqs queue orders";
        return outcome();
    });
    CHECK(w.call.source() == "sqs");
    CHECK(w.call.route() == "sqs queue orders");
}

TEST_CASE("the deadline is over by whichever clock is sooner") {
    struct row {
        std::chrono::nanoseconds by_steady;
        std::chrono::nanoseconds by_wall;
        bool starts;
    };
    const row rows[] = {
        {2s, 2s - 1h, true}, // set back: the steady clock knows
        {3s, 3s - 1h, false},
        {1s, 3s, false}, // set forward, or frozen
    };
    for (const auto& [by_steady, by_wall, starts] : rows) {
        fakes::world w;
        w.context.deadline = w.clock.at + 3s;
        w.clock.passed += by_steady;
        w.clock.at += by_wall;
        const auto guarded = deadline_guard{500ms}(w.call, [](call&) { return outcome(); });
        CHECK(guarded.succeeded() == starts);
    }
}

TEST_CASE("what runs is asked to end by whichever clock is sooner") {
    for (const bool back : {true, false}) {
        fakes::world w;
        w.context.deadline = w.clock.at + 3s;
        const auto o = deadline_guard{500ms}(w.call, [&](call& c) -> outcome {
            w.clock.at += back ? -1h : 0h;
            w.clock.at += 2499ms;
            w.clock.passed += back ? 2499ms : 0ms;
            CHECK(!c.context().stop.stop_requested());
            w.clock.at += 1ms;
            w.clock.passed += back ? 1ms : 0ms;
            CHECK(c.context().stop.stop_requested());
            return error::cancelled("stopped");
        });
        REQUIRE(o.error() != nullptr);
        CHECK(o.error()->message == "stopped: less than 500 ms were left");
    }
}
