// SPDX-License-Identifier: BSL-1.0
#include <headrace/routing/detail/original_records.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace headrace;

namespace {

std::string text_of(std::string_view json, std::size_t i) {
    workspace memory;
    const auto d = memory.load(json);
    REQUIRE(d);
    detail::original_records all;
    const auto found = all.at(i, *d, memory);
    if (!found) return "error: " + describe(found.error());
    CHECK(all.at(i, *d, memory)->text() == found->text());
    return std::string(found->text());
}

} // namespace

TEST_CASE("each record is what stands in the document, byte for byte") {
    constexpr std::string_view json =
        "{\"x\":[{}], \"Records\" : [ {\"a\" :\n1} ,2, \"\\u0041\",null,"
        "[ ] ],\"Record\":[7]}";
    CHECK(text_of(json, 0) == "{\"a\" :\n1}");
    CHECK(text_of(json, 1) == "2");
    CHECK(text_of(json, 2) == "\"\\u0041\"");
    CHECK(text_of(json, 3) == "");
    CHECK(text_of(json, 4) == "[ ]");
    CHECK(text_of(json, 5) == "");
}

TEST_CASE("a record can be read on where it stands") {
    workspace memory;
    const auto d = memory.load(R"({"Records":[{"n":1},{"n":2}]})");
    REQUIRE(d);
    detail::original_records all;
    const auto second = all.at(1, *d, memory);
    REQUIRE(second);
    const auto inner = second->indexed(memory);
    REQUIRE(inner);
    CHECK(inner->index > d->index); // not indexed again
}

TEST_CASE("of lists that come again the last one counts, and without one there are no records") {
    CHECK(text_of(R"({"Records":[1,2,3],"Records":[4]})", 0) == "4");
    CHECK(text_of(R"({"Records":[1,2,3],"Records":[4]})", 1) == "");
    CHECK(text_of(R"({"R\u0065cords":[1]})", 0) == "1");
    CHECK(text_of("{}", 0) == "");
    CHECK(text_of(R"({"Records":null})", 0) == "");
}

TEST_CASE("of a document that cannot be read no record is known") {
    CHECK(text_of(R"({"Records":[1,2],"x":tru})", 0)
          == "error: /{1}: at byte 21: expected a value");
    CHECK(text_of("[1]", 0) == "error: expected an object");
}
