// SPDX-License-Identifier: BSL-1.0
#include <headrace/layers/rate_limit.hpp>

#include <headrace/routing/detail/timed_attempt.hpp>
#include <headrace/routing/use.hpp>

#include "virtual_time.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <limits>
#include <memory>
#include <stop_token>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;

namespace {

// How many of n calls get through.
int send(rate_limit& limit, const context& ctx, int n) {
    int through = 0;
    for (int i = 0; i < n; ++i) through += limit.run(ctx, [] {}).has_value() ? 1 : 0;
    return through;
}

} // namespace

static_assert(middleware<rate_limit> && use<rate_limit>::phase == phase::limit);

TEST_CASE("a burst goes through at once, then one at each interval") {
    fakes::virtual_world w;
    rate_limit limit{{.per_second = 10, .burst = 3}};
    CHECK(send(limit, w.context, 9) == 3);
    w.time.work_for(100ms - 1ns);
    CHECK(send(limit, w.context, 9) == 0);
    w.time.work_for(1ns);
    CHECK(send(limit, w.context, 9) == 1);
    w.time.work_for(250ms);
    CHECK(send(limit, w.context, 9) == 2);
    w.time.work_for(50ms);
    CHECK(send(limit, w.context, 9) == 1);
    w.time.work_for(1h);
    CHECK(send(limit, w.context, 9) == 3);
}

TEST_CASE("a refusal says when to come back") {
    fakes::virtual_world w;
    rate_limit limit{{.per_second = 4}};
    CHECK(send(limit, w.context, 1) == 1);
    w.time.work_for(100ms);
    const auto refused = limit.run(w.context, [] { return 17; });
    CHECK(refused.error().kind == error_class::throttled);
    CHECK(refused.error().code == errc::limited);
    CHECK(refused.error().after == 150ms);
    w.time.work_for(150ms);
    CHECK(limit.run(w.context, [] { return 17; }).value() == 17);
}

TEST_CASE("those who may wait get their turns one interval apart, others an answer at once") {
    fakes::virtual_world w;
    rate_limit limit{{.per_second = 10, .burst = 2, .wait = 250ms}};
    std::vector<std::chrono::nanoseconds> turns;
    int refused = 0;
    {
        std::vector<std::unique_ptr<executor::task>> workers;
        for (int i = 0; i < 6; ++i) {
            workers.push_back(w.time.start([&] {
                const auto done = limit.run(w.context, [&] { turns.push_back(w.time.steady()); });
                if (!done) {
                    ++refused;
                    CHECK(w.time.steady() == 0ns);
                    CHECK(done.error().after == 300ms);
                }
            }));
        }
    }
    CHECK(turns == std::vector<std::chrono::nanoseconds>{0ms, 0ms, 100ms, 200ms});
    CHECK(refused == 2);
}

TEST_CASE("a stop while waiting gives the turn back") {
    fakes::virtual_world w;
    rate_limit limit{{.per_second = 1, .wait = 10s}};
    CHECK(send(limit, w.context, 1) == 1);
    std::stop_source source;
    context stopped = w.context;
    stopped.stop = source.get_token();
    {
        const auto stopper = w.time.start([&] {
            w.time.work_for(300ms);
            source.request_stop();
        });
        const auto done = limit.run(stopped, [] {});
        CHECK(done.error().kind == error_class::cancelled);
    }
    CHECK(w.time.steady() == 300ms);
    CHECK(send(limit, w.context, 1) == 1);
    CHECK(w.time.steady() == 1s);
}

TEST_CASE("nobody waits for a turn that comes when the work should have ended") {
    fakes::virtual_world w;
    rate_limit limit{{.per_second = 1, .wait = 10s}};
    CHECK(send(limit, w.context, 1) == 1);
    detail::time_limit half(w.context, detail::end_by_clocks::in(500ms, w.time.steady()));
    context limited = w.context;
    limited.stop = stop_signal(half);
    const auto refused = limit.run(limited, [] {});
    CHECK(refused.error().after == 1s);
    CHECK(w.time.steady() == 0ns);
}

TEST_CASE("time in which the process was frozen fills the bucket") {
    fakes::world w;
    rate_limit limit{{.per_second = 1, .burst = 3}};
    CHECK(send(limit, w.context, 9) == 3);
    w.clock.at += 2s;
    CHECK(send(limit, w.context, 9) == 2);
    w.clock.at -= 1h;
    CHECK(send(limit, w.context, 9) == 0);
    w.clock.passed += 1s;
    CHECK(send(limit, w.context, 9) == 1);
}

TEST_CASE("rates that make no sense let through almost nothing or almost everything") {
    for (const double rate : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN(), 1e-300}) {
        fakes::virtual_world w;
        rate_limit limit{{.per_second = rate, .burst = 0}};
        CHECK(send(limit, w.context, 9) == 1);
        w.time.work_for(1h);
        CHECK(send(limit, w.context, 9) == 0);
    }
    fakes::virtual_world w;
    rate_limit limit{{.per_second = std::numeric_limits<double>::infinity()}};
    w.time.work_for(1ns);
    CHECK(send(limit, w.context, 1) == 1);
    w.time.work_for(1ns);
    CHECK(send(limit, w.context, 1) == 1);
}

TEST_CASE("as a layer it counts for all routes that use it") {
    fakes::virtual_world w;
    rate_limit limit{{.per_second = 1, .burst = 2}};
    chain one{use{limit}};
    chain other{use{limit}};
    const auto handler = [](call&) { return outcome(); };
    CHECK(one(w.call, handler).succeeded());
    CHECK(other(w.call, handler).succeeded());
    const auto refused = one(w.call, handler);
    CHECK(refused.verdict() == verdict::retry);
    CHECK(refused.after() == 1s);
}

TEST_CASE("threads that share a limit take each token once") {
    const auto world = system_platform();
    const context ctx(world, logger(world.log, world.clock, log_level::off));
    rate_limit limit{{.per_second = 1e-4, .burst = 50}};
    std::atomic<int> through = 0;
    {
        std::vector<std::unique_ptr<executor::task>> workers;
        for (int i = 0; i < 4; ++i) {
            workers.push_back(world.tasks.start([&] { through += send(limit, ctx, 100); }));
        }
    }
    CHECK(through == 50);
}

TEST_CASE(
    "whoever waits for ever gets its turn, and whoever waits for less than nothing does not") {
    for (const auto wait : {std::chrono::milliseconds::max(), 24h * 365 * 300 + 0ms}) {
        fakes::virtual_world w;
        rate_limit limit{{.per_second = 10, .wait = wait}};
        CHECK(send(limit, w.context, 3) == 3);
        CHECK(w.time.steady() == 200ms);
    }
    fakes::virtual_world w;
    rate_limit limit{{.per_second = 10, .wait = std::chrono::milliseconds::min()}};
    CHECK(send(limit, w.context, 3) == 1);
    CHECK(w.time.steady() == 0s);
    rate_limit slow{{.per_second = 1e-9, .burst = std::numeric_limits<std::uint32_t>::max()}};
    CHECK(send(slow, w.context, 9) == 9);
}
