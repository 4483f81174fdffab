// SPDX-License-Identifier: BSL-1.0
#include <headrace/base/detail/format.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>

using namespace headrace::detail;

TEST_CASE("a text is made of views, strings, literals, characters and integers of every kind") {
    const std::string string = "string";
    const char* const pointer = "pointer";
    CHECK(format<"{} {} {} {}">(std::string_view("view"), string, pointer, "literal")
          == "view string pointer literal");
    CHECK(format<"{}{}{}">('a', -1, std::uint16_t{65535}) == "a-165535");
    CHECK(format<"{} {}">(std::numeric_limits<std::int64_t>::min(),
                          std::numeric_limits<std::uint64_t>::max())
          == "-9223372036854775808 18446744073709551615");
    CHECK(format<"/{{{}}}">(7) == "/{7}");
    CHECK(format<"{1} after {0}">("a", "b") == "b after a");
    CHECK(format<"as it is">() == "as it is");
    CHECK(format<"[{}]">(std::string_view()) == "[]"); // which points nowhere
    CHECK(format<"{}">(std::string_view("{} \0 %s", 7)) == std::string_view("{} \0 %s", 7));
}

TEST_CASE("text is added to what is there") {
    std::string out = "a";
    append_format<", {}">(out, 1);
    append_format<", {}">(out, "b");
    CHECK(out == "a, 1, b");
}

TEST_CASE("a format has a place for each value, which is no bool and nothing that needs tables of "
          "its own") {
    CHECK(formattable<std::string>);
    CHECK(formattable<unsigned long>);
    CHECK_FALSE(formattable<double>);
    CHECK_FALSE(formattable<bool>);
    CHECK_FALSE(formattable<const void*>);
    CHECK(values_of("{} {{}} {}") == 2);
    CHECK(values_of("{0} {1} {0}") == 2);
    CHECK(values_of("none") == 0);
    CHECK(values_of("{:02}") == std::size_t(-1));
    CHECK(values_of("{") == std::size_t(-1));
}
