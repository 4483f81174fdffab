// SPDX-License-Identifier: BSL-1.0
// The benchmark program. ./dev bench runs it, and report/ reads its JSON.

#include "suites.hpp"

#include <benchmark/benchmark.h>

int main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    headrace::bench::register_decode();
    headrace::bench::register_dispatch();
    headrace::bench::register_chain();
    headrace::bench::register_route();
    headrace::bench::register_resilience();
    headrace::bench::register_batch();
    headrace::bench::register_idempotency();
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
}
