// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/numbers.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <locale>
#include <sstream>
#include <string>
#include <system_error>

namespace headrace::detail {

namespace numbers {

// The parts of a number's text, which is known to be one.
struct parts {
    bool negative = false;
    std::string_view whole;
    std::string_view fraction;
    std::int64_t exponent = 0; // clamped to what matters for a text of 4 GiB

    explicit parts(std::string_view text) noexcept {
        constexpr std::int64_t far = 10'000'000'000;
        negative = text.front() == '-';
        if (negative) text.remove_prefix(1);
        const auto mark = std::min(text.find_first_of("eE"), text.size());
        const auto dot = std::min(text.find('.'), mark);
        whole = text.substr(0, dot);
        if (dot != mark) fraction = text.substr(dot + 1, mark - dot - 1);
        if (mark == text.size()) return;
        auto digits = text.substr(mark + 1);
        if (digits.front() == '+') digits.remove_prefix(1);
        const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
        if (read.ec != std::errc{}) exponent = digits.front() == '-' ? -far : far;
        exponent = std::clamp(exponent, -far, far);
    }
    [[nodiscard]] std::int64_t count() const noexcept {
        return static_cast<std::int64_t>(whole.size() + fraction.size());
    }
    [[nodiscard]] unsigned digit(std::int64_t i) const noexcept {
        const auto at = static_cast<std::size_t>(i);
        const char c = at < whole.size() ? whole[at] : fraction[at - whole.size()];
        return static_cast<unsigned>(c - '0');
    }
    // How many of the digits stand before the decimal point.
    [[nodiscard]] std::int64_t point() const noexcept {
        return static_cast<std::int64_t>(whole.size()) + exponent;
    }
};

// Clinger's fast path: a mantissa and a power of ten that double holds exactly give the nearest
// double in one operation.
inline bool exact_double(const parts& p, double& out) noexcept {
    constexpr double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                 1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    constexpr std::int64_t most_power = 22;
    constexpr std::int64_t most_digits = 15; // below 2^53
    if (p.count() > most_digits) return false;
    const auto power = p.exponent - static_cast<std::int64_t>(p.fraction.size());
    if (power < -most_power || power > most_power) return false;
    std::uint64_t mantissa = 0;
    for (std::int64_t i = 0; i < p.count(); ++i) mantissa = mantissa * 10 + p.digit(i);
    const auto exact = static_cast<double>(mantissa);
    out = power < 0 ? exact / powers[-power] : exact * powers[power];
    if (p.negative) out = -out;
    return true;
}

// Below one, and so too close to zero where double cannot hold it.
inline bool is_small(const parts& p) noexcept {
    for (std::int64_t i = 0; i < p.count(); ++i) {
        if (p.digit(i) != 0) return p.point() - i <= 0;
    }
    return true;
}

// libstdc++ 11 gives no subnormal numbers, only "out of range".
inline double subnormal(std::string_view text) {
    std::istringstream in{std::string(text)};
    in.imbue(std::locale::classic());
    double value = 0;
    in >> value;
    return value;
}

} // namespace numbers

number_status to_integer(std::string_view number, bool& negative,
                         std::uint64_t& magnitude) noexcept {
    const numbers::parts p(number);
    negative = p.negative;
    magnitude = 0;
    for (std::int64_t i = std::max<std::int64_t>(p.point(), 0); i < p.count(); ++i) {
        if (p.digit(i) != 0) return number_status::fraction;
    }
    for (std::int64_t i = 0; i < p.point(); ++i) {
        const unsigned digit = i < p.count() ? p.digit(i) : 0;
        if (magnitude > (UINT64_MAX - digit) / 10) return number_status::out_of_range;
        magnitude = magnitude * 10 + digit;
        if (magnitude == 0 && i >= p.count()) break; // 0e99999999
    }
    return number_status::fine;
}

number_status to_double(std::string_view number, double& out) {
    const numbers::parts p(number);
    if (numbers::exact_double(p, out)) return number_status::fine;
    const auto read = std::from_chars(number.data(), number.data() + number.size(), out);
    if (read.ec == std::errc{}) return number_status::fine;
    if (!numbers::is_small(p)) return number_status::out_of_range;
    out = numbers::subnormal(number);
    if (p.negative && out == 0) out = -0.0;
    return number_status::fine;
}

} // namespace headrace::detail
