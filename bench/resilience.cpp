// SPDX-License-Identifier: BSL-1.0
// What do real layers cost a record that succeeds? Around a handler that does nothing:
//   resilience/5      access_log (switched off), timing, retry, circuit breaker and timeout
//   resilience/NAME   each of them alone

#include "allocations.hpp"
#include "suites.hpp"

#include <headrace/app.hpp>
#include <headrace/bulkhead.hpp>
#include <headrace/circuit_breaker.hpp>
#include <headrace/rate_limit.hpp>
#include <headrace/retry.hpp>
#include <headrace/sqs.hpp>
#include <headrace/timeout.hpp>
#include <headrace/timing.hpp>
#include <headrace/use.hpp>

#include <benchmark/benchmark.h>

#include <chrono>
#include <utility>

namespace headrace::bench {

namespace {

using namespace std::chrono_literals;

template <class Layers> void through(benchmark::State& state, Layers layers) {
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
    call c(ctx, memory, one.objects());
    c.offer(m);
    const auto& route = one.route(0);
    measure(state, [&] { benchmark::DoNotOptimize(route.service(c).verdict()); });
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
    through(state, chain{access_log{}, timing{keep{&total}}, retry{}, use{breaker}, timeout{2s}});
}

} // namespace

void register_resilience() {
    benchmark::RegisterBenchmark("resilience/5", five);
    benchmark::RegisterBenchmark("resilience/none", [](auto& s) { through(s, chain{}); });
    benchmark::RegisterBenchmark("resilience/access_log",
                                 [](auto& s) { through(s, chain{access_log{}}); });
    benchmark::RegisterBenchmark("resilience/retry", [](auto& s) { through(s, chain{retry{}}); });
    benchmark::RegisterBenchmark("resilience/timeout",
                                 [](auto& s) { through(s, chain{timeout{2s}}); });
    benchmark::RegisterBenchmark("resilience/circuit_breaker", [](auto& s) {
        circuit_breaker breaker;
        through(s, chain{use{breaker}});
    });
    benchmark::RegisterBenchmark("resilience/bulkhead", [](auto& s) {
        bulkhead places;
        through(s, chain{use{places}});
    });
    benchmark::RegisterBenchmark("resilience/rate_limit", [](auto& s) {
        rate_limit limit{{.per_second = 1e9, .burst = 1'000'000}};
        through(s, chain{use{limit}});
    });
}

} // namespace headrace::bench
