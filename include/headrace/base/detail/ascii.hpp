// SPDX-License-Identifier: BSL-1.0
#pragma once

// Of which kind is a character of ASCII, and do two texts differ in more than the case of their
// letters? Unlike <cctype> without a locale, and for any char.

#include <cstddef>
#include <string>
#include <string_view>

namespace headrace::detail {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_small_letter(char c) noexcept { return c >= 'a' && c <= 'z'; }
constexpr bool is_capital_letter(char c) noexcept { return c >= 'A' && c <= 'Z'; }
constexpr bool is_letter(char c) noexcept { return is_small_letter(c) || is_capital_letter(c); }
constexpr bool is_letter_or_digit(char c) noexcept { return is_letter(c) || is_digit(c); }
constexpr bool is_control(char c) noexcept {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

constexpr char to_small_letter(char c) noexcept {
    return is_capital_letter(c) ? static_cast<char>(c - 'A' + 'a') : c;
}
constexpr char to_capital_letter(char c) noexcept {
    return is_small_letter(c) ? static_cast<char>(c - 'a' + 'A') : c;
}
[[nodiscard]] inline std::string to_small_letters(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = to_small_letter(c);
    return out;
}

/// Are these the same but for the case of letters, as names of HTTP headers are?
[[nodiscard]] constexpr bool same_but_for_case(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (to_small_letter(a[i]) != to_small_letter(b[i])) return false;
    }
    return true;
}

/// Without the characters of `space` at both ends: those that are around the values of HTTP headers
/// (RFC 9110 section 5.6.3) when not said.
[[nodiscard]] constexpr std::string_view trimmed(std::string_view text,
                                                 std::string_view space = " \t") noexcept {
    const auto first = text.find_first_not_of(space);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(space) + 1 - first);
}

} // namespace headrace::detail
