// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/writer.hpp>

#include <charconv>
#include <cmath>

namespace headrace {

namespace detail::writer_chars {

// The length of the UTF-8 sequence at p, or 0 if it is none (RFC 3629).
inline std::size_t utf8_length(const unsigned char* p, std::size_t left) noexcept {
    const auto tail = [&](std::size_t i) { return i < left && (p[i] & 0xC0) == 0x80; };
    if (p[0] < 0x80) return 1;
    if (p[0] >= 0xC2 && p[0] <= 0xDF) return tail(1) ? 2 : 0;
    if (p[0] >= 0xE0 && p[0] <= 0xEF) {
        if (!tail(1) || !tail(2)) return 0;
        if (p[0] == 0xE0 && p[1] < 0xA0) return 0;
        if (p[0] == 0xED && p[1] > 0x9F) return 0;
        return 3;
    }
    if (p[0] >= 0xF0 && p[0] <= 0xF4) {
        if (!tail(1) || !tail(2) || !tail(3)) return 0;
        if (p[0] == 0xF0 && p[1] < 0x90) return 0;
        if (p[0] == 0xF4 && p[1] > 0x8F) return 0;
        return 4;
    }
    return 0;
}

inline bool is_plain(unsigned char c) noexcept {
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

inline void append_control(std::string& out, unsigned char c) {
    switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: {
        constexpr std::string_view digits = "0123456789abcdef";
        out += "\\u00";
        out.push_back(digits[c >> 4]);
        out.push_back(digits[c & 15]);
    }
    }
}

} // namespace detail::writer_chars

void append_escaped(std::string& out, std::string_view text) {
    namespace chars = detail::writer_chars;
    const auto* p = reinterpret_cast<const unsigned char*>(text.data());
    const auto* end = p + text.size();
    while (p != end) {
        const auto* run = p;
        while (p != end && chars::is_plain(*p)) ++p;
        out.append(reinterpret_cast<const char*>(run), static_cast<std::size_t>(p - run));
        if (p == end) return;
        if (*p < 0x80) {
            chars::append_control(out, *p++);
            continue;
        }
        const auto length = chars::utf8_length(p, static_cast<std::size_t>(end - p));
        if (length == 0) {
            out += "\xEF\xBF\xBD";
            ++p;
        } else {
            out.append(reinterpret_cast<const char*>(p), length);
            p += length;
        }
    }
}

void writer::key(std::string_view name) {
    string(name);
    out_.push_back(':');
    comma_due_ = false;
}

void writer::null() { verbatim("null"); }

void writer::boolean(bool value) { verbatim(value ? "true" : "false"); }

void writer::string(std::string_view text) {
    separate();
    out_.push_back('"');
    append_escaped(out_, text);
    out_.push_back('"');
}

void writer::signed_number(std::int64_t value) {
    char buffer[24];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
    verbatim({buffer, static_cast<std::size_t>(end - buffer)});
}

void writer::unsigned_number(std::uint64_t value) {
    char buffer[24];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
    verbatim({buffer, static_cast<std::size_t>(end - buffer)});
}

void writer::real(double value) {
    if (!std::isfinite(value)) return null();
    char buffer[32];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
    verbatim({buffer, static_cast<std::size_t>(end - buffer)});
}

void writer::verbatim(std::string_view json) {
    separate();
    out_ += json;
}

} // namespace headrace
