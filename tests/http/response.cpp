// SPDX-License-Identifier: BSL-1.0
#include <headrace/http/response.hpp>

#include <doctest/doctest.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace headrace;

TEST_CASE("text and JSON responses say what they are") {
    const auto words = http::text(201, "grün");
    CHECK(words.status == 201);
    CHECK(words.body == "grün");
    CHECK((words.headers
           == std::vector<http::header_line>{{"content-type", "text/plain; charset=utf-8"}}));
    const http::response raw{.status = 200, .body = "\x89PNG", .kind = http::body_kind::binary};
    CHECK(raw.headers.empty());
    CHECK(raw.body.size() == 4);
    const auto value = http::json(200, "[1]").header("etag", "\"a\"").cookie("a=1");
    CHECK(value.body == "[1]");
    CHECK((value.headers
           == std::vector<http::header_line>{{"content-type", "application/json"},
                                             {"etag", "\"a\""}}));
    CHECK((value.cookies == std::vector<std::string>{"a=1"}));
}

namespace {
struct order {
    int id = 0;
    static void wire(auto& self, auto&& field) { field("id", self.id); }
};
} // namespace

TEST_CASE("a JSON response is made of any value that is JSON, and of JSON text") {
    CHECK(http::json(201, order{17}).body == R"({"id":17})");
    CHECK(http::json(201, order{17}).status == 201);
    CHECK(http::json(200, order{17}).headers == http::json(200, "{}").headers);
    CHECK(http::json(200, std::vector{order{1}, order{2}}).body == R"([{"id":1},{"id":2}])");
    CHECK(http::json(200, std::map<std::string, bool>{{"fine", true}}).body == R"({"fine":true})");
    CHECK(http::json(200, std::optional<int>()).body == "null");
    CHECK(http::json(200, raw_json("[1, 2]")).body == "[1, 2]");
    CHECK(http::json(200, 0.5).body == "0.5");
    const std::string text = R"({"id":17})";
    CHECK(http::json(200, text).body == text);
    CHECK(http::json(200, std::string_view(text)).body == text);
    CHECK(http::json(200, text.c_str()).body == text);
}
