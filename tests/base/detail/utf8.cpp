// SPDX-License-Identifier: BSL-1.0
#include <headrace/base/detail/utf8.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

using namespace headrace::detail;

TEST_CASE("every character is read as it was written") {
    bool same = true;
    for (std::uint32_t point = 0; point <= 0x10FFFF; ++point) {
        if (point == 0xD800) point = 0xE000;
        char bytes[4];
        const auto length = static_cast<std::size_t>(put_utf8(bytes, point) - bytes);
        const auto read = utf8_at(bytes, length);
        same &= read.bytes == length && read.point == point;
        same &= length == 1 || utf8_at(bytes, length - 1).bytes == 0;
    }
    CHECK(same);
}

TEST_CASE("what RFC 3629 does not allow is no character") {
    for (const std::string bytes :
         {"\x80", "\xBF", "\xC0\xAF", "\xC1\xBF", "\xC3(", "\xE0\x80\xAF", "\xE0\x9F\xBF",
          "\xED\xA0\x80", "\xED\xBF\xBF", "\xE2\x82(", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
          "\xF5\x80\x80\x80", "\xF8\x88\x80\x80\x80", "\xFF"}) {
        CAPTURE(bytes);
        CHECK(utf8_at(bytes.data(), bytes.size()).bytes == 0);
    }
}
