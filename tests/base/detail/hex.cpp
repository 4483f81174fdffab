// SPDX-License-Identifier: BSL-1.0
#include <headrace/base/detail/hex.hpp>

#include <doctest/doctest.h>

#include <array>

using namespace headrace::detail;

TEST_CASE("every byte has two digits, and each digit of either case has its value") {
    for (unsigned byte = 0; byte < 256; ++byte) {
        const std::array<unsigned char, 1> one{static_cast<unsigned char>(byte)};
        const auto text = to_hex(one);
        CAPTURE(byte);
        REQUIRE(text.size() == 2);
        CHECK(hex_value(text[0]) * 16 + hex_value(text[1]) == static_cast<int>(byte));
        CHECK(hex_value(capital_hex_digits[byte & 15]) == static_cast<int>(byte & 15));
    }
    for (const char c : {'/', ':', '@', 'G', '`', 'g', '\0', '\xC3'}) CHECK(hex_value(c) == -1);
    CHECK(to_hex(std::array<unsigned char, 3>{0x00, 0xA0, 0xFF}) == "00a0ff");
}

TEST_CASE("a number has all of its 16 digits") {
    CHECK(to_hex(0x0123456789abcdefULL) == "0123456789abcdef");
    CHECK(to_hex(std::uint64_t{0xF}) == "000000000000000f");
}
