// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which character starts here, and how is one written? UTF-8 as RFC 3629 section 4 has it: overlong
// forms, surrogates and points above U+10FFFF are none.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace headrace::detail {

/// What some editors and languages write before a text; it is no part of it.
inline constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
[[nodiscard]] constexpr std::string_view without_mark(std::string_view text) noexcept {
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    return text;
}

struct utf8_character {
    std::size_t bytes = 1; ///< 0: not UTF-8
    std::uint32_t point = 0;
};

/// The character at *p, of which `left` > 0 bytes can be read.
[[nodiscard]] constexpr utf8_character utf8_at(const char* p, std::size_t left) noexcept {
    constexpr std::uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const std::uint32_t lead = static_cast<unsigned char>(*p);
    if (lead < 0x80) return {1, lead};
    if (lead < 0xC2 || lead > 0xF4) return {0, 0};
    const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (bytes > left) return {0, 0};
    std::uint32_t point = lead & (0x7Fu >> bytes);
    for (std::size_t i = 1; i < bytes; ++i) {
        const std::uint32_t next = static_cast<unsigned char>(p[i]);
        if ((next & 0xC0u) != 0x80u) return {0, 0};
        point = point << 6 | (next & 0x3Fu);
    }
    const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
    if (point < smallest[bytes] || surrogate || point > 0x10FFFF) return {0, 0};
    return {bytes, point};
}

/// Writes one to four bytes. Returns the place behind them.
constexpr char* put_utf8(char* to, std::uint32_t point) noexcept {
    const auto byte = [](std::uint32_t b) { return static_cast<char>(b); };
    const auto tail = [&](unsigned shift) { return byte(0x80 | ((point >> shift) & 0x3F)); };
    if (point < 0x80) {
        *to++ = byte(point);
    } else if (point < 0x800) {
        *to++ = byte(0xC0 | (point >> 6));
        *to++ = tail(0);
    } else if (point < 0x10000) {
        *to++ = byte(0xE0 | (point >> 12));
        *to++ = tail(6);
        *to++ = tail(0);
    } else {
        *to++ = byte(0xF0 | (point >> 18));
        *to++ = tail(12);
        *to++ = tail(6);
        *to++ = tail(0);
    }
    return to;
}

} // namespace headrace::detail
