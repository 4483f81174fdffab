// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/ascii.hpp>
#include <headrace/base/detail/hex.hpp>
#include <headrace/json/detail/percent.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace headrace {

namespace detail::percent {

constexpr bool is_unreserved(char c) noexcept {
    return is_letter_or_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

// The first character that decoding may change.
inline const char* first_encoded(const char* p, const char* end, plus_sign plus) noexcept {
    return std::find_if(
        p, end, [plus](char c) { return c == '%' || (c == '+' && plus == plus_sign::space); });
}

} // namespace detail::percent

char* detail::percent_decode_to(const char* p, const char* end, plus_sign plus, char* to) noexcept {
    while (p != end) {
        const char* const next = percent::first_encoded(p, end, plus);
        std::memcpy(to, p, static_cast<std::size_t>(next - p));
        to += next - p;
        p = next;
        if (p == end) break;
        const int byte = *p == '+' ? ' ' : percent_byte(p, end);
        p += *p == '%' && byte >= 0 ? 3 : 1;
        *to++ = byte < 0 ? '%' : static_cast<char>(static_cast<unsigned char>(byte));
    }
    return to;
}

std::string_view detail::percent_decode(std::string_view text, plus_sign plus, arena& memory) {
    const char* const end = text.data() + text.size();
    if (percent::first_encoded(text.data(), end, plus) == end) return text;
    auto* const room = static_cast<char*>(memory.take(text.size() + 1, 1));
    char* const last = percent_decode_to(text.data(), end, plus, room);
    *last = '\0';
    memory.trim(last + 1);
    return {room, static_cast<std::size_t>(last - room)};
}

void detail::append_percent_decoded(std::string& out, std::string_view text, plus_sign plus) {
    if (text.empty()) return;
    const auto before = out.size();
    out.resize(before + text.size());
    char* const first = out.data() + before;
    const char* const last = percent_decode_to(text.data(), text.data() + text.size(), plus, first);
    out.resize(before + static_cast<std::size_t>(last - first));
}

bool detail::has_bad_percent(std::string_view text) noexcept {
    const char* const end = text.data() + text.size();
    for (const char* p = std::find(text.data(), end, '%'); p != end; p = std::find(p, end, '%')) {
        if (percent_byte(p, end) < 0) return true;
        p += 3;
    }
    return false;
}

void detail::append_percent_encoded(std::string& out, std::string_view text, plus_sign plus,
                                    std::string_view also_plain) {
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (percent::is_unreserved(c) || also_plain.find(c) != std::string_view::npos) {
            out.push_back(c);
        } else if (c == ' ' && plus == plus_sign::space) {
            out.push_back('+');
        } else {
            out += {'%', capital_hex_digits[byte >> 4], capital_hex_digits[byte & 15]};
        }
    }
}

} // namespace headrace
