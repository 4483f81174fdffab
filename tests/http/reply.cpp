// SPDX-License-Identifier: BSL-1.0
#include <headrace/http/reply.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace headrace;
using http::reply_form;
using http::response;
using namespace std::string_literals;

namespace {

std::string reply(const response& r, reply_form form, std::string_view method = "GET") {
    std::string out = "before ";
    const auto written = http::write_reply(out, r, form, method);
    REQUIRE_MESSAGE(written.has_value(), describe(written.error()));
    REQUIRE(out.starts_with("before "));
    return out.substr(7);
}

constexpr reply_form all_forms[] = {reply_form::rest, reply_form::v2, reply_form::alb,
                                    reply_form::alb_multi_value};

} // namespace

TEST_CASE("each door gets its reply in its own form") {
    response r = http::text(200, "hi");
    r.header("Vary", "Accept").header("x-a", "1").header("vary", "Origin").cookie("c=1; Path=/");
    CHECK(
        reply(r, reply_form::rest)
        == R"({"statusCode":200,"multiValueHeaders":{"content-type":["text/plain; charset=utf-8"],)"
           R"("Vary":["Accept","Origin"],"x-a":["1"],"set-cookie":["c=1; Path=/"]},)"
           R"("body":"hi","isBase64Encoded":false})");
    CHECK(reply(r, reply_form::v2)
          == R"({"statusCode":200,"headers":{"content-type":"text/plain; charset=utf-8",)"
             R"("Vary":"Accept, Origin","x-a":"1"},"cookies":["c=1; Path=/"],)"
             R"("body":"hi","isBase64Encoded":false})");
    CHECK(reply(r, reply_form::alb)
          == R"({"statusCode":200,"statusDescription":"200 OK","headers":{)"
             R"("content-type":"text/plain; charset=utf-8","Vary":"Accept, Origin","x-a":"1",)"
             R"("set-cookie":"c=1; Path=/"},"body":"hi","isBase64Encoded":false})");
    CHECK(reply(r, reply_form::alb_multi_value)
          == R"({"statusCode":200,"statusDescription":"200 OK","multiValueHeaders":{)"
             R"("content-type":["text/plain; charset=utf-8"],"Vary":["Accept","Origin"],)"
             R"("x-a":["1"],"set-cookie":["c=1; Path=/"]},"body":"hi","isBase64Encoded":false})");
}

TEST_CASE("an empty response has every member and no null") {
    CHECK(reply({}, reply_form::rest)
          == R"({"statusCode":200,"multiValueHeaders":{},"body":"","isBase64Encoded":false})");
    CHECK(reply({}, reply_form::v2)
          == R"({"statusCode":200,"headers":{},"body":"","isBase64Encoded":false})");
    CHECK(reply({}, reply_form::alb)
          == R"({"statusCode":200,"statusDescription":"200 OK","headers":{},"body":"",)"
             R"("isBase64Encoded":false})");
    CHECK(reply({}, reply_form::alb_multi_value)
          == R"({"statusCode":200,"statusDescription":"200 OK","multiValueHeaders":{},"body":"",)"
             R"("isBase64Encoded":false})");
}

TEST_CASE("a load balancer gets status and phrase") {
    struct row {
        std::uint16_t status;
        std::string_view text;
    };
    const row rows[] = {{404, "404 Not Found"},
                        {422, "422 Unprocessable Content"},
                        {299, "299 Successful"},
                        {599, "599 Server Error"}};
    for (const row& r : rows) {
        response answer;
        answer.status = r.status;
        const auto text = reply(answer, reply_form::alb);
        CHECK(text.find("\"statusDescription\":\"" + std::string(r.text) + "\"")
              != std::string::npos);
    }
}

