// SPDX-License-Identifier: BSL-1.0
#pragma once

// How is a text made of its parts, off the hot path? By {fmt}, which takes the format apart when it
// compiles: format<"{} has {} bytes">(name, size). For bodies alone: no header that users include
// brings fmt along.

// The library's own object file has the ABI of one standard library, so it is never linked.
#ifndef FMT_HEADER_ONLY
#    define FMT_HEADER_ONLY 1
#endif

#include <headrace/base/detail/fixed_string.hpp>

#include <fmt/compile.h>

#include <concepts>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>

namespace headrace::detail {

constexpr std::size_t fields_of(std::string_view format) noexcept {
    std::size_t count = 0;
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] != '{') continue;
        if (format.substr(i).starts_with("{{"))
            ++i;
        else
            ++count;
    }
    return count;
}

// Others, such as floating point, bring tables of many kilobytes into every program.
template <class T>
concept formattable =
    std::convertible_to<const T&, std::string_view> || (std::integral<T> && !std::same_as<T, bool>);

/// Appends `Format` with the values in the places of its {}.
template <fixed_string Format, formattable... Values>
void append_format(std::string& out, const Values&... values) {
    static_assert(fields_of(Format.view()) == sizeof...(Values), "a {} for each value");
    fmt::format_to(std::back_inserter(out), FMT_COMPILE(Format.view()), values...);
}

template <fixed_string Format, formattable... Values>
[[nodiscard]] std::string format(const Values&... values) {
    std::string out;
    append_format<Format>(out, values...);
    return out;
}

} // namespace headrace::detail
