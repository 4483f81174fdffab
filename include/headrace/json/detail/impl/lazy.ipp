// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/json/detail/lazy.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <limits>
#include <string>

namespace headrace {

namespace detail::lazy {

inline std::size_t digits_at(std::string_view text, std::size_t from) noexcept {
    std::size_t end = from;
    while (end < text.size() && is_digit(text[end])) ++end;
    return end - from;
}

// The parts of "-12.345e+6", checked. Leading zeros are fine: many a padded number is a string.
struct parts {
    bool negative = false;
    std::string_view whole;
    std::string_view fraction;
    std::int64_t exponent = 0;
};

inline bool split_exponent(std::string_view text, std::int64_t& exponent) noexcept {
    if (text.empty()) return true;
    if (text.front() != 'e' && text.front() != 'E') return false;
    text.remove_prefix(1);
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    if (text.empty() || digits_at(text, 0) != text.size()) return false;
    // Beyond any number of digits that fits into a document, so that sums cannot overflow.
    constexpr std::int64_t enough = std::int64_t{1} << 40;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), exponent);
    if (code != std::errc{} || exponent > enough) exponent = enough;
    if (negative) exponent = -exponent;
    return true;
}

inline bool split(std::string_view text, parts& out) noexcept {
    out.negative = text.starts_with('-');
    if (out.negative) text.remove_prefix(1);
    out.whole = text.substr(0, digits_at(text, 0));
    if (out.whole.empty()) return false;
    text.remove_prefix(out.whole.size());
    if (text.starts_with('.')) {
        out.fraction = text.substr(1, digits_at(text, 1));
        if (out.fraction.empty()) return false;
        text.remove_prefix(1 + out.fraction.size());
    }
    return split_exponent(text, out.exponent);
}

} // namespace detail::lazy

error detail::not_a(const char* what, std::string_view text) {
    error e = error::malformed(std::string("expected ") + what);
    e.code = text.data() == nullptr ? errc::missing : errc::bad_value;
    if (e.code == errc::missing) e.message += ", but the member is absent or null";
    return e;
}

error detail::out_of_range(const char* what) {
    error e = error::malformed(std::string("out of the range of ") + what);
    e.code = errc::out_of_range;
    return e;
}

namespace detail::lazy {

constexpr std::array<std::uint64_t, 10> powers_of_ten{
    1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000, 1'000'000'000};

// The usual number: digits and nothing else. False: it takes more than that.
inline bool read_digits(std::string_view text, int shift, decimal& out) noexcept {
    constexpr std::size_t always_fits = 18;
    if (text.empty() || text.size() > always_fits) return false;
    std::uint64_t value = 0;
    for (const char c : text) {
        if (!is_digit(c)) return false;
        value = value * 10 + static_cast<unsigned>(c - '0');
    }
    const auto factor = powers_of_ten[static_cast<std::size_t>(shift < 0 ? -shift : shift)];
    if (shift < 0) {
        out = {false, value / factor, value % factor == 0};
        return true;
    }
    if (value > UINT64_MAX / factor) return false;
    out.magnitude = value * factor;
    return true;
}

} // namespace detail::lazy

detail::decimal_status detail::read_decimal(std::string_view text, int shift,
                                            decimal& out) noexcept {
    out = {};
    if (lazy::read_digits(text, shift, out)) return decimal_status::fine;
    lazy::parts number;
    if (!lazy::split(text, number)) return decimal_status::not_a_number;
    out = {number.negative, 0, true};
    const auto size = static_cast<std::int64_t>(number.whole.size() + number.fraction.size());
    const auto digit_at = [&](std::int64_t i) {
        const auto at = static_cast<std::size_t>(i);
        return static_cast<unsigned>((at < number.whole.size()
                                          ? number.whole[at]
                                          : number.fraction[at - number.whole.size()])
                                     - '0');
    };
    std::int64_t first = 0; // digit that is not zero
    while (first < size && digit_at(first) == 0) ++first;
    if (first == size) return decimal_status::fine;
    // The digits before `point` count; where there are fewer, zeros follow.
    const auto point = static_cast<std::int64_t>(number.whole.size()) + number.exponent + shift;
    if (point - first > std::numeric_limits<std::uint64_t>::digits10 + 1) {
        return decimal_status::out_of_range;
    }
    for (std::int64_t i = first; i < point; ++i) {
        const std::uint64_t digit = i < size ? digit_at(i) : 0;
        if (out.magnitude > (UINT64_MAX - digit) / 10) return decimal_status::out_of_range;
        out.magnitude = out.magnitude * 10 + digit;
    }
    for (auto i = std::max(point, first); i < size && out.exact; ++i) out.exact = digit_at(i) == 0;
    return decimal_status::fine;
}

} // namespace headrace
