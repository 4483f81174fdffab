// SPDX-License-Identifier: BSL-1.0
#include <headrace/http/fields.hpp>
#include <headrace/json/workspace.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

using namespace headrace;
using texts = std::vector<std::string_view>;
using pairs = std::vector<http::name_value>;

namespace {

constexpr http::name_value lines[] = {{"Accept", "text/html, text/plain;q=\"0,5\" ,,"},
                                      {"x-a", "1"},
                                      {"X-A", ""},
                                      {"cookie", "a=1"},
                                      {"ACCEPT", "*/*"},
                                      {"Cookie", "b=2"},
                                      {"date", "Tue, 24 Nov 2026 09:15:27 GMT"},
                                      {"x-b", "\"a\\\",b\",c"}};

texts to_texts(auto&& range) { return {range.begin(), range.end()}; }

static_assert(std::forward_iterator<http::parameters::values::iterator>);

} // namespace

TEST_CASE("header names compare without case, other names as they are") {
    const http::header_fields headers{lines};
    const http::parameters parameters{lines};
    CHECK(headers.size() == 8);
    CHECK_FALSE(headers.empty());
    CHECK(headers.first("X-a") == "1");
    CHECK((to_texts(headers.all("x-A")) == texts{"1", ""}));
    CHECK(parameters.first("X-A") == "");
    CHECK((to_texts(parameters.all("x-a")) == texts{"1"}));
    CHECK_FALSE(headers.first("x-").has_value());
    CHECK_FALSE(headers.contains("x-c"));
    CHECK(headers.contains("DATE"));
    CHECK(headers.all("x-c").empty());
    CHECK(http::header_fields().empty());
    CHECK(http::header_fields().all("x").empty());
    struct row {
        std::string_view a;
        std::string_view b;
        bool same;
    };
    const row rows[] = {{"", "", true},    {"a", "A", true},           {"Z", "z", true},
                        {"a", "b", false}, {"a", "aa", false},         {"[", "{", false},
                        {"@", "`", false}, {"x-\xC3", "x-\xE3", false}};
    for (const row& r : rows) CHECK(http::caseless_names::same(r.a, r.b) == r.same);
}

TEST_CASE("the values of a name are a forward range") {
    const http::header_fields headers{lines};
    const auto values = headers.all("accept");
    auto at = values.begin();
    CHECK((*at++).starts_with("text/html"));
    CHECK(*at == "*/*");
    CHECK(++at == values.end());
    CHECK(std::distance(values.begin(), values.end()) == 2);
}

TEST_CASE("several lines are joined as HTTP joins them") {
    workspace memory;
    const http::header_fields headers{lines};
    CHECK(headers.joined("x-a", memory.memory()) == "1, ");
    CHECK(headers.joined("COOKIE", memory.memory()) == "a=1; b=2");
    CHECK(headers.joined("date", memory.memory()) == "Tue, 24 Nov 2026 09:15:27 GMT");
    CHECK_FALSE(headers.joined("x-c", memory.memory()).has_value());
    constexpr http::name_value empty_first[] = {{"a", ""}, {"a", "b"}, {"a", ""}};
    CHECK(http::header_fields(empty_first).joined("a", memory.memory()) == ", b, ");
}

TEST_CASE("lists are split at commas outside of quotes, dates and the like never") {
    workspace memory;
    const http::header_fields headers{lines};
    struct row {
        std::string_view name;
        texts elements;
    };
    const row rows[] = {
        {"accept", {"text/html", "text/plain;q=\"0,5\"", "*/*"}},
        {"x-a", {"1"}},
        {"x-b", {"\"a\\\",b\"", "c"}},
        {"date", {"Tue, 24 Nov 2026 09:15:27 GMT"}},
        {"cookie", {"a=1", "b=2"}},
        {"x-c", {}},
    };
    for (const row& r : rows) {
        CAPTURE(r.name);
        CHECK((to_texts(headers.elements(r.name, memory.memory())) == r.elements));
    }
    for (const auto name :
         {"Authorization", "Cookie", "Date", "Expires", "If-Modified-Since", "If-Unmodified-Since",
          "Last-Modified", "Set-Cookie", "User-Agent", "WWW-Authenticate"}) {
        const http::name_value one[] = {{name, "a, b"}};
        CHECK(
            (to_texts(http::header_fields(one).elements(name, memory.memory())) == texts{"a, b"}));
    }
    const http::name_value odd[] = {{"a", ""}, {"b", " , \t,"}, {"c", "\"x, y"}, {"d", "\"x\\"}};
    CHECK(http::header_fields(odd).elements("a", memory.memory()).empty());
    CHECK(http::header_fields(odd).elements("b", memory.memory()).empty());
    CHECK((to_texts(http::header_fields(odd).elements("c", memory.memory())) == texts{"\"x, y"}));
    CHECK((to_texts(http::header_fields(odd).elements("d", memory.memory())) == texts{"\"x\\"}));
}

TEST_CASE("a form is split before it is decoded, and never refused") {
    workspace memory;
    struct row {
        std::string_view text;
        pairs fields;
    };
    const row rows[] = {
        {"", {}},
        {"&&", {}},
        {"a=1", {{"a", "1"}}},
        {"a=1&a=2&b", {{"a", "1"}, {"a", "2"}, {"b", ""}}},
        {"a=b=c&=d&=", {{"a", "b=c"}, {"", "d"}, {"", ""}}},
        {"a=x+y&b=x%2By&c+d=1", {{"a", "x y"}, {"b", "x+y"}, {"c d", "1"}}},
        {"a=1%262&b%3D=1", {{"a", "1&2"}, {"b=", "1"}}},
        {"a=%252F", {{"a", "%2F"}}},
        {"a=100%&b=%zz&c=%4", {{"a", "100%"}, {"b", "%zz"}, {"c", "%4"}}},
        {"q=a,b", {{"q", "a,b"}}},
        {"a;b=1", {{"a;b", "1"}}},
        {"gr%C3%BCn=%e2%82%ac", {{"grün", "€"}}},
    };
    for (const row& r : rows) {
        CAPTURE(r.text);
        const auto fields = http::parse_form(r.text, memory.memory());
        CHECK((pairs(fields.begin(), fields.end()) == r.fields));
    }
}

TEST_CASE("cookies are split at semicolons and not decoded") {
    workspace memory;
    struct row {
        texts lines;
        pairs fields;
    };
    const row rows[] = {
        {{}, {}},
        {{""}, {}},
        {{"a=1"}, {{"a", "1"}}},
        {{"a=1; b=2;c=3 ;"}, {{"a", "1"}, {"b", "2"}, {"c", "3"}}},
        {{"a=1", "a=2; b=x=y"}, {{"a", "1"}, {"a", "2"}, {"b", "x=y"}}},
        {{"a=\"q, z\"; b=%20+"}, {{"a", "\"q, z\""}, {"b", "%20+"}}},
        {{"=x; flag; ;  c = 1 "}, {{"flag", ""}, {"c", "1"}}},
        {{"A=1"}, {{"A", "1"}}},
    };
    for (const row& r : rows) {
        const auto fields = http::parse_cookies(r.lines, memory.memory());
        CHECK((pairs(fields.begin(), fields.end()) == r.fields));
    }
}
