// SPDX-License-Identifier: BSL-1.0
#pragma once

// How do results look on a terminal and in a file? Columns that line up, and colours only where
// somebody can see them.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace headrace::tool {

enum class colour : std::uint8_t { none, bold, dim, red, green, yellow };

/// Colours texts, or leaves them as they are.
class palette {
public:
    enum class mode : std::uint8_t { plain, coloured };
    explicit palette(mode m) noexcept : mode_(m) {}
    [[nodiscard]] std::string paint(std::string_view text, colour with) const;

private:
    mode mode_;
};

/// A table with a heading.
class table {
public:
    enum class align : std::uint8_t { left, right };
    struct column {
        std::string_view heading;
        align to = align::left;
    };
    struct cell {
        std::string text;
        colour painted = colour::none;
    };
    explicit table(std::vector<column> columns) : columns_(std::move(columns)) {}
    /// Adds a row: a cell for each column.
    void add(std::vector<cell> row) { rows_.push_back(std::move(row)); }
    [[nodiscard]] std::string print(const palette& colours) const;

private:
    std::vector<column> columns_;
    std::vector<std::vector<cell>> rows_;
};

/// Three digits or so: "1.23", "12.3", "1234".
[[nodiscard]] std::string short_number(double value);

/// "870 µs", "1.2 ms", "3.4 s", "12 min".
[[nodiscard]] std::string duration_text(std::chrono::nanoseconds span);

/// "1 event", "2 events".
[[nodiscard]] std::string counted(std::size_t n, std::string_view thing);

} // namespace headrace::tool
