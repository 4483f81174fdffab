// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/json/detail/percent.hpp>
#include <headrace/json/text.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>
#include <utility>

namespace headrace {

// ---- numbers ----------------------------------------------------------------------------------

result<std::uint64_t> detail::to_unsigned(std::string_view text, std::uint64_t most) {
    decimal number;
    const auto status = read_decimal(text, 0, number);
    if (status == decimal_status::not_a_number) return not_a("a number", text);
    if (status == decimal_status::out_of_range) return out_of_range("64 bits");
    if (!number.exact) return not_a("a number without a fraction", text);
    if (number.negative && number.magnitude != 0) return out_of_range("unsigned integers");
    if (number.magnitude > most) return out_of_range("the integer type asked for");
    return number.magnitude;
}

result<std::int64_t> detail::to_signed(std::string_view text, std::int64_t least,
                                       std::int64_t most) {
    decimal number;
    const auto status = read_decimal(text, 0, number);
    if (status == decimal_status::not_a_number) return not_a("a number", text);
    if (status == decimal_status::out_of_range) return out_of_range("64 bits");
    if (!number.exact) return not_a("a number without a fraction", text);
    const auto bound =
        number.negative ? ~static_cast<std::uint64_t>(least) + 1 : static_cast<std::uint64_t>(most);
    if (number.magnitude > bound) return out_of_range("the integer type asked for");
    return static_cast<std::int64_t>(number.negative ? ~number.magnitude + 1 : number.magnitude);
}

result<double> detail::to_real(std::string_view text) {
    decimal number; // for its grammar: from_chars would also take "inf" and "nan"
    if (read_decimal(text, 0, number) == decimal_status::not_a_number) {
        return not_a("a number", text);
    }
    double value = 0;
    const auto code = std::from_chars(text.data(), text.data() + text.size(), value).ec;
    if (code == std::errc::result_out_of_range) {
        // Too close to zero (rather than too large): then it has no digit before the point.
        if (read_decimal(text, 0, number) != decimal_status::fine || number.magnitude != 0) {
            return out_of_range("double");
        }
        return number.negative ? -0.0 : 0.0;
    }
    return value;
}

// ---- base64 -----------------------------------------------------------------------------------

namespace detail::base64_text {

inline constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// Four tables, one for each place in a group: a group's value is the sum of four look-ups, and a
// character that is not in the alphabet sets a bit above the 24.
inline constexpr std::uint32_t bad = 1u << 31;
inline constexpr auto values = [] {
    std::array<std::array<std::uint32_t, 256>, 4> table{};
    for (unsigned place = 0; place < 4; ++place) {
        table[place].fill(bad);
        for (unsigned i = 0; i < alphabet.size(); ++i) {
            table[place][static_cast<unsigned char>(alphabet[i])] = i << (18 - 6 * place);
        }
    }
    return table;
}();

inline std::uint32_t group(const unsigned char* p) noexcept {
    return values[0][p[0]] | values[1][p[1]] | values[2][p[2]] | values[3][p[3]];
}

inline char* put(char* to, std::uint32_t value) noexcept {
    to[0] = static_cast<char>(value >> 16);
    to[1] = static_cast<char>(value >> 8 & 255);
    to[2] = static_cast<char>(value & 255);
    return to + 3;
}

constexpr std::size_t room_for(std::string_view text) noexcept { return text.size() / 4 * 3; }

// The last group, which may be padded. Null: it is not canonical.
inline char* decode_last(const unsigned char* p, char* to) noexcept {
    unsigned char last[4] = {p[0], p[1], p[2], p[3]};
    const int missing = last[3] != '=' ? 0 : last[2] != '=' ? 1 : 2;
    for (int i = 4 - missing; i < 4; ++i) last[i] = 'A'; // zero bits
    const std::uint32_t value = group(last);
    if ((value & bad) != 0) return nullptr;
    constexpr std::uint32_t unused[3] = {0, 0xFF, 0xFFFF};
    if ((value & unused[missing]) != 0) return nullptr;
    put(to, value);
    return to + 3 - missing;
}

// `to` has room_for(text). The end of what was written; null: the text is not base64.
inline char* decode(std::string_view text, char* to) noexcept {
    if (text.empty()) return to;
    if (text.size() % 4 != 0) return nullptr;
    const auto* p = reinterpret_cast<const unsigned char*>(text.data());
    const auto* const last = p + text.size() - 4;
    std::uint32_t seen = 0;
    for (; last - p >= 8; p += 8) {
        const std::uint32_t a = group(p);
        const std::uint32_t b = group(p + 4);
        seen |= a | b;
        to = put(put(to, a), b);
    }
    for (; p != last; p += 4) {
        const std::uint32_t value = group(p);
        seen |= value;
        to = put(to, value);
    }
    return (seen & bad) != 0 ? nullptr : decode_last(p, to);
}

// Two characters for every twelve bits.
inline constexpr auto pairs = [] {
    std::array<std::array<char, 2>, 4096> table{};
    for (std::size_t i = 0; i < table.size(); ++i) table[i] = {alphabet[i >> 6], alphabet[i & 63]};
    return table;
}();

inline char* put_pair(char* to, std::uint32_t bits) noexcept {
    to[0] = pairs[bits][0];
    to[1] = pairs[bits][1];
    return to + 2;
}

} // namespace detail::base64_text

result<std::string> base64_decode(std::string_view text) {
    namespace b64 = detail::base64_text;
    std::string out(b64::room_for(text), '\0');
    const char* const end = b64::decode(text, out.data());
    if (end == nullptr) return detail::not_a("base64 text", text);
    out.resize(static_cast<std::size_t>(end - out.data()));
    return out;
}

result<std::string_view> base64_decode(std::string_view text, arena& memory) {
    namespace b64 = detail::base64_text;
    auto* const room = static_cast<char*>(memory.take(b64::room_for(text) + 1, 1));
    char* const end = b64::decode(text, room);
    if (end == nullptr) {
        memory.trim(room);
        return detail::not_a("base64 text", text);
    }
    *end = '\0';
    memory.trim(end + 1);
    return std::string_view(room, static_cast<std::size_t>(end - room));
}

result<std::span<const std::byte>> base64::bytes(workspace& memory) const {
    if (text().data() == nullptr) return detail::not_a("base64 text", text());
    return base64_decode(text(), memory.memory()).transform([](std::string_view bytes) {
        return std::as_bytes(std::span(bytes.data(), bytes.size()));
    });
}

void append_base64(std::string& out, std::string_view bytes) {
    namespace b64 = detail::base64_text;
    const auto before = out.size();
    out.resize(before + (bytes.size() + 2) / 3 * 4);
    char* to = out.data() + before;
    const auto* p = reinterpret_cast<const unsigned char*>(bytes.data());
    auto left = bytes.size();
    for (; left >= 3; p += 3, left -= 3) {
        to = b64::put_pair(to, std::uint32_t{p[0]} << 4 | p[1] >> 4);
        to = b64::put_pair(to, (p[1] & 15u) << 8 | p[2]);
    }
    if (left == 0) return;
    const std::uint32_t second = left == 2 ? p[1] : 0;
    to = b64::put_pair(to, std::uint32_t{p[0]} << 4 | second >> 4);
    to[0] = left == 2 ? b64::alphabet[(second & 15) << 2] : '=';
    to[1] = '=';
}

std::string base64_encode(std::string_view bytes) {
    std::string out;
    append_base64(out, bytes);
    return out;
}

std::string base64_encode(std::span<const std::byte> bytes) {
    return base64_encode(
        std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

// ---- S3 keys ----------------------------------------------------------------------------------

std::string_view form_key::text(workspace& memory) const {
    return detail::percent_decode(text(), detail::plus_sign::space, memory.memory());
}

} // namespace headrace
