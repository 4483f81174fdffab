// SPDX-License-Identifier: BSL-1.0
#include <headrace/json/decode.hpp>

#include <doctest/doctest.h>

#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

using namespace headrace;

namespace {

struct note {
    std::string_view title;
    std::span<const std::string_view> tags;
    static void wire(auto& self, auto&& field) {
        field("title", self.title);
        field("tags", self.tags);
    }
};

template <class T>
concept dereferences = requires(T t) { *std::forward<T>(t); };
template <class T>
concept has_members = requires(T t) { std::forward<T>(t).operator->(); };

} // namespace

TEST_CASE("a decoded value owns what it borrows from") {
    std::string json = R"({"title":"a \"quoted\" one","tags":["x","y"]})";
    auto read = decode<note>(json);
    json.assign(json.size(), '#');
    REQUIRE(read);
    auto moved = std::move(*read);
    CHECK(moved->title == "a \"quoted\" one");
    CHECK((*moved).tags[1] == "y");
    CHECK(encode(*moved) == R"({"title":"a \"quoted\" one","tags":["x","y"]})");
    CHECK(moved.memory().capacity() > 0);
}

TEST_CASE("a decoded value is used by name only, so that no view outlives it") {
    CHECK(dereferences<decoded<note>&>);
    CHECK(dereferences<const decoded<note>&>);
    CHECK_FALSE(dereferences<decoded<note>>);
    CHECK(has_members<const decoded<note>&>);
    CHECK_FALSE(has_members<decoded<note>>);
    CHECK(std::is_nothrow_move_constructible_v<decoded<note>>);
    CHECK_FALSE(std::is_copy_constructible_v<decoded<note>>);
}

TEST_CASE("inside an invocation a value borrows from the workspace") {
    workspace memory;
    const auto read = decode<note>(memory, R"({"tags":["\u0061"],"title":"t"})");
    REQUIRE(read);
    CHECK(read->tags[0] == "a");
    const auto second = decode<note>(memory, R"({"title":"u"})");
    REQUIRE(second);
    CHECK(read->title == "t");
    CHECK(second->title == "u");
    CHECK(decode<note>(memory, "{").error().code == errc::syntax);
    CHECK(decode<note>(memory, R"({"title":1})").error().pointer == "/title");
}

TEST_CASE("errors of decode are malformed and say where") {
    const auto e = decode<note>(R"({"tags":["a",2]})").error();
    CHECK(e.kind == error_class::malformed);
    CHECK(describe(e) == "/tags/1: expected a string");
    CHECK(decode<note>(R"({"title":"x"})", limits{.bytes = 5}).error().code == errc::too_large);
    CHECK(decode<note>("").error().code == errc::syntax);
}

TEST_CASE("encoding appends, and leaves absent members out") {
    std::string out = "before ";
    encode_to(out, note{.title = "t", .tags = {}});
    CHECK(out == R"(before {"title":"t"})");
    CHECK(encode(note{}) == "{}");
    CHECK(encode(std::vector<note>(2)) == "[{},{}]");
}
