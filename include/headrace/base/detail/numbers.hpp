// SPDX-License-Identifier: BSL-1.0
#pragma once

// What does a JSON number say? The grammar of RFC 8259 section 6 and exact conversions, also of
// integers that are written with a fraction or an exponent (1.0, 2e3).

#include <headrace/base/detail/ascii.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace headrace::detail {

constexpr bool is_space(char c) noexcept { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

/// The end of the number that starts at p; p itself if there is none. The text must end in a
/// character that is in no number.
[[nodiscard]] inline const char* number_end(const char* p) noexcept {
    const char* const start = p;
    const auto digits = [&] {
        const char* const first = p;
        while (is_digit(*p)) ++p;
        return p != first;
    };
    if (*p == '-') ++p;
    if (*p == '0') {
        ++p;
    } else if (!digits()) {
        return start;
    }
    if (*p == '.') {
        ++p;
        if (!digits()) return start;
    }
    if (*p == 'e' || *p == 'E') {
        ++p;
        if (*p == '+' || *p == '-') ++p;
        if (!digits()) return start;
    }
    return p;
}

enum class number_status : std::uint8_t { fine, fraction, out_of_range };

/// The integer that a number's text says: exact, without double. `fraction`: it is none.
[[nodiscard]] number_status to_integer(std::string_view number, bool& negative,
                                       std::uint64_t& magnitude) noexcept;

/// The nearest double; 0 where the number is too close to it. `out_of_range`: beyond the largest.
[[nodiscard]] number_status to_double(std::string_view number, double& out);

/// Appends the last digits of a number, at most 20, with zeros in front of it.
inline void append_digits(std::string& out, std::size_t digits, std::uint64_t value) {
    std::array<char, 20> text{};
    for (auto i = digits; i-- > 0; value /= 10) text[i] = static_cast<char>('0' + value % 10);
    out.append(text.data(), digits);
}
[[nodiscard]] inline std::string last_digits(std::size_t digits, std::uint64_t value) {
    std::string out;
    append_digits(out, digits, value);
    return out;
}

} // namespace headrace::detail
