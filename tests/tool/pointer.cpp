// SPDX-License-Identifier: BSL-1.0
#include <headrace/tool/pointer.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace headrace;
using namespace headrace::tool;

namespace {

struct change {
    std::string_view before;
    std::string_view pointer;
    std::string_view value;
    std::string_view after;
};

} // namespace

TEST_CASE("a pointer is read into its steps and written again") {
    const std::pair<std::string_view, pointer_steps> rows[] = {
        {"", {}},
        {"/", {""}},
        {"/a/0/b", {"a", "0", "b"}},
        {"/a~1b/m~0n", {"a/b", "m~n"}},
        {"//x", {"", "x"}},
    };
    for (const auto& [text, steps] : rows) {
        CAPTURE(text);
        const auto read = parse_pointer(text);
        REQUIRE(read);
        CHECK(*read == steps);
        std::string again;
        for (const auto& step : steps) append_step(again, step);
        CHECK(again == text);
    }
    for (const std::string_view text : {"a", "a/b", "/a~", "/a~2"}) {
        CAPTURE(text);
        CHECK(!parse_pointer(text));
    }
}

TEST_CASE("a value is put at its place, and what is missing on the way is created") {
    const change rows[] = {
        {R"({"a":1})", "/a", "2", R"({"a":2})"},
        {R"({"a":1})", "/b", "true", R"({"a":1,"b":true})"},
        {R"({})", "/a/b/c", "1", R"({"a":{"b":{"c":1}}})"},
        {R"({})", "/list/-", "1", R"({"list":[1]})"},
        {R"({})", "/list/0/id", "1", R"({"list":[{"id":1}]})"},
        {R"([1,2])", "/-", "3", "[1,2,3]"},
        {R"([1,2])", "/2", "3", "[1,2,3]"},
        {R"([1,2])", "/0", "null", "[null,2]"},
        {R"({"a":null})", "/a/x", "1", R"({"a":{"x":1}})"},
        {R"({"a":1})", "", "7", "7"},
        {R"({"a~/b":1})", "/a~0~1b", "2", R"({"a~/b":2})"},
        {R"({"a":1,"a":2})", "/a", "3", R"({"a":1,"a":3})"},
        // into JSON that travels in a string, and in its place
        {R"({"body":"{\"id\":1}"})", "/body/id", "2", R"({"body":"{\"id\":2}"})"},
        {R"({"body":"{\"id\":1}"})", "/body", R"({"id":3})", R"({"body":"{\"id\":3}"})"},
        {R"({"body":"hello"})", "/body", "[1, 2]", R"({"body":"[1,2]"})"},
        {R"({"body":"hello"})", "/body", "17", R"({"body":17})"},
        {R"({"body":{"id":1}})", "/body", R"({"id":3})", R"({"body":{"id":3}})"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.before);
        CAPTURE(row.pointer);
        auto whole = parse_json(row.before);
        auto value = parse_json(row.value);
        const auto place = parse_pointer(row.pointer);
        REQUIRE((whole && value && place));
        REQUIRE(set_at(*whole, *place, *value));
        CHECK(to_line(*whole) == row.after);
    }
}

TEST_CASE("a way that cannot be gone is refused and changes nothing inside of strings") {
    const std::string_view rows[][2] = {
        {R"({"a":1})", "/a/b"},    {R"({"a":"text"})", "/a/b"}, {R"([1])", "/5"},
        {R"([1])", "/x"},          {R"([1])", "/01"},           {R"([1])", "/-1"},
        {R"({"a":"[]"})", "/a/3"},
    };
    for (const auto& [before, pointer] : rows) {
        CAPTURE(pointer);
        auto whole = parse_json(before);
        REQUIRE(whole);
        const auto done = set_at(*whole, *parse_pointer(pointer), json_value::null());
        REQUIRE(!done);
        CHECK(done.error().code == errc::bad_value);
        CHECK(to_line(*whole) == before);
    }
}
