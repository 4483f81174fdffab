// SPDX-License-Identifier: BSL-1.0
#pragma once

// How often does the measured code ask for memory? This program's operator new counts.

#include <cstdint>

namespace headrace::bench {

/// Calls of operator new since the program began, in this thread and in those that have ended.
[[nodiscard]] std::uint64_t allocation_count() noexcept;

} // namespace headrace::bench
