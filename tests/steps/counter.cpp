// SPDX-License-Identifier: BSL-1.0
#include "counter.hpp"

namespace {
std::uint64_t count = 0;
}

// What -fsanitize-coverage=trace-pc calls.
extern "C" void __sanitizer_cov_trace_pc() { ++count; }

std::uint64_t steps::taken() noexcept { return count; }
