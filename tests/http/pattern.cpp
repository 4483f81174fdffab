// SPDX-License-Identifier: BSL-1.0
#include <headrace/http/pattern.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using headrace::http::pattern;
using headrace::http::pattern_segment;

namespace {

constexpr auto literal = pattern_segment::kind::literal;
constexpr auto parameter = pattern_segment::kind::parameter;
constexpr auto catch_all = pattern_segment::kind::catch_all;

std::vector<pattern_segment> segments_of(const pattern& p) {
    std::vector<pattern_segment> all;
    p.for_each_segment([&](pattern_segment s) { all.push_back(s); });
    return all;
}

} // namespace

TEST_CASE("a pattern is split into literals, parameters and a catch-all") {
    struct row {
        pattern path;
        std::vector<pattern_segment> segments;
    };
    const row rows[] = {
        {"/", {{literal, ""}}},
        {"/orders", {{literal, "orders"}}},
        {"/orders/", {{literal, "orders"}, {literal, ""}}},
        {"/orders/{id}", {{literal, "orders"}, {parameter, "id"}}},
        {"/{a}/{b_2}/x", {{parameter, "a"}, {parameter, "b_2"}, {literal, "x"}}},
        {"/files/{key+}", {{literal, "files"}, {catch_all, "key"}}},
        {"/{proxy+}", {{catch_all, "proxy"}}},
        {"/grün/a-b.c~d:e@f,g;h=i(j)!$&'*+",
         {{literal, "grün"}, {literal, "a-b.c~d:e@f,g;h=i(j)!$&'*+"}}},
    };
    for (const row& r : rows) {
        CAPTURE(r.path.text());
        CHECK((segments_of(r.path) == r.segments));
        const auto parsed = pattern::parse(r.path.text());
        REQUIRE(parsed.has_value());
        CHECK((*parsed == r.path));
    }
}

TEST_CASE("parameters are counted and found by name while the program is compiled") {
    constexpr pattern path = "/shops/{shop}/files/{key+}";
    static_assert(path.parameters() == 2);
    static_assert(path.find_parameter("shop") == 0);
    static_assert(path.find_parameter("key") == 1);
    static_assert(!path.find_parameter("files"));
    static_assert(pattern("/").parameters() == 0);
    CHECK(path.text() == "/shops/{shop}/files/{key+}");
}

TEST_CASE("a text that breaks a rule is refused with the rule") {
    struct row {
        std::string text;
        std::string_view rule;
    };
    const std::string long_segment(256, 'a');
    const row rows[] = {
        {"", "a pattern starts with a slash"},
        {"orders", "a pattern starts with a slash"},
        {"/orders//lines", "a segment is not empty"},
        {"//", "a segment is not empty"},
        {"/./a", "a segment is not a dot segment"},
        {"/a/..", "a segment is not a dot segment"},
        {"/a%20b", "a segment is not percent-encoded"},
        {"/a b", "a segment has only characters of a path"},
        {"/a?b=c", "a segment has only characters of a path"},
        {"/a#b", "a segment has only characters of a path"},
        {"/a\\b", "a segment has only characters of a path"},
        {"/a\nb", "a segment has only characters of a path"},
        {std::string("/a\0b", 4), "a segment has only characters of a path"},
        {"/a\x7f", "a segment has only characters of a path"},
        {"/" + long_segment, "a segment has at most 255 bytes"},
        {"/:id", "a parameter is written in braces"},
        {"/<id>", "a parameter is written in braces"},
        {"/*", "a parameter is written in braces"},
        {"/x{id}", "a parameter is a whole segment"},
        {"/{id}.json", "a parameter is a whole segment"},
        {"/{a}{b}", "a parameter is a whole segment"},
        {"/{a", "a parameter is a whole segment"},
        {"/a}", "a parameter is a whole segment"},
        {"/{", "a parameter is a whole segment"},
        {"/{{a}}", "a parameter is a whole segment"},
        {"/{}", "a parameter name is letters, digits and underscores"},
        {"/{+}", "a parameter name is letters, digits and underscores"},
        {"/{order-id}", "a parameter name is letters, digits and underscores"},
        {"/{a++}", "a parameter name is letters, digits and underscores"},
        {"/{id:int}", "a parameter name is letters, digits and underscores"},
        {"/{a}/b/{a}", "a parameter name stands once"},
        {"/{a}/{a+}", "a parameter name stands once"},
        {"/{key+}/x", "a catch-all is the last segment"},
        {"/{key+}/", "a catch-all is the last segment"},
        {"/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}/{j}/{k}/{l}/{m}/{n}/{o}/{p}/{q}",
         "a pattern has at most 16 parameters"},
    };
    for (const row& r : rows) {
        CAPTURE(r.text);
        const auto parsed = pattern::parse(r.text);
        REQUIRE_FALSE(parsed.has_value());
        CHECK(parsed.error().message == "not a path pattern: " + std::string(r.rule));
        CHECK(parsed.error().kind == headrace::error_class::invalid);
    }
    CHECK(pattern::parse("/" + std::string(255, 'a')).has_value());
    CHECK(pattern::parse("/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}/{j}/{k}/{l}/{m}/{n}/{o}/{p}")
              .has_value());
}
