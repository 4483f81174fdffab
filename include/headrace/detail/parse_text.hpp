// SPDX-License-Identifier: BSL-1.0
#pragma once

// From a text in a path, query or header to a value.

#include <headrace/codec.hpp>
#include <headrace/result.hpp>

#include <charconv>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace headrace::detail {

template <class> inline constexpr bool is_vector = false;
template <class T> inline constexpr bool is_vector<std::vector<T>> = true;
template <class> inline constexpr bool is_optional = false;
template <class T> inline constexpr bool is_optional<std::optional<T>> = true;

/// "query parameter 'page': expected an integer", of class malformed.
[[nodiscard]] error bad_text(std::string_view place, std::string_view name, const char* expected);

template <class T>
[[nodiscard]] result<T> parse_text(std::string_view text, std::string_view place,
                                   std::string_view name) {
    if constexpr (std::is_same_v<T, std::string_view>) {
        return text;
    } else if constexpr (std::is_same_v<T, std::string>) {
        return std::string(text);
    } else if constexpr (std::is_same_v<T, bool>) {
        if (text == "true") return true;
        if (text == "false") return false;
        return bad_text(place, name, "true or false");
    } else if constexpr (std::is_enum_v<T>) {
        if (const auto value = enum_value<T>(text)) return *value;
        return bad_text(place, name, "one of the known names");
    } else {
        constexpr bool number = std::is_arithmetic_v<T> && !character<T>;
        static_assert(number,
                      "path, query and header take std::string_view, std::string, numbers, bool "
                      "and enumerations with names, and std::optional and std::vector of these "
                      "(not for path)  see docs/howto/handlers.md");
        T value{};
        if constexpr (number) {
            const char* last = text.data() + text.size();
            const auto [end, code] = std::from_chars(text.data(), last, value);
            if (code == std::errc::result_out_of_range)
                return bad_text(place, name, "a number in range");
            // from_chars takes "nan" and "inf" for numbers
            const bool finite = std::is_integral_v<T> || value - value == T{};
            if (code != std::errc{} || !finite || end != last) {
                return bad_text(place, name, std::is_integral_v<T> ? "an integer" : "a number");
            }
        }
        return value;
    }
}

} // namespace headrace::detail
