// SPDX-License-Identifier: BSL-1.0
// What does the batch engine cost a record, and does it keep its workers busy?
//   batch/any       a record in a batch of 1,000 with a handler which does nothing; its floor is a
//                   loop that calls this handler and reads the clock, since time may be over
//   batch/groups    the same where the records are of ten groups
//   batch/sleeping  1,600 sleeps of 1 ms by 32 workers; its floor is a hand-written loop over 32
//                   threads

#include "measure.hpp"
#include "suites.hpp"

#include <headrace/app.hpp>
#include <headrace/routing/batch_run.hpp>

#include <benchmark/benchmark.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <string_view>
#include <thread>
#include <vector>

namespace headrace::bench {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t batch_size = 1'000;
constexpr std::size_t sleeps = 1'600;
constexpr std::size_t workers = 32;
constexpr std::array<std::string_view, 10> groups{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};

struct invocation {
    app<> nothing;
    platform world = system_platform();
    context ctx{world, logger(world.log, world.clock, log_level::off)};
    workspace memory;

    invocation() {
        nothing.fallback([](const call&) {});
        (void)nothing.build();
        ctx.deadline = world.clock.now() + 15min;
    }
    template <class Handler>
    bool run(std::size_t n, source_family family, std::size_t at_once, Handler handle) {
        call whole(ctx, memory, nothing.built().objects());
        batch_run records(dispatcher(nothing.built(), memory), whole, n,
                          [](std::size_t i) {
                              return record_item{"id", groups[i % groups.size()]};
                          },
                          family, {.workers = at_once});
        records.run([&](dispatcher&, call& c, std::size_t) { return handle(c); });
        const bool fine = records.reply().succeeded();
        memory.reset();
        return fine;
    }
};

outcome nothing_to_do(call& c) {
    benchmark::DoNotOptimize(&c);
    return outcome();
}

void empty(benchmark::State& state, source_family family) {
    invocation in;
    workspace memory;
    call whole(in.ctx, memory, in.nothing.built().objects());
    bool fine = true;
    measure_against(
        state,
        [&] {
            for (std::size_t i = 0; i < batch_size; ++i) {
                benchmark::DoNotOptimize(in.world.clock.now());
                benchmark::DoNotOptimize(nothing_to_do(whole).verdict());
            }
        },
        [&] { fine &= in.run(batch_size, family, 1, nothing_to_do); }, batch_size);
    if (!fine) state.SkipWithError("records failed");
}

void one_sleep() { std::this_thread::sleep_for(1ms); }

void sleep_by_hand() {
    std::atomic<std::size_t> next = 0;
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < workers; ++t) {
        threads.emplace_back([&] {
            while (next.fetch_add(1) < sleeps) one_sleep();
        });
    }
}

void sleep_in_a_batch(benchmark::State& state) {
    invocation in;
    bool fine = true;
    measure_against(state, sleep_by_hand, [&] {
        const auto handle = [](call&) { return one_sleep(), outcome(); };
        fine &= in.run(sleeps, source_family::queue, workers, handle);
    });
    if (!fine) state.SkipWithError("records failed");
}

} // namespace

void register_batch() {
    add("batch/any", [](auto& s) { empty(s, source_family::queue); });
    add("batch/groups", [](auto& s) { empty(s, source_family::fifo_queue); });
    add("batch/sleeping", sleep_in_a_batch);
}

} // namespace headrace::bench
