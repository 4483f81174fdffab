// SPDX-License-Identifier: BSL-1.0
#pragma once

// How is a text made of its parts, off the hot path? By {fmt}, which takes the format apart when it
// compiles: format<"{} has {} bytes">(name, size). For bodies alone: no header that users include
// brings fmt along.

// The library's own object file has the ABI of one standard library, so it is never linked.
#ifndef FMT_HEADER_ONLY
#    define FMT_HEADER_ONLY 1
#endif

#include <headrace/base/detail/ascii.hpp>
#include <headrace/base/detail/fixed_string.hpp>

#include <fmt/compile.h>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>

namespace headrace::detail {

/// How many values a format has places for: {} in turn, or {0}, {1}... None is right for one that
/// says more: widths, bases and the like bring 16 kB into a program.
constexpr std::size_t values_of(std::string_view format) noexcept {
    std::size_t in_turn = 0;
    std::size_t by_number = 0;
    for (; !format.empty(); format.remove_prefix(1)) {
        if (format.starts_with("{{")) {
            format.remove_prefix(1);
        } else if (format.starts_with('{')) {
            if (format.starts_with("{}"))
                ++in_turn;
            else if (format.size() > 2 && is_digit(format[1]) && format[2] == '}')
                by_number = std::max(by_number, static_cast<std::size_t>(format[1] - '0') + 1);
            else
                return std::size_t(-1);
        }
    }
    return std::max(in_turn, by_number);
}

// Others, such as floating point, bring tables of many kilobytes into every program.
template <class T>
concept formattable =
    std::convertible_to<const T&, std::string_view> || (std::integral<T> && !std::same_as<T, bool>);

// Every text as a view of some place, even of nothing: fmt copies from wherever that is.
template <formattable T> constexpr auto format_argument(const T& value) noexcept {
    if constexpr (std::convertible_to<const T&, std::string_view>) {
        const std::string_view text = value;
        return text.data() != nullptr ? text : std::string_view("");
    } else {
        return value;
    }
}

/// Appends `Format` with the values in the places of its {}.
template <fixed_string Format, formattable... Values>
void append_format(std::string& out, const Values&... values) {
    static_assert(values_of(Format.view()) == sizeof...(Values),
                  "a {} or {0} for each value, and nothing else in braces");
    fmt::format_to(std::back_inserter(out), FMT_COMPILE(Format.view()), format_argument(values)...);
}

template <fixed_string Format, formattable... Values>
[[nodiscard]] std::string format(const Values&... values) {
    std::string out;
    append_format<Format>(out, values...);
    return out;
}

} // namespace headrace::detail
