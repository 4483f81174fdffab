// SPDX-License-Identifier: BSL-1.0
#pragma once

// How often does the measured code ask for memory? This program's operator new counts.

#include <benchmark/benchmark.h>

#include <cstdint>

namespace headrace::bench {

/// Calls of operator new since the program began, in this thread and in those that have ended.
[[nodiscard]] std::uint64_t allocation_count() noexcept;

/// Runs `once` until its buffers have grown, then measures it and counts its allocations.
template <class Once> void measure(benchmark::State& state, Once once) {
    constexpr int until_grown = 3;
    for (int i = 0; i < until_grown; ++i) once();
    const auto before = allocation_count();
    for (auto _ : state) once();
    state.counters["allocations"] = benchmark::Counter(
        static_cast<double>(allocation_count() - before), benchmark::Counter::kAvgIterations);
}

} // namespace headrace::bench
