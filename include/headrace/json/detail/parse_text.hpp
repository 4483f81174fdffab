// SPDX-License-Identifier: BSL-1.0
#pragma once

// From a text in a path, query or header to a value.

#include <headrace/base/result.hpp>
#include <headrace/json/codec.hpp>

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
[[nodiscard]] error bad_text(std::string_view place, std::string_view name,
                             std::string_view expected);
/// "query parameter 'page' is missing", of class malformed.
[[nodiscard]] error no_such_parameter(std::string_view place, std::string_view name);

/// What a text can be.
template <class T>
concept text_value =
    std::same_as<T, std::string_view> || std::same_as<T, std::string>
    || (std::is_arithmetic_v<T> && !character<T>) || requires(std::string_view text) {
           enum_value<T>(text);
       };

/// What a name can have: one text, or more or fewer.
template <class T>
concept text_values =
    text_value<T> || ((is_vector<T> || is_optional<T>)&&text_value<typename T::value_type>);

template <text_value T>
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
        return bad_text(place, name, choices<T>());
    } else {
        T value{};
        const char* last = text.data() + text.size();
        const auto [end, code] = std::from_chars(text.data(), last, value);
        if (code == std::errc::result_out_of_range)
            return bad_text(place, name, "a number in range");
        // from_chars takes "nan" and "inf" for numbers
        const bool finite = std::is_integral_v<T> || value - value == T{};
        if (code != std::errc{} || !finite || end != last) {
            return bad_text(place, name, std::is_integral_v<T> ? "an integer" : "a number");
        }
        return value;
    }
}

} // namespace headrace::detail