TEST_CASE("several cookies are never joined") {
    response r;
    r.cookie("a=1, 2").header("Set-Cookie", "b=2; Expires=Tue, 24 Nov 2026 09:15:27 GMT");
    CHECK(reply(r, reply_form::rest)
              .find(R"("set-cookie":["b=2; Expires=Tue, 24 Nov 2026 09:15:27 GMT","a=1, 2"])")
          != std::string::npos);
    CHECK(reply(r, reply_form::alb_multi_value).find(R"("set-cookie":["b=2)") != std::string::npos);
    CHECK(reply(r, reply_form::v2).find(R"("headers":{},"cookies":["b=2)") != std::string::npos);
    std::string out = "before";
    const auto refused = http::write_reply(out, r, reply_form::alb, "GET");
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == errc::bad_reply);
    CHECK(out == "before");
}

TEST_CASE("what a door would refuse is refused before it leaves") {
    struct row {
        const char* what;
        response r;
    };
    const auto status = [](std::uint16_t n) {
        response r;
        r.status = n;
        return r;
    };
    std::vector<row> rows = {
        {"status 0", status(0)},
        {"status 99", status(99)},
        {"status 600", status(600)},
        {"no name", response{}.header("", "x")},
        {"space in a name", response{}.header("x y", "z")},
        {"colon in a name", response{}.header("x:", "z")},
        {"CR LF in a name", response{}.header("x\r\ny", "z")},
        {"NUL in a name", response{}.header("x\0"s, "z")},
        {"a name that is not ASCII", response{}.header("grün", "z")},
        {"LF in a value", response{}.header("x", "a\nset-cookie: b=1")},
        {"CR in a value", response{}.header("x", "a\rb")},
        {"NUL in a value", response{}.header("x", "a\0b"s)},
        {"escape in a value", response{}.header("x", "\x1b[0m")},
        {"DEL in a value", response{}.header("x", "\x7f")},
        {"broken UTF-8 in a value", response{}.header("x", "\xC3")},
        {"CR LF in a location", response{}.header("location", "/a\r\nx: y")},
        {"LF in a cookie", response{}.cookie("a=1\nb")},
        {"tab and NUL in a cookie", response{}.cookie("a=\t\0"s)},
        {"an empty cookie", response{}.cookie("")},
        {"LF in a Set-Cookie line", response{}.header("set-cookie", "a=1\nb")},
        {"LF in a Content-Length line", response{}.header("content\nlength", "1")},
    };
    response many;
    for (int i = 0; i < 1001; ++i) many.header("x", "y");
    rows.push_back({"1001 lines", many});
    for (const row& each : rows) {
        CAPTURE(each.what);
        for (const auto form : all_forms) {
            std::string out = "before";
            const auto written = http::write_reply(out, each.r, form, "GET");
            REQUIRE_FALSE(written.has_value());
            CHECK(written.error().code == errc::bad_reply);
            CHECK(written.error().kind == error_class::bug);
            CHECK(out == "before");
        }
    }
    many.headers.pop_back();
    CHECK(reply(many, reply_form::v2).size() > 3000);
    CHECK(reply(response{}.header("x-!#$%&'*+.^_`|~9", "a\tb grün"), reply_form::v2)
          == R"({"statusCode":200,"headers":{"x-!#$%&'*+.^_`|~9":"a\tb grün"},"body":"",)"
             R"("isBase64Encoded":false})");
}

TEST_CASE("a body is base64 where text would not do") {
    using enum http::body_kind;
    struct row {
        http::body_kind kind;
        std::string_view type;
        std::string_view encoding;
        std::string body;
        bool base64;
    };
    const std::string plain = "plain";
    const std::string broken = "\xff\x00"s;
    const row rows[] = {
        {by_content_type, "text/html", "", plain, false},
        {by_content_type, "TEXT/CSV; header=present", "", plain, false},
        {by_content_type, "application/json", "", plain, false},
        {by_content_type, "application/JSON ; charset=latin1", "", plain, false},
        {by_content_type, "application/xml", "", plain, false},
        {by_content_type, "application/javascript", "", plain, false},
        {by_content_type, "application/yaml", "", plain, false},
        {by_content_type, "application/graphql", "", plain, false},
        {by_content_type, "application/x-ndjson", "", plain, false},
        {by_content_type, "application/x-www-form-urlencoded", "", plain, false},
        {by_content_type, "application/problem+json", "", plain, false},
        {by_content_type, "image/svg+xml", "", plain, false},
        {by_content_type, "application/vnd.oai.openapi+yaml", "", plain, false},
        {by_content_type, "application/sql; charset=utf-8", "", plain, false},
        {by_content_type, "application/sql; x=1; Charset=\"UTF-8\"", "", plain, false},
        {by_content_type, "application/sql; charset=utf-16", "", plain, true},
        {by_content_type, "application/octet-stream", "", plain, true},
        {by_content_type, "image/png", "", plain, true},
        {by_content_type, "application/jsonish", "", plain, true},
        {by_content_type, "x+json/y", "", plain, true},
        {by_content_type, "", "", plain, false},
        {by_content_type, "", "", broken, true},
        {by_content_type, "text/plain", "", broken, true},
        {by_content_type, "text/plain", "gzip", plain, true},
        {by_content_type, "text/plain", "identity", plain, false},
        {by_content_type, "text/plain", " Identity ", plain, false},
        {by_content_type, "image/png", "", "", false},
        {text, "image/png", "", plain, false},
        {text, "image/png", "gzip", plain, false},
        {text, "text/plain", "", broken, true},
        {binary, "text/plain", "", plain, true},
        {binary, "", "", "", false},
    };
    for (const row& r : rows) {
        CAPTURE(r.type);
        CAPTURE(r.encoding);
        response answer;
        answer.kind = r.kind;
        answer.body = r.body;
        if (!r.type.empty()) answer.header("Content-Type", std::string(r.type));
        if (!r.encoding.empty()) answer.header("Content-Encoding", std::string(r.encoding));
        const auto out = reply(answer, reply_form::v2);
        const auto wanted = r.base64 ? (r.body == plain ? "cGxhaW4=" : "/wA=") : r.body;
        CHECK(out.ends_with("\"body\":\"" + wanted
                            + "\",\"isBase64Encoded\":" + (r.base64 ? "true}" : "false}")));
    }
}

TEST_CASE("HEAD, 1xx, 204 and 304 have no body, and Content-Length is the door's") {
    struct row {
        std::string_view method;
        std::uint16_t status;
        bool body;
    };
    const row rows[] = {{"GET", 200, true},   {"HEAD", 200, false}, {"GET", 204, false},
                        {"GET", 304, false},  {"GET", 100, false},  {"GET", 205, true},
                        {"HEAD", 404, false}, {"POST", 500, true},  {"head", 200, true}};
    for (const row& r : rows) {
        CAPTURE(r.method);
        CAPTURE(r.status);
        response answer = http::text(r.status, "hi").header("Content-Length", "2");
        answer.kind = http::body_kind::binary;
        for (const auto form : all_forms) {
            const auto out = reply(answer, form, r.method);
            CHECK(out.ends_with(r.body ? R"("body":"aGk=","isBase64Encoded":true})"
                                       : R"("body":"","isBase64Encoded":false})"));
            CHECK(out.find("ength") == std::string::npos);
            CHECK(out.find("text/plain") != std::string::npos);
        }
    }
}

TEST_CASE("a load balancer takes one megabyte of JSON") {
    const std::string_view frame =
        R"({"statusCode":200,"statusDescription":"200 OK","headers":{},"body":"","isBase64Encoded":)"
        R"(false})";
    response r;
    r.body.assign(http::most_alb_bytes - frame.size(), 'a');
    CHECK(reply(r, reply_form::alb).size() == http::most_alb_bytes);
    r.body.push_back('a');
    CHECK(reply(r, reply_form::v2).size() > http::most_alb_bytes - 100);
    CHECK(reply(r, reply_form::rest).size() > http::most_alb_bytes - 100);
    std::string out = "before";
    CHECK_FALSE(http::write_reply(out, r, reply_form::alb, "GET").has_value());
    CHECK_FALSE(http::write_reply(out, r, reply_form::alb_multi_value, "GET").has_value());
    CHECK(out == "before");
    CHECK(http::write_reply(out, r, reply_form::alb, "HEAD").has_value());
}

TEST_CASE("doors are called by their source ids") {
    CHECK(http::to_string(http::door::rest) == "http.rest");
    CHECK(http::to_string(http::door::v2) == "http.v2");
    CHECK(http::to_string(http::door::furl) == "http.furl");
    CHECK(http::to_string(http::door::alb) == "http.alb");
}

TEST_CASE("a handler's JSON is answered as a response with it would be") {
    const std::string bodies[] = {
        "",
        "{}",
        R"({"id":1234567,"status":"shipped"})",
        R"({"quotes":"\"\\\"","line":"a\nb"})",
        "\x01\x7f\t",
        "{\"name\":\"Caf\u00e9 \u2028 \U0001F600\"}",
        std::string(5000, '"') + "\u00e9" + std::string(5000, 'x'),
        std::string(3000, 'x'),
    };
    for (const auto form : all_forms) {
        for (const std::string_view method : {"GET", "HEAD", "POST"}) {
            for (const auto& body : bodies) {
                CAPTURE(body.substr(0, 40));
                std::string out = "before ";
                REQUIRE(http::write_json_reply(out, body, form, method));
                CHECK(out == "before " + reply(http::json(200, body), form, method));
            }
        }
    }
}

TEST_CASE("JSON that no reply can carry as text is left to a response") {
    for (const auto form : all_forms) {
        std::string out = "before ";
        CHECK_FALSE(http::write_json_reply(out, "\"\xff\"", form, "GET"));
        CHECK(out == "before ");
    }
    const std::string large(http::most_alb_bytes, 'x');
    std::string out = "before ";
    CHECK_FALSE(http::write_json_reply(out, large, reply_form::alb, "GET"));
    CHECK_FALSE(http::write_json_reply(out, large, reply_form::alb_multi_value, "GET"));
    CHECK(out == "before ");
    CHECK(http::write_json_reply(out, large, reply_form::v2, "GET"));
}
