// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/detail/json_text.hpp>
#include <headrace/detail/utf8.hpp>

#include <algorithm>
#include <cstdint>

namespace headrace::detail {

namespace json_text {

// Never an escape and one byte.
constexpr bool plain(char c) noexcept {
    return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7F && c != '"'
           && c != '\\';
}

constexpr bool is_escaped(std::uint32_t point, json_escapes which) noexcept {
    if (point < 0x20) return true;
    return which == json_escapes::readable
           && ((point >= 0x7F && point <= 0x9F) || point == 0x2028 || point == 0x2029);
}

// What stands for the character in JSON: itself, a short escape or \uXXXX. `space` holds the
// latter.
inline std::string_view spelling(std::string_view raw, utf8_character c, json_escapes which,
                                 char (&space)[6]) noexcept {
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
    if (!is_escaped(c.point, which)) return raw;
    constexpr std::string_view digits = "0123456789abcdef";
    space[0] = '\\';
    space[1] = 'u';
    for (unsigned i = 0; i < 4; ++i) space[2 + i] = digits[c.point >> (12 - 4 * i) & 0xFu];
    return {space, sizeof space};
}

} // namespace json_text

bool append_json_characters(std::string& out, std::string_view text, json_escapes which,
                            std::size_t limit) {
    std::size_t room = limit;
    std::size_t at = 0;
    while (at < text.size()) {
        const auto run = text.substr(at, std::min(room, text.size() - at));
        const auto stop = std::find_if_not(run.begin(), run.end(), json_text::plain);
        const auto length = static_cast<std::size_t>(stop - run.begin());
        out.append(run, 0, length);
        room -= length;
        at += length;
        if (at == text.size()) break;
        char space[6];
        const auto c = utf8_at(text.data() + at, text.size() - at);
        const auto written = json_text::spelling(text.substr(at, c.bytes), c, which, space);
        if (written.size() > room) return false;
        out += written;
        room -= written.size();
        at += c.bytes == 0 ? 1 : c.bytes;
    }
    return true;
}

bool append_json_text(std::string& out, std::string_view text, std::size_t limit) {
    out += '"';
    const bool all = append_json_characters(out, text, json_escapes::readable, limit - 2);
    out += '"';
    return all;
}

} // namespace headrace::detail
