// SPDX-License-Identifier: BSL-1.0
#include <headrace/http/response.hpp>

#include <doctest/doctest.h>

#include <string>
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
