// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/detail/percent.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace headrace {

namespace detail::percent {

constexpr int digit(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

constexpr bool is_unreserved(char c) noexcept {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-'
           || c == '.' || c == '_' || c == '~';
}

// The byte that the %XX at p stands for, or -1.
inline int triplet(const char* p, const char* end) noexcept {
    if (end - p < 3) return -1;
    const int high = digit(p[1]);
    const int low = digit(p[2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

// The first character that decoding may change.
inline const char* first_encoded(const char* p, const char* end, plus_sign plus) noexcept {
    return std::find_if(
        p, end, [plus](char c) { return c == '%' || (c == '+' && plus == plus_sign::space); });
}

// Decodes into `to`, which has room for as many bytes as there are characters. Returns its end.
inline char* decode(const char* p, const char* end, plus_sign plus, char* to) noexcept {
    while (p != end) {
        const char* const next = first_encoded(p, end, plus);
        std::memcpy(to, p, static_cast<std::size_t>(next - p));
        to += next - p;
        p = next;
        if (p == end) break;
        const int byte = *p == '+' ? ' ' : triplet(p, end);
        p += *p == '%' && byte >= 0 ? 3 : 1;
        *to++ = byte < 0 ? '%' : static_cast<char>(static_cast<unsigned char>(byte));
    }
    return to;
}

} // namespace detail::percent

std::string_view detail::percent_decode(std::string_view text, plus_sign plus, arena& memory) {
    const char* const end = text.data() + text.size();
    if (percent::first_encoded(text.data(), end, plus) == end) return text;
    auto* const room = static_cast<char*>(memory.take(text.size() + 1, 1));
    char* const last = percent::decode(text.data(), end, plus, room);
    *last = '\0';
    memory.trim(last + 1);
    return {room, static_cast<std::size_t>(last - room)};
}

void detail::append_percent_decoded(std::string& out, std::string_view text, plus_sign plus) {
    if (text.empty()) return;
    const auto before = out.size();
    out.resize(before + text.size());
    char* const first = out.data() + before;
    const char* const last = percent::decode(text.data(), text.data() + text.size(), plus, first);
    out.resize(before + static_cast<std::size_t>(last - first));
}

bool detail::has_bad_percent(std::string_view text) noexcept {
    const char* const end = text.data() + text.size();
    for (const char* p = std::find(text.data(), end, '%'); p != end; p = std::find(p, end, '%')) {
        if (percent::triplet(p, end) < 0) return true;
        p += 3;
    }
    return false;
}

void detail::append_percent_encoded(std::string& out, std::string_view text, plus_sign plus,
                                    std::string_view also_plain) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (percent::is_unreserved(c) || also_plain.find(c) != std::string_view::npos) {
            out.push_back(c);
        } else if (c == ' ' && plus == plus_sign::space) {
            out.push_back('+');
        } else {
            out += {'%', digits[byte >> 4], digits[byte & 15]};
        }
    }
}

} // namespace headrace
