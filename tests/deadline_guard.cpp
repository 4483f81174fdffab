// SPDX-License-Identifier: BSL-1.0
#include <headrace/deadline_guard.hpp>

#include "fakes.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <optional>

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
