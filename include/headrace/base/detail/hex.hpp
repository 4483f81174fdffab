// SPDX-License-Identifier: BSL-1.0
#pragma once

// What are the hexadecimal digits of a byte, and of which value is a character the digit?

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace headrace::detail {

inline constexpr std::string_view hex_digits = "0123456789abcdef";
/// As RFC 3986 section 2.1 wants them in percent-encoded text.
inline constexpr std::string_view capital_hex_digits = "0123456789ABCDEF";

/// The value of a hexadecimal digit of either case, or -1.
[[nodiscard]] constexpr int hex_value(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// Two digits for each byte.
[[nodiscard]] inline std::string to_hex(std::span<const unsigned char> bytes) {
    std::string text(2 * bytes.size(), '0');
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        text[2 * i] = hex_digits[bytes[i] >> 4];
        text[2 * i + 1] = hex_digits[bytes[i] & 0xF];
    }
    return text;
}

/// The 16 digits of a number.
[[nodiscard]] inline std::string to_hex(std::uint64_t number) {
    std::string text(16, '0');
    for (auto i = text.size(); i-- > 0; number >>= 4) text[i] = hex_digits[number & 0xF];
    return text;
}

} // namespace headrace::detail
