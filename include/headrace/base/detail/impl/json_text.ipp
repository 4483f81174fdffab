// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/hex.hpp>
#include <headrace/base/detail/json_text.hpp>
#include <headrace/base/detail/utf8.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace headrace::detail {

namespace json_text {

// Never an escape and one byte.
constexpr bool plain(char c) noexcept {
    return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7F && c != '"'
           && c != '\\';
}

// Which of these eight characters are less than n? The high bit of such a byte is set, those of
// others only where there is such a byte.
inline constexpr std::uint64_t ones = 0x0101010101010101;
constexpr std::uint64_t below(std::uint64_t bytes, std::uint64_t n) noexcept {
    return (bytes - ones * n) & ~bytes;
}
// Is there a character among these eight that is neither plain nor a quote nor a backslash?
inline bool has_strange(std::uint64_t word) noexcept {
    const auto strange = word | below(word, 0x20) | below(word ^ (ones * 0x7F), 1);
    return (strange & (ones * 0x80)) != 0;
}
// Is there one that is a quote or a backslash?
inline bool has_quoted(std::uint64_t word) noexcept {
    const auto quoted = below(word ^ (ones * '"'), 1) | below(word ^ (ones * '\\'), 1);
    return (quoted & (ones * 0x80)) != 0;
}
inline bool has_special(std::uint64_t word) noexcept {
    return has_strange(word) || has_quoted(word);
}

// How many characters stand before one of these in JSON? No backslash before a plain one, one
// before quotes and backslashes; 2 for what is not so simple.
inline constexpr auto backslashes = [] {
    std::array<std::uint8_t, 256> table{};
    for (std::size_t byte = 0; byte < table.size(); ++byte) {
        const char c = static_cast<char>(byte);
        table[byte] = c == '"' || c == '\\' ? 1 : plain(c) ? 0 : 2;
    }
    return table;
}();

// How long is the beginning that needs no look at single characters? Names have nothing else.
inline std::size_t plain_words(std::string_view text) noexcept {
    std::size_t at = 0;
    for (std::uint64_t word = 0; text.size() - at >= 8; at += 8) {
        std::memcpy(&word, text.data() + at, 8);
        if (has_special(word)) return at;
    }
    for (std::size_t i = at; i < text.size(); ++i) {
        if (!plain(text[i])) return at;
    }
    return text.size();
}

// JSON in JSON is plain characters and many quotes: these, and nothing else, without a call each.
struct copied {
    std::size_t read;
    std::size_t written;
};
inline constexpr std::size_t slack = 8;
// Writes at most two characters for each one, and up to `slack` more that do not count.
inline copied copy_plain_and_quoted(std::string_view text, char* const to) noexcept {
    const char* from = text.data();
    const char* const end = from + text.size();
    char* out = to;
    const auto copy = [&out](char c, unsigned before) {
        *out = '\\'; // stays or is overwritten: a branch would be guessed wrong too often
        out += before;
        *out++ = c;
    };
    for (std::uint64_t word = 0; end - from >= 8; from += 8) {
        std::memcpy(&word, from, 8);
        if (has_strange(word)) break;
        if (!has_quoted(word)) {
            std::memcpy(out, &word, 8);
            out += 8;
            continue;
        }
#pragma GCC unroll 8
        for (int i = 0; i < 8; ++i) copy(from[i], backslashes[static_cast<unsigned char>(from[i])]);
    }
    for (; from != end; ++from) {
        const unsigned before = backslashes[static_cast<unsigned char>(*from)];
        if (before == 2) break;
        copy(*from, before);
    }
    return {static_cast<std::size_t>(from - text.data()), static_cast<std::size_t>(out - to)};
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
    space[0] = '\\';
    space[1] = 'u';
    for (unsigned i = 0; i < 4; ++i) space[2 + i] = hex_digits[c.point >> (12 - 4 * i) & 0xFu];
    return {space, sizeof space};
}

} // namespace json_text

std::size_t append_simple_json_characters(std::string& out, std::string_view text) {
    std::size_t at = json_text::plain_words(text);
    out.append(text.substr(0, at));
    constexpr std::size_t most = 1024;
    while (at < text.size()) {
        const auto piece = text.substr(at, most);
        const auto before = out.size();
        out.resize(before + 2 * piece.size() + json_text::slack);
        const auto done = json_text::copy_plain_and_quoted(piece, out.data() + before);
        out.resize(before + done.written);
        at += done.read;
        if (done.read != piece.size()) break;
    }
    return at;
}

bool append_json_characters(std::string& out, std::string_view text, json_escapes which,
                            std::size_t limit) {
    std::size_t room = limit;
    std::size_t at = 0;
    while (at < text.size()) {
        if (limit == std::string::npos) {
            at += append_simple_json_characters(out, text.substr(at));
            if (at == text.size()) break;
        }
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
