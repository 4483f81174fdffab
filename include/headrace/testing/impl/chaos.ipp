// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/testing/chaos.hpp>

namespace headrace::testing {

namespace chaotic {

// Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014.
inline std::uint64_t scramble(std::uint64_t z) noexcept {
    z += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
}

// Is a number of these 64 bits within the share?
inline bool within(double share, std::uint64_t number) noexcept {
    return static_cast<double>(number >> 11) * 0x1p-53 < share;
}

} // namespace chaotic

chaos::fate chaos::draw() noexcept {
    const std::uint64_t call = chaotic::scramble(chaotic::scramble(options_.seed) + calls_++);
    const fate now{.delayed = chaotic::within(options_.delays, chaotic::scramble(call ^ 1)),
                   .failed = chaotic::within(options_.faults, chaotic::scramble(call ^ 2)),
                   .lost = chaotic::within(options_.losses, chaotic::scramble(call ^ 3))};
    if (now.delayed) ++delays_;
    if (now.failed) ++faults_;
    if (now.lost && !now.failed) ++losses_;
    return now;
}

} // namespace headrace::testing
