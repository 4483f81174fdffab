// SPDX-License-Identifier: BSL-1.0
#pragma once

// What was measured, what it is compared with, and what it should not exceed.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace headrace::bench {

/// What a bound counts in.
enum class unit : std::uint8_t {
    floors,      ///< bare parses of the same bytes
    nanoseconds, ///< time
    over_bare,   ///< nanoseconds more than FAMILY/bare of the same run
};

struct bound {
    double limit = 0;
    bench::unit unit = bench::unit::floors;
    bool allocation_free = false; ///< no call of operator new is allowed either
};

/// One benchmark: the median of its repetitions.
struct measurement {
    std::string name; ///< "decode/sqs-10"
    double nanoseconds = 0;
    std::optional<double> ratio;       ///< to the floor of the same event
    std::optional<double> over_bare;   ///< nanoseconds more than the bare case of its family
    std::optional<double> allocations; ///< per operation
    std::optional<double> bytes_per_second;
    std::optional<bench::bound> bound{};

    /// "decode"
    [[nodiscard]] std::string_view family() const {
        return std::string_view(name).substr(0, name.find('/'));
    }
    /// "sqs-10"
    [[nodiscard]] std::string_view event() const {
        const auto slash = name.find('/');
        return slash == std::string::npos ? "" : std::string_view(name).substr(slash + 1);
    }
    /// The number that the bound is about.
    [[nodiscard]] std::optional<double> bounded() const {
        if (!bound) return std::nullopt;
        switch (bound->unit) {
        case unit::floors: return ratio;
        case unit::nanoseconds: return nanoseconds;
        case unit::over_bare: return over_bare;
        }
        return std::nullopt;
    }
    [[nodiscard]] bool exceeds() const {
        const bool allocates = bound && bound->allocation_free && allocations.value_or(0) > 0;
        return allocates || (bounded() && *bounded() > bound->limit);
    }
};

/// What this benchmark should not exceed.
[[nodiscard]] std::optional<bound> bound_of(std::string_view family, std::string_view event);

/// An SVG bar chart of everything that has a ratio: one block for each event, the floor as a line
/// across, a tick where a bound is, red where it is exceeded.
[[nodiscard]] std::string draw(std::span<const measurement> all);

} // namespace headrace::bench
