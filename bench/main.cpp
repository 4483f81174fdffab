// SPDX-License-Identifier: BSL-1.0
// The benchmark program. ./dev bench runs it, and report/ reads its JSON.

#include "suites.hpp"

#include <benchmark/benchmark.h>

#include <malloc.h>

#include <climits>
#include <cstddef>
#include <vector>

// What the kernel asks for new pages depends on the moment: it is paid before anything is measured.
static void keep_memory() {
    constexpr std::size_t enough = 256 << 20;
    ::mallopt(M_MMAP_THRESHOLD, INT_MAX);
    ::mallopt(M_TRIM_THRESHOLD, INT_MAX);
    const std::vector<char> touched(enough, 1);
    benchmark::DoNotOptimize(touched.data());
}

int main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    headrace::bench::register_decode();
    headrace::bench::register_recognise();
    headrace::bench::register_dispatch();
    headrace::bench::register_chain();
    headrace::bench::register_route();
    headrace::bench::register_resilience();
    headrace::bench::register_batch();
    headrace::bench::register_idempotency();
    keep_memory();
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
}
