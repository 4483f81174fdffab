// SPDX-License-Identifier: BSL-1.0
#pragma once

// How much work is done? The units in this folder are compiled with the bodies of headrace in them,
// and every basic block that they run is a step: the same number in every run, on every machine.

#include <cstdint>

namespace steps {

/// Steps since the program began. One thread only.
[[nodiscard]] std::uint64_t taken() noexcept;

} // namespace steps
