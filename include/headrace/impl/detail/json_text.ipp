// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/detail/json_text.hpp>

#include <cstdint>

namespace headrace::detail {

namespace json_text {

struct character {
    std::size_t bytes = 1; // 0: not UTF-8
    std::uint32_t point = 0;
};

inline bool continues(std::string_view text, std::size_t at) noexcept {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0u) == 0x80u;
}

// The character that starts at `at`. Overlong forms, surrogates and points above U+10FFFF are not
// UTF-8 (RFC 3629 section 4).
inline character decode(std::string_view text, std::size_t at) noexcept {
    constexpr std::uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const std::uint32_t lead = static_cast<unsigned char>(text[at]);
    if (lead < 0x80) return {1, lead};
    const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4) return {0, 0};
    std::uint32_t point = lead & (0x7Fu >> bytes);
    for (std::size_t i = 1; i < bytes; ++i) {
        if (!continues(text, at + i)) return {0, 0};
        point = point << 6 | (static_cast<unsigned char>(text[at + i]) & 0x3Fu);
    }
    const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
    if (point < smallest[bytes] || surrogate || point > 0x10FFFF) return {0, 0};
    return {bytes, point};
}

inline bool plain(char c) noexcept {
    return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7F && c != '"'
           && c != '\\';
}

// What stands for the character in JSON: itself, a short escape or \uXXXX. `space` holds the
// latter.
inline std::string_view spelling(std::string_view raw, character c, char (&space)[6]) noexcept {
    if (c.bytes == 0) return "\xEF\xBF\xBD";
    switch (c.point) {
    case '"': return "\\\"";
    case '\\': return "\\\\";
    case '\b': return "\\b";
    case '\f': return "\\f";
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\t': return "\\t";
    default: break;
    }
    const bool control = c.point < 0x20 || (c.point >= 0x7F && c.point <= 0x9F);
    if (!control && c.point != 0x2028 && c.point != 0x2029) return raw;
    constexpr std::string_view digits = "0123456789abcdef";
    space[0] = '\\';
    space[1] = 'u';
    for (unsigned i = 0; i < 4; ++i) space[2 + i] = digits[c.point >> (12 - 4 * i) & 0xFu];
    return {space, sizeof space};
}

} // namespace json_text

bool append_json_text(std::string& out, std::string_view text, std::size_t limit) {
    std::size_t room = limit - 2;
    std::size_t at = 0;
    out += '"';
    while (at < text.size()) {
        std::size_t run = at;
        while (run < text.size() && run - at < room && json_text::plain(text[run])) ++run;
        out.append(text, at, run - at);
        room -= run - at;
        at = run;
        if (at == text.size()) break;
        char space[6];
        const json_text::character c = json_text::decode(text, at);
        const std::string_view raw = text.substr(at, c.bytes);
        const std::string_view written = json_text::spelling(raw, c, space);
        if (written.size() > room) break;
        out += written;
        room -= written.size();
        at += c.bytes == 0 ? 1 : c.bytes;
    }
    out += '"';
    return at == text.size();
}

} // namespace headrace::detail
