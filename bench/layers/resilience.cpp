// SPDX-License-Identifier: BSL-1.0
// What do real layers cost a record that succeeds? Around a handler that does nothing:
//   resilience/5      access_log (switched off), timing, retry, circuit breaker and timeout
//   resilience/NAME   each of them alone
// The floor is what they cannot do without: the clock is read and a mutex is locked as often.

#include "measure.hpp"
#include "suites.hpp"

#include <headrace/app.hpp>
#include <headrace/layers/bulkhead.hpp>
#include <headrace/layers/circuit_breaker.hpp>
#include <headrace/layers/rate_limit.hpp>
#include <headrace/layers/retry.hpp>
#include <headrace/layers/timeout.hpp>
#include <headrace/layers/timing.hpp>
#include <headrace/routing/use.hpp>
#include <headrace/sources/sqs.hpp>

#include <benchmark/benchmark.h>

#include <chrono>
#include <mutex>
#include <utility>

namespace headrace::bench {

namespace {

using namespace std::chrono_literals;

// What layers need.
struct needs {
    int readings = 0; // of the clock
    int locks = 0;
};

template <class Layers> void through(benchmark::State& state, needs bare, Layers layers) {
    app one{std::move(layers)};
    one.on(sqs::queue("orders"),
           [](const sqs::message& m) { benchmark::DoNotOptimize(m.message_id.data()); });
    if (!one.build()) return state.SkipWithError("the app has mistakes");
    const auto world = system_platform();
    retry_budget retries(retry_budget::per_invocation);
    context ctx(world, logger(world.log, world.clock, log_level::off));
    ctx.deadline = world.clock.now() + 15min;
    ctx.retries = &retries;
    workspace memory;
    sqs::message m;
    call c(ctx, memory, one.built().objects());
    c.offer(m);
    const auto& route = one.built().route(0);
    std::mutex mutex;
    measure_against(
        state,
        [&] {
            for (int i = 0; i < bare.readings; ++i) benchmark::DoNotOptimize(world.clock.steady());
            for (int i = 0; i < bare.locks; ++i) const std::lock_guard lock(mutex);
        },
        [&] { benchmark::DoNotOptimize(route.service(c).verdict()); });
}

struct keep {
    std::chrono::nanoseconds* total;
    void operator()(const call&, const outcome&, std::chrono::nanoseconds took) const {
        *total += took;
    }
};

void five(benchmark::State& state) {
    circuit_breaker breaker;
    std::chrono::nanoseconds total{};
    through(state, {.readings = 7},
            chain{access_log{}, timing{keep{&total}}, retry{}, use{breaker}, timeout{2s}});
}

} // namespace

void register_resilience() {
    add("resilience/5", five);
    add("resilience/access_log", [](auto& s) { through(s, {.readings = 2}, chain{access_log{}}); });
    add("resilience/retry", [](auto& s) { through(s, {.readings = 1}, chain{retry{}}); });
    add("resilience/timeout", [](auto& s) { through(s, {.readings = 2}, chain{timeout{2s}}); });
    add("resilience/circuit_breaker", [](auto& s) {
        circuit_breaker breaker;
        through(s, {.locks = 1}, chain{use{breaker}});
    });
    add("resilience/bulkhead", [](auto& s) {
        bulkhead places;
        through(s, {.locks = 2}, chain{use{places}});
    });
    add("resilience/rate_limit", [](auto& s) {
        rate_limit limit{{.per_second = 1e9, .burst = 1'000'000}};
        through(s, {.readings = 2, .locks = 1}, chain{use{limit}});
    });
}

} // namespace headrace::bench
