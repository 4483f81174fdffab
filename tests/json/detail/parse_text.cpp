// SPDX-License-Identifier: BSL-1.0
#include <headrace/json/detail/parse_text.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

using namespace headrace;
using detail::parse_text;

namespace {

enum class colour { red, blue };
enum class nameless { one = 1 };

template <class T> std::string read(std::string_view text) {
    const auto made = parse_text<T>(text, "query", "page");
    if (!made) {
        CHECK(made.error().kind == error_class::malformed);
        CHECK(made.error().code == errc::bad_value);
        return made.error().message;
    }
    if constexpr (std::is_same_v<T, bool>)
        return *made ? "yes" : "no";
    else if constexpr (std::is_arithmetic_v<T>)
        return std::to_string(*made);
    else
        return std::string(*made);
}

constexpr const char* not_an_integer = "query parameter 'page': expected an integer";

} // namespace

template <>
inline constexpr auto headrace::enum_names<colour> =
    std::array{enum_name{colour::red, "red"}, enum_name{colour::blue, "blue"}};

TEST_CASE("integers are decimal, whole and in range") {
    struct row {
        std::string_view text;
        std::string_view made;
    };
    const row rows[] = {
        {"0", "0"},
        {"17", "17"},
        {"-17", "-17"},
        {"007", "7"},
        {"2147483647", "2147483647"},
        {"-2147483648", "-2147483648"},
        {"2147483648", "query parameter 'page': expected a number in range"},
        {"-2147483649", "query parameter 'page': expected a number in range"},
        {"", not_an_integer},
        {"+1", not_an_integer},
        {" 1", not_an_integer},
        {"1 ", not_an_integer},
        {"1.0", not_an_integer},
        {"1e3", not_an_integer},
        {"0x10", not_an_integer},
        {"one", not_an_integer},
    };
    for (const auto& [text, made] : rows) {
        CAPTURE(text);
        CHECK(read<std::int32_t>(text) == made);
    }
    CHECK(read<std::uint64_t>("18446744073709551615") == "18446744073709551615");
    CHECK(read<std::uint8_t>("256") == "query parameter 'page': expected a number in range");
    CHECK(read<std::uint8_t>("-1") == not_an_integer);
    CHECK(read<std::int8_t>("-128") == "-128");
}

TEST_CASE("numbers with a fraction are finite") {
    CHECK(*parse_text<double>("0.1", "query", "page") == 0.1);
    CHECK(*parse_text<double>("-1.5e3", "query", "page") == -1500.0);
    CHECK(*parse_text<float>("2", "query", "page") == 2.0F);
    for (const auto* text : {"", "nan", "inf", "-inf", "infinity", "1,5", "0x1p3", "1e", "1e999"}) {
        CAPTURE(text);
        const auto made = parse_text<double>(text, "query", "page");
        CHECK(!made);
    }
}

TEST_CASE("text stays as it is, and may be empty") {
    const std::string_view text = "a b";
    CHECK(parse_text<std::string_view>(text, "path", "id")->data() == text.data());
    CHECK(read<std::string>("a b") == "a b");
    CHECK(read<std::string>("").empty());
}

TEST_CASE("booleans are true or false") {
    CHECK(read<bool>("true") == "yes");
    CHECK(read<bool>("false") == "no");
    for (const auto* text : {"", "True", "1", "0", "yes", "true "}) {
        CHECK(read<bool>(text) == "query parameter 'page': expected true or false");
    }
}

TEST_CASE("enumerations are one of their names") {
    CHECK(*parse_text<colour>("blue", "path", "colour") == colour::blue);
    const auto made = parse_text<colour>("green", "path", "colour");
    REQUIRE(!made);
    CHECK(made.error().message == "path parameter 'colour': expected one of red, blue");
}
