// SPDX-License-Identifier: BSL-1.0
#pragma once

// What was measured, what it is compared with, and what it should not exceed.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headrace::bench {

struct bound {
    double limit = 0;             ///< in floors
    bool allocation_free = false; ///< no call of operator new is allowed either
};

/// One benchmark: what one in ten of its runs is faster than.
struct measurement {
    std::string name; ///< "decode/sqs-10"
    double nanoseconds = 0;
    std::optional<double> floor;       ///< nanoseconds, too
    std::optional<double> allocations; ///< per operation
    std::optional<double> document;    ///< the bytes that an operation reads
    std::optional<bench::bound> bound{};

    [[nodiscard]] std::optional<double> ratio() const {
        return floor ? std::optional(nanoseconds / *floor) : std::nullopt;
    }
    [[nodiscard]] std::optional<double> bytes_per_nanosecond() const {
        return document ? std::optional(*document / nanoseconds) : std::nullopt;
    }

    /// "decode"
    [[nodiscard]] std::string_view family() const {
        return std::string_view(name).substr(0, name.find('/'));
    }
    /// "sqs-10"
    [[nodiscard]] std::string_view event() const {
        const auto slash = name.find('/');
        return slash == std::string::npos ? "" : std::string_view(name).substr(slash + 1);
    }
    [[nodiscard]] bool exceeds() const {
        const bool allocates = bound && bound->allocation_free && allocations.value_or(0) > 0;
        return allocates || (bound && ratio() && *ratio() > bound->limit);
    }
};

struct measured {
    std::vector<measurement> all;
    std::string context; ///< what Google Benchmark says about the machine, JSON
};

/// Reads all of Google Benchmark's JSON files in a folder, in the order of their names. Throws what
/// derives from std::exception, also where a benchmark says that its result was wrong.
[[nodiscard]] measured read_runs(const char* folder);

/// What this benchmark should not exceed.
[[nodiscard]] std::optional<bound> bound_of(std::string_view family, std::string_view event);

/// An SVG bar chart of everything that has a ratio: one block for each event, the floor as a line
/// across, a tick where a bound is, red where it is exceeded.
[[nodiscard]] std::string draw(std::span<const measurement> all);

} // namespace headrace::bench
