// SPDX-License-Identifier: BSL-1.0
#include <headrace/tool/json_value.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace headrace;
using namespace headrace::tool;

TEST_CASE("JSON is printed on one line with members, repetitions and digits as they came") {
    const std::string_view rows[][2] = {
        {"null", "null"},
        {" [ ] ", "[]"},
        {"{ }", "{}"},
        {"[true, false, null]", "[true,false,null]"},
        {R"({"b": 1, "a": 2, "b": 3})", R"({"b":1,"a":2,"b":3})"},
        {"[1.0, 1e400, -0, 18446744073709551616, 0.10]",
         "[1.0,1e400,-0,18446744073709551616,0.10]"},
        {R"("a\/b\u00e9")", "\"a/b\u00e9\""},
        {R"(["\u001b[31m"])", R"(["\u001b[31m"])"},
        {R"({"a":{"b":[{"c":null}]}})", R"({"a":{"b":[{"c":null}]}})"},
    };
    for (const auto& [given, printed] : rows) {
        CAPTURE(given);
        const auto value = parse_json(given);
        REQUIRE(value);
        CHECK(to_line(*value) == printed);
    }
}

TEST_CASE("a pretty print has one member a line and keeps empty containers short") {
    const auto value = parse_json(R"({"a":[1,{"b":{}}],"c":[]})");
    REQUIRE(value);
    CHECK(to_pretty(*value) == R"({
  "a": [
    1,
    {
      "b": {}
    }
  ],
  "c": []
})");
}

TEST_CASE("what is not JSON is a syntax error with its place") {
    for (const std::string_view text : {"", "{", "[1,]", "{\"a\" 1}", "nul", "1 2", "\"\\x\""}) {
        CAPTURE(text);
        const auto value = parse_json(text);
        REQUIRE(!value);
        CHECK(value.error().code == errc::syntax);
    }
}

TEST_CASE("the last of a repeated member is found") {
    auto value = parse_json(R"({"a":1,"b":2,"a":3})");
    REQUIRE(value);
    REQUIRE(value->find("a") != nullptr);
    CHECK(value->find("a")->text == "3");
    CHECK(value->find("c") == nullptr);
}

TEST_CASE("JSON inside of a string is only an object or an array") {
    CHECK(json_inside(json_value::of_text("{\"a\":1}")) != nullptr);
    CHECK(json_inside(json_value::of_text("[]")) != nullptr);
    CHECK(json_inside(json_value::of_text("17")) == nullptr);
    CHECK(json_inside(json_value::of_text("hello")) == nullptr);
    CHECK(json_inside(json_value::null()) == nullptr);
}
