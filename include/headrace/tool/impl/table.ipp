// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/tool/table.hpp>

#include <range/v3/view/zip.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace headrace::tool {

namespace drawing {

inline std::string_view code_of(colour c) {
    switch (c) {
    case colour::none: return "";
    case colour::bold: return "1";
    case colour::dim: return "2";
    case colour::red: return "31";
    case colour::green: return "32";
    case colour::yellow: return "33";
    }
    return "";
}

// Characters of UTF-8 text.
inline std::size_t width(std::string_view text) {
    const auto starts = [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u; };
    return static_cast<std::size_t>(std::ranges::count_if(text, starts));
}

} // namespace drawing

std::string palette::paint(std::string_view text, colour with) const {
    if (mode_ == mode::plain || with == colour::none || text.empty()) return std::string(text);
    return detail::format<"\x1b[{}m{}\x1b[0m">(drawing::code_of(with), text);
}

std::string table::print(const palette& colours) const {
    std::vector<cell> headings;
    headings.reserve(columns_.size());
    for (const auto& each : columns_) headings.push_back({std::string(each.heading), colour::bold});
    std::vector<std::size_t> widths(columns_.size());
    const auto widen = [&](const std::vector<cell>& row) {
        for (auto&& [width, each] : ranges::views::zip(widths, row)) {
            width = std::max(width, drawing::width(each.text));
        }
    };
    widen(headings);
    for (const auto& row : rows_) widen(row);

    std::string out;
    const auto line = [&](const std::vector<cell>& row) {
        for (auto&& [column, width, each] : ranges::views::zip(columns_, widths, row)) {
            const std::string gap(width - drawing::width(each.text), ' ');
            if (column.to == align::right) out += gap;
            out += colours.paint(each.text, each.painted);
            if (column.to == align::left) out += gap;
            out += "  ";
        }
        while (out.ends_with(' ')) out.pop_back();
        out += '\n';
    };
    line(headings);
    for (const auto& row : rows_) line(row);
    return out;
}

std::string short_number(double value) {
    std::array<char, 32> room{};
    const int decimals = value < 10 ? 2 : value < 100 ? 1 : 0;
    return {room.data(), std::to_chars(room.data(), room.data() + room.size(), value,
                                       std::chars_format::fixed, decimals)
                             .ptr};
}

std::string duration_text(std::chrono::nanoseconds span) {
    using namespace std::chrono_literals;
    const auto in = [&](std::chrono::nanoseconds unit, std::string_view name) {
        const double n = static_cast<double>(span.count()) / static_cast<double>(unit.count());
        return detail::format<"{} {}">(short_number(n), name);
    };
    if (span < 1ms) return in(1us, "µs");
    if (span < 1s) return in(1ms, "ms");
    if (span < 2min) return in(1s, "s");
    return in(1min, "min");
}

std::string counted(std::size_t n, std::string_view thing) {
    return detail::format<"{} {}{}">(n, thing, n == 1 ? "" : "s");
}

} // namespace headrace::tool
