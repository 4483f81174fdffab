// SPDX-License-Identifier: BSL-1.0
#include <headrace/base/detail/numbers.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

using namespace headrace::detail;

TEST_CASE("numbers end where RFC 8259 says") {
    struct row {
        std::string text;
        std::size_t length; // 0: there is no number
    };
    const row rows[] = {
        {"0", 1},   {"-0", 2},  {"10", 2},    {"1.5", 3}, {"1e5", 3}, {"1E+05", 5}, {"-2.5e-7", 7},
        {"00", 1},  {"01", 1},  {"1.e5", 0},  {".5", 0},  {"-", 0},   {"+1", 0},    {"1e", 0},
        {"1e+", 0}, {"1.", 0},  {"--1", 0},   {"1,2", 1}, {"1x", 1},  {"", 0},      {"Infinity", 0},
        {"NaN", 0}, {"-.1", 0}, {"1.2.3", 3}, {"0x1", 1},
    };
    for (const auto& r : rows) {
        CAPTURE(r.text);
        const char* first = r.text.c_str();
        CHECK(number_end(first) - first == static_cast<std::ptrdiff_t>(r.length));
    }
}

TEST_CASE("integers are exact, whatever form they are written in") {
    struct row {
        std::string text;
        number_status status;
        bool negative;
        std::uint64_t magnitude;
    };
    constexpr auto fine = number_status::fine;
    constexpr auto fraction = number_status::fraction;
    constexpr auto range = number_status::out_of_range;
    const row rows[] = {
        {"0", fine, false, 0},
        {"-0", fine, true, 0},
        {"18446744073709551615", fine, false, UINT64_MAX},
        {"-9223372036854775808", fine, true, std::uint64_t{1} << 63},
        {"1.0", fine, false, 1},
        {"1e3", fine, false, 1000},
        {"12.50e1", fine, false, 125},
        {"1.8446744073709551615e19", fine, false, UINT64_MAX},
        {"1000e-3", fine, false, 1},
        {"0e999999999999", fine, false, 0},
        {"0.000e-999999999999", fine, false, 0},
        {"0.00001e5", fine, false, 1},
        {"9007199254740993.0", fine, false, 9007199254740993},
        {"1.5", fraction, false, 0},
        {"1e-1", fraction, false, 0},
        {"1e-99999999999999999999", fraction, false, 0},
        {"1.00000000000000000001", fraction, false, 0},
        {"18446744073709551616", range, false, 0},
        {"1e20", range, false, 0},
        {"-1e99999999999999999999", range, true, 0},
    };
    for (const auto& r : rows) {
        CAPTURE(r.text);
        bool negative = false;
        std::uint64_t magnitude = 0;
        const auto status = to_integer(r.text, negative, magnitude);
        CHECK(status == r.status);
        CHECK(negative == r.negative);
        if (status == fine) CHECK(magnitude == r.magnitude);
    }
}

TEST_CASE("doubles are the nearest ones") {
    struct row {
        std::string text;
        double value;
    };
    const row rows[] = {
        {"0", 0.0},
        {"1", 1.0},
        {"-1.5", -1.5},
        {"123456789012345", 123456789012345.0},
        {"0.1", 0.1},
        {"1e22", 1e22},
        {"1e23", 1e23},
        {"1e-22", 1e-22},
        {"9007199254740993", 9007199254740992.0}, // half way: to even
        {"9007199254740995", 9007199254740996.0},
        {"1.7976931348623157e308", std::numeric_limits<double>::max()},
        {"2.2250738585072014e-308", std::numeric_limits<double>::min()},
        {"2.2250738585072011e-308", 2.2250738585072011e-308},
        {"5e-324", std::numeric_limits<double>::denorm_min()},
        {"4e-324", std::numeric_limits<double>::denorm_min()},
        {"2e-324", 0.0},
        {"1e-400", 0.0},
        {"0.0000001e-99999999999", 0.0},
        {"100000000000000000000000000000e-400", 0.0},
        {"0e400", 0.0},
        {"-0", -0.0},
        {"-1e-400", -0.0},
        {"-0.0", -0.0},
    };
    for (const auto& r : rows) {
        CAPTURE(r.text);
        double value = 7;
        CHECK(to_double(r.text, value) == number_status::fine);
        CHECK(value == r.value);
        CHECK(std::signbit(value) == std::signbit(r.value));
    }
    const auto many_zeros = "0." + std::string(400, '0') + "1e401";
    double value = 0;
    CHECK(to_double(many_zeros, value) == number_status::fine);
    CHECK(value == 1.0);
}

TEST_CASE("a number beyond the largest double is out of range") {
    for (const std::string& text :
         {std::string("1e309"), std::string("-1e309"), std::string("1e99999999999"),
          "1" + std::string(400, '0'), "1" + std::string(400, '0') + "e-5",
          "0." + std::string(10, '0') + "1e400", std::string("1.7976931348623159e308")}) {
        CAPTURE(text);
        double value = 0;
        CHECK(to_double(text, value) == number_status::out_of_range);
    }
}

TEST_CASE("the last digits of a number have zeros in front") {
    CHECK(last_digits(2, 7) == "07");
    CHECK(last_digits(4, 12345) == "2345");
    CHECK(last_digits(20, 18446744073709551615u) == "18446744073709551615");
    CHECK(last_digits(0, 7).empty());
    std::string out = "2026-";
    append_digits(out, 2, 11);
    CHECK(out == "2026-11");
}
