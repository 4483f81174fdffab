// SPDX-License-Identifier: BSL-1.0
#pragma once

// What is a moment? One type for clocks, deadlines, log lines and the times in events.

#include <chrono>

namespace headrace {

/// A point in wall-clock time, in nanoseconds since the Unix epoch: 1677-09-21 to 2262-04-11.
using time_point = std::chrono::time_point<std::chrono::system_clock, std::chrono::nanoseconds>;

} // namespace headrace
