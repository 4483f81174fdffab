// SPDX-License-Identifier: BSL-1.0
#include <headrace/layers/bulkhead.hpp>

#include <headrace/routing/detail/timed_attempt.hpp>
#include <headrace/routing/use.hpp>

#include "virtual_time.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;

static_assert(middleware<bulkhead> && use<bulkhead>::phase == phase::limit);

TEST_CASE("so many are let in at once, others are refused where nobody waits") {
    fakes::virtual_world w;
    bulkhead b{{.at_once = 2}};
    const auto o = b.run(w.context, [&]() -> outcome {
        return b.run(w.context, [&]() -> outcome {
            CHECK(b.inside() == 2);
            const auto third = b.run(w.context, [] { return 17; });
            CHECK(third.error().kind == error_class::transient);
            CHECK(third.error().code == errc::limited);
            CHECK(third.error().message == "all 2 places of a bulkhead are taken");
            return {};
        });
    });
    CHECK(o.succeeded());
    CHECK(b.inside() == 0);
    CHECK(b.run(w.context, [] { return 17; }).value() == 17);
}

TEST_CASE("what is thrown gives its place back") {
    fakes::virtual_world w;
    bulkhead b{{.at_once = 1}};
    CHECK_THROWS_AS((void)b.run(w.context, [] { throw std::runtime_error("no"); }),
                    std::runtime_error);
    CHECK(b.inside() == 0);
}

TEST_CASE("those who wait are let in, in order of arrival") {
    fakes::virtual_world w;
    bulkhead b{{.at_once = 1, .wait = 1s}};
    std::string order;
    std::vector<std::unique_ptr<executor::task>> workers;
    for (char name = 'a'; name < 'e'; ++name) {
        workers.push_back(w.time.start([&, name] {
            const auto done = b.run(w.context, [&] {
                w.time.work_for(10ms);
                order += name;
            });
            CHECK(done.has_value());
        }));
    }
    workers.clear();
    CHECK(order == "abcd");
    CHECK(w.time.steady() == 40ms);
    CHECK(b.inside() == 0);
}

TEST_CASE("waiting ends after its time, and whoever has left the queue is not let in later") {
    fakes::virtual_world w;
    bulkhead b{{.at_once = 1, .wait = 25ms}};
    std::string order;
    const auto start = [&](char name) {
        return w.time.start([&, name] {
            const auto done = b.run(w.context, [&] {
                w.time.work_for(20ms);
                order += name;
            });
            if (!done) order += '-';
        });
    };
    {
        const auto a = start('a');      // inside from 0 to 20 ms
        const auto second = start('b'); // from 20 to 40 ms
        const auto third = start('c');  // gives up after 25 ms
        const auto fourth = start('d');
        w.time.work_for(26ms);
        const auto fifth = start('e'); // from 40 to 60 ms
    }
    CHECK(order == "a--be");
    CHECK(b.inside() == 0);
}

TEST_CASE("a stop or a time limit ends the waiting") {
    fakes::virtual_world w;
    bulkhead b{{.at_once = 1, .wait = 1h}};
    std::stop_source source;
    context stopped = w.context;
    stopped.stop = source.get_token();
    detail::time_limit limit(w.context, detail::end_by_clocks::in(70ms, w.time.steady()));
    context limited = w.context;
    limited.stop = stop_signal(limit);
    const auto holder = w.time.start([&] { (void)b.run(w.context, [&] { w.time.work_for(2h); }); });
    w.time.work_for(1ms);
    {
        const auto stopper = w.time.start([&] {
            w.time.work_for(30ms);
            source.request_stop();
        });
        CHECK(!b.run(stopped, [] {}));
        CHECK(w.time.steady() == 31ms);
    }
    CHECK(!b.run(limited, [] {}));
    CHECK(w.time.steady() == 70ms);
    CHECK(!b.run(stopped, [] {}));
    CHECK(w.time.steady() == 70ms);
}

TEST_CASE("as a layer it bounds what runs at once in all routes that use it") {
    fakes::virtual_world w;
    bulkhead b{{.at_once = 1}};
    chain one{use{b}};
    chain other{use{b}};
    const auto o = one(w.call, [&](call& c) -> outcome {
        CHECK(&c == &w.call);
        return other(w.call, [](call&) { return outcome(); });
    });
    CHECK(o.error()->code == errc::limited);
}

TEST_CASE("never more than so many are inside, with real threads") {
    const auto world = system_platform();
    const context ctx(world, logger(world.log, world.clock, log_level::off));
    bulkhead b{{.at_once = 2, .wait = 10s}};
    std::atomic<int> inside = 0;
    std::atomic<int> most = 0;
    std::atomic<int> done = 0;
    {
        std::vector<std::unique_ptr<executor::task>> workers;
        for (int worker = 0; worker < 6; ++worker) {
            workers.push_back(world.tasks.start([&] {
                for (int i = 0; i < 300; ++i) {
                    const auto r = b.run(ctx, [&] {
                        const int now = ++inside;
                        for (int seen = most;
                             now > seen && !most.compare_exchange_weak(seen, now);) {}
                        --inside;
                    });
                    if (r) ++done;
                }
            }));
        }
    }
    CHECK(done == 6 * 300);
    CHECK(most <= 2);
    CHECK(b.inside() == 0);
}

TEST_CASE("whoever waits for ever is let in when there is room") {
    for (const auto wait : {std::chrono::milliseconds::max(), 24h * 365 * 300 + 0ms}) {
        fakes::virtual_world w;
        bulkhead b{{.at_once = 1, .wait = wait}};
        const auto holder =
            w.time.start([&] { (void)b.run(w.context, [&] { w.time.work_for(24h); }); });
        w.time.work_for(1ms);
        CHECK(b.run(w.context, [] {}));
        CHECK(w.time.steady() == 24h);
    }
}
