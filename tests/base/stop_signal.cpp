// SPDX-License-Identifier: BSL-1.0
#include <headrace/base/context.hpp>
#include <headrace/base/stop_signal.hpp>
#include <headrace/routing/detail/timed_attempt.hpp>

#include "virtual_time.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <stop_token>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;

TEST_CASE("a signal of nobody never asks, and one of a token asks when the token does") {
    CHECK(!stop_signal().stop_possible());
    CHECK(!stop_signal().stop_requested());
    std::stop_source source;
    const stop_signal signal = source.get_token();
    CHECK(signal.stop_possible());
    CHECK(!signal.stop_requested());
    CHECK(signal.token() == source.get_token());
    source.request_stop();
    CHECK(signal.stop_requested());
}

TEST_CASE("a time limit asks at its time, and polling for it starts no task") {
    fakes::virtual_world w;
    detail::time_limit limit(w.context, detail::end_by_clocks::in(2s, w.time.steady()));
    const stop_signal signal(limit);
    CHECK(signal.stop_possible());
    w.time.work_for(2s - 1ns);
    CHECK(!signal.stop_requested());
    w.time.work_for(1ns);
    CHECK(signal.stop_requested());
    CHECK(w.time.started() == 0);
}

TEST_CASE("whoever asks for the token of a time limit is stopped at its time by one watcher") {
    fakes::virtual_world w;
    detail::time_limit limit(w.context, detail::end_by_clocks::in(2s, w.time.steady()));
    const stop_signal signal(limit);
    const std::stop_token token = signal;
    CHECK(signal.token() == token);
    CHECK(w.time.started() == 1);
    CHECK(!w.time.sleep_until(w.time.now() + 1h, token));
    CHECK(w.time.steady() == 2s);
    CHECK(token.stop_requested());
}

TEST_CASE("the watcher ends with its limit, long before the time") {
    fakes::virtual_world w;
    std::stop_token token;
    {
        detail::time_limit limit(w.context, detail::end_by_clocks::in(1h, w.time.steady()));
        token = stop_signal(limit).token();
        w.time.work_for(3ms);
    }
    CHECK(w.time.steady() == 3ms);
    CHECK(!token.stop_requested());
}

TEST_CASE("a limit whose time is over stops its token before it is handed out") {
    fakes::virtual_world w;
    detail::time_limit limit(w.context, detail::end_by_clocks::in(-1ns, w.time.steady()));
    CHECK(stop_signal(limit).token().stop_requested());
    CHECK(w.time.started() == 0);
}

TEST_CASE("a limit of for ever never asks, and its token waits for the stop from outside") {
    fakes::virtual_world w;
    std::stop_source source;
    w.context.stop = source.get_token();
    detail::time_limit limit(w.context, {});
    const stop_signal signal(limit);
    const std::stop_token token = signal;
    w.time.work_for(24h);
    CHECK(!signal.stop_requested());
    CHECK(!token.stop_requested());
    source.request_stop();
    CHECK(token.stop_requested());
}

TEST_CASE("a stop from outside goes through any number of limits") {
    fakes::virtual_world w;
    std::stop_source source;
    w.context.stop = source.get_token();
    detail::time_limit outer(w.context, detail::end_by_clocks::in(1h, w.time.steady()));
    context inside = w.context;
    inside.stop = stop_signal(outer);
    detail::time_limit inner(inside, detail::end_by_clocks::in(2h, w.time.steady()));
    const stop_signal signal(inner);
    const std::stop_token token = signal;
    CHECK(!signal.stop_requested());
    source.request_stop();
    CHECK(signal.stop_requested());
    CHECK(stop_signal(outer).stop_requested());
    CHECK(token.stop_requested());
}

TEST_CASE("the earliest of nested limits counts, with one watcher for all of them") {
    struct row {
        std::chrono::seconds outer;
        std::chrono::seconds inner;
    };
    for (const auto& [outer_limit, inner_limit] : {row{5s, 1h}, row{1h, 5s}}) {
        fakes::virtual_world w;
        detail::time_limit outer(w.context,
                                 detail::end_by_clocks::in(outer_limit, w.time.steady()));
        context inside = w.context;
        inside.stop = stop_signal(outer);
        detail::time_limit inner(inside, detail::end_by_clocks::in(inner_limit, w.time.steady()));
        CHECK(!w.time.sleep_until(w.time.now() + 24h, stop_signal(inner)));
        CHECK(w.time.steady() == 5s);
        CHECK(w.time.started() == 1);
    }
}

TEST_CASE("a context sleeps until the time it is told, or until the work should end") {
    fakes::virtual_world w;
    CHECK(w.context.sleep_until(w.time.now() + 3s));
    CHECK(w.time.steady() == 3s);

    detail::time_limit limit(w.context, detail::end_by_clocks::in(2s, w.time.steady()));
    context inside = w.context;
    inside.stop = stop_signal(limit);
    CHECK(inside.sleep_until(w.time.now() + 1s));
    CHECK(!inside.sleep_until(w.time.now() + 1h));
    CHECK(w.time.steady() == 5s);
    CHECK(!inside.sleep_until(w.time.now() + 1ns));
    CHECK(w.time.steady() == 5s);
    CHECK(w.time.started() == 0);

    std::stop_source source;
    w.context.stop = source.get_token();
    {
        const auto stopper = w.time.start([&] {
            w.time.work_for(250ms);
            source.request_stop();
        });
        CHECK(!w.context.sleep_until(w.time.now() + 1h));
    }
    CHECK(w.time.steady() == 5250ms);
    CHECK(!w.context.sleep_until(w.time.now() + 1h));
}

TEST_CASE("the token of a limit may be asked for by several threads at once") {
    const auto world = system_platform();
    const context ctx(world, logger(world.log, world.clock, log_level::off));
    std::atomic<int> stopped = 0;
    {
        detail::time_limit limit(ctx, detail::end_by_clocks::in(20ms, world.clock.steady()));
        const stop_signal signal(limit);
        std::vector<std::unique_ptr<executor::task>> workers;
        for (int i = 0; i < 4; ++i) {
            workers.push_back(world.tasks.start([&] {
                if (!world.clock.sleep_until(world.clock.now() + 1h, signal)) ++stopped;
            }));
        }
    }
    CHECK(stopped == 4);
}
