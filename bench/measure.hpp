// SPDX-License-Identifier: BSL-1.0
#pragma once

// How long does an operation take, and how long its floor: other code that does the same kind of
// work? Both are run turn by turn in short slices, and the best slice of each counts: whatever else
// the machine does makes slices longer, never shorter, and it meets both alike.

#include "allocations.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace headrace::bench {

/// One side of a comparison: `once`, called as often as a slice is long.
template <class Once> class contender {
public:
    using nanoseconds = std::chrono::duration<double, std::nano>;
    /// Most are over before another process gets the core.
    static constexpr nanoseconds slice{300'000};

    explicit contender(Once& once) : once_(once) {
        // Two slices in a row, since one could be long because somebody else ran in it.
        auto took = run();
        while (took < slice || (took < 100 * slice && (took = std::min(took, run())) < slice)) {
            calls_ *= 2;
            took = run();
        }
        calls_ = std::max<std::size_t>(
            1, static_cast<std::size_t>(static_cast<double>(calls_) * (slice / took)));
    }

    void turn() {
        if (calls_ > 1) once_(); // brings back what the other side has driven from the caches
        const auto before = allocation_count();
        const auto took = run();
        allocations_ += allocation_count() - before;
        all_calls_ += calls_;
        best_ = turns_++ == 0 ? took : std::min(best_, took);
    }
    /// Nanoseconds for a call.
    [[nodiscard]] double best() const { return best_.count() / static_cast<double>(calls_); }
    /// For a call, too.
    [[nodiscard]] double allocations() const {
        return static_cast<double>(allocations_) / static_cast<double>(all_calls_);
    }

private:
    nanoseconds run() {
        const auto begin = std::chrono::steady_clock::now();
        for (std::size_t i = 0; i < calls_; ++i) once_();
        return std::chrono::steady_clock::now() - begin;
    }

    Once& once_;
    std::size_t calls_ = 1;
    std::size_t turns_ = 0;
    nanoseconds best_{};
    std::uint64_t allocations_ = 0;
    std::uint64_t all_calls_ = 0;
};

/// Measures `once` beside `floor`. A call of `once`, and one of `floor`, are so many `operations`.
template <class Floor, class Once>
void measure_against(benchmark::State& state, Floor floor, Once once, std::size_t operations = 1) {
    contender beside(floor);
    contender ours(once);
    const auto n = static_cast<double>(operations);
    constexpr std::chrono::milliseconds together(10);
    for (auto _ : state) {
        const auto begin = std::chrono::steady_clock::now();
        do {
            beside.turn();
            ours.turn();
        } while (std::chrono::steady_clock::now() - begin < together);
        state.SetIterationTime(ours.best() / n * 1e-9);
    }
    state.counters["floor"] = beside.best() / n;
    state.counters["allocations"] = ours.allocations() / n;
}

/// Calls `body` where its objects lie elsewhere each time, on the heap and on the stack. Where they
/// lie in cache lines and pages makes ten per cent, and the best place counts as the best slice
/// does.
template <class Body> void call_elsewhere(Body& body, benchmark::State& state) {
    struct apart {
        [[gnu::noinline]] static void call(Body& of, benchmark::State& s) { of(s); }
    };
    std::random_device random;
    const auto some = [&] { return random() % 256 * 16 + 1; };
    const std::vector<char> heap(some());
    void* stack = __builtin_alloca(some());
    benchmark::DoNotOptimize(heap.data());
    benchmark::DoNotOptimize(stack);
    apart::call(body, state);
}

/// Registers a benchmark FAMILY/EVENT, whose body calls `measure_against` once.
template <class Body> void add(const std::string& name, Body body) {
    benchmark::RegisterBenchmark(
        name.c_str(),
        [body = std::move(body)](benchmark::State& state) { call_elsewhere(body, state); })
        ->Iterations(1)
        ->UseManualTime();
}

} // namespace headrace::bench
