// SPDX-License-Identifier: BSL-1.0
#include <headrace/testing/chaos.hpp>

#include <headrace/layers/retry.hpp>
#include <headrace/routing/detail/timed_attempt.hpp>
#include <headrace/routing/use.hpp>

#include "virtual_time.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;

namespace {

// What becomes of n calls: '.' works, 'f' fails, 'l' is lost.
std::string story(testing::chaos& storm, const context& ctx, int n) {
    std::string text;
    for (int i = 0; i < n; ++i) {
        bool ran = false;
        const auto done = storm.run(ctx, [&] { ran = true; });
        text += done ? '.' : ran ? 'l' : 'f';
    }
    return text;
}

} // namespace

static_assert(middleware<testing::chaos> && use<testing::chaos>::phase == phase::chaos);

TEST_CASE("without shares nothing happens, and with whole ones always") {
    fakes::virtual_world w;
    testing::chaos calm;
    CHECK(story(calm, w.context, 20) == std::string(20, '.'));
    testing::chaos broken{{.faults = 1}};
    CHECK(story(broken, w.context, 20) == std::string(20, 'f'));
    testing::chaos lossy{{.losses = 1}};
    CHECK(story(lossy, w.context, 20) == std::string(20, 'l'));
    CHECK(w.time.steady() == 0ns);
    testing::chaos slow{{.delays = 1, .delay = 10ms}};
    CHECK(story(slow, w.context, 20) == std::string(20, '.'));
    CHECK(w.time.steady() == 200ms);
    CHECK(slow.delays() == 20);
    CHECK(slow.calls() == 20);
}

TEST_CASE("the same seed gives the same story, and another one another") {
    fakes::virtual_world w;
    const auto tell = [&](std::uint64_t seed) {
        testing::chaos storm{{.seed = seed, .faults = 0.3, .losses = 0.3}};
        return story(storm, w.context, 64);
    };
    CHECK(tell(7) == tell(7));
    CHECK(tell(7) != tell(8));
    CHECK(tell(0) != tell(1));
}

TEST_CASE("shares are kept") {
    fakes::virtual_world w;
    testing::chaos storm{{.faults = 0.25, .losses = 0.5, .delays = 0.1, .delay = 0ms}};
    (void)story(storm, w.context, 10'000);
    CHECK(storm.calls() == 10'000);
    CHECK(storm.faults() == doctest::Approx(2'500).epsilon(0.1));
    CHECK(storm.losses() == doctest::Approx(3'750).epsilon(0.1)); // of those that ran
    CHECK(storm.delays() == doctest::Approx(1'000).epsilon(0.2));
}

TEST_CASE("the error is the test's own, and a retry copes with it") {
    fakes::virtual_world w;
    testing::chaos storm{{.seed = 3, .faults = 0.5, .fault = error::throttled("slow down", 1ms)}};
    chain layers{retry{{.tries = 30}}, use{storm}};
    for (int i = 0; i < 20; ++i) {
        CHECK(layers(w.call, [](call&) { return outcome(); }).succeeded());
    }
    CHECK(storm.faults() > 5);
    CHECK(storm.calls() == 20 + storm.faults());
}

TEST_CASE("a delay ends when the work should") {
    fakes::virtual_world w;
    testing::chaos slow{{.delays = 1, .delay = 1h}};
    detail::time_limit limit(w.context, detail::end_by_clocks::in(2s, w.time.steady()));
    context own = w.context;
    own.stop = stop_signal(limit);
    CHECK(slow.run(own, [] {}));
    CHECK(w.time.steady() == 2s);
}

TEST_CASE("threads that share it count every call once") {
    const auto world = system_platform();
    const context ctx(world, logger(world.log, world.clock, log_level::off));
    testing::chaos storm{{.faults = 0.5}};
    {
        std::vector<std::unique_ptr<executor::task>> workers;
        for (int i = 0; i < 4; ++i) {
            workers.push_back(world.tasks.start([&] { (void)story(storm, ctx, 250); }));
        }
    }
    testing::chaos alone{{.faults = 0.5}};
    (void)story(alone, ctx, 1000);
    CHECK(storm.calls() == 1000);
    CHECK(storm.faults() == alone.faults());
}
