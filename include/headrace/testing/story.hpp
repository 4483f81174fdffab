// SPDX-License-Identifier: BSL-1.0
#pragma once

// What happened in a simulated delivery? Lines in the order of events, each about a record or an
// invocation of several, and what must never happen and did.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headrace::testing {

/// The same seed tells the same story, byte for byte, with every compiler. Not thread-safe.
class story {
public:
    /// The line is about all records.
    static constexpr std::size_t nobody = static_cast<std::size_t>(-1);

    /// A line about these records, counted from 0 over the whole delivery.
    void tell(std::chrono::nanoseconds at, std::span<const std::size_t> records, std::string text);
    void tell(std::chrono::nanoseconds at, std::size_t record, std::string text);
    /// What must never happen; also a line.
    void accuse(std::chrono::nanoseconds at, std::size_t record, std::string text);

    [[nodiscard]] const std::vector<std::string>& violations() const noexcept { return wrong_; }
    /// All lines; with a record, those about it.
    [[nodiscard]] std::string text(std::size_t record = nobody) const;
    /// The record of the first violation, or nobody.
    [[nodiscard]] std::size_t accused() const noexcept { return accused_; }
    /// Equal for equal stories (FNV-1a, 64 bits).
    [[nodiscard]] std::uint64_t hash() const noexcept;

private:
    struct line {
        std::chrono::nanoseconds at;
        std::size_t first_record; ///< in about_
        std::size_t end_record;
        std::string text;
    };
    std::vector<line> lines_;
    std::vector<std::size_t> about_;
    std::vector<std::string> wrong_;
    std::size_t accused_ = nobody;
};

} // namespace headrace::testing
