// SPDX-License-Identifier: BSL-1.0
#include <headrace/base/detail/ascii.hpp>

#include <doctest/doctest.h>

#include <cctype>

using namespace headrace::detail;

TEST_CASE(
    "characters of ASCII are of the kinds that the C locale says, and no other byte is of any") {
    for (int byte = 0; byte < 256; ++byte) {
        const char c = static_cast<char>(byte);
        const bool ascii = byte < 128;
        CAPTURE(byte);
        CHECK(is_digit(c) == (ascii && std::isdigit(byte) != 0));
        CHECK(is_small_letter(c) == (ascii && std::islower(byte) != 0));
        CHECK(is_capital_letter(c) == (ascii && std::isupper(byte) != 0));
        CHECK(is_letter(c) == (ascii && std::isalpha(byte) != 0));
        CHECK(is_letter_or_digit(c) == (ascii && std::isalnum(byte) != 0));
        CHECK(is_control(c) == (ascii && std::iscntrl(byte) != 0));
        CHECK(to_small_letter(c) == (ascii ? static_cast<char>(std::tolower(byte)) : c));
        CHECK(to_capital_letter(c) == (ascii ? static_cast<char>(std::toupper(byte)) : c));
    }
}

TEST_CASE("texts are the same but for case when only letters of ASCII differ, and only by it") {
    CHECK(same_but_for_case("Content-TYPE", "content-type"));
    CHECK(same_but_for_case("", ""));
    CHECK_FALSE(same_but_for_case("content-type", "content-types"));
    CHECK_FALSE(same_but_for_case("content_type", "content-type"));
    CHECK_FALSE(same_but_for_case("a[", "a{"));             // 32 apart, and no letters
    CHECK_FALSE(same_but_for_case("\xC3\x84", "\xC3\xA4")); // Ä and ä
    CHECK(to_small_letters("X-Amz-Date_9\xC3\x84") == "x-amz-date_9\xC3\x84");
}

TEST_CASE("trimming takes what is at the ends and nothing between") {
    CHECK(trimmed(" \ta \t b\t ") == "a \t b");
    CHECK(trimmed(" \t ").empty());
    CHECK(trimmed("").empty());
    CHECK(trimmed("\na\n") == "\na\n");
    CHECK(trimmed("\r\na\n", " \t\r\n") == "a");
}
