// SPDX-License-Identifier: BSL-1.0
#pragma once

// How much is tried? A little in every run of the tests, and much where HEADRACE_SCHEDULES is set:
// ./dev simulate.

#include <cstdint>
#include <cstdlib>
#include <random>

namespace long_runs {

/// Null: the usual run.
inline const char* wanted() { return std::getenv("HEADRACE_SCHEDULES"); }
inline bool is_long() { return wanted() != nullptr; }

/// Another one for every run, which the test prints; HEADRACE_SEED repeats one.
inline std::uint64_t seed() {
    if (const char* const text = std::getenv("HEADRACE_SEED")) {
        return std::strtoull(text, nullptr, 10);
    }
    return std::random_device{}() % 1'000'000;
}

} // namespace long_runs
