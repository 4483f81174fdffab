// SPDX-License-Identifier: BSL-1.0
#include <headrace/http/problem.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <set>
#include <string>
#include <string_view>

using namespace headrace;
using namespace std::chrono_literals;

TEST_CASE("an error's class decides the status, unless the error has a status of its own") {
    struct row {
        error e;
        int status;
    };
    const auto with = [](error e, std::uint16_t status) {
        e.http_status = status;
        return e;
    };
    const row rows[] = {
        {error::malformed(""), 400},
        {error::unauthorised(""), 401},
        {error::conflict(""), 409},
        {error::invalid(""), 422},
        {error::throttled("", 1s), 429},
        {error::permanent(""), 500},
        {error::bug(""), 500},
        {error::transient(""), 503},
        {error::cancelled(""), 503},
        {error::deadline(""), 504},
        {with(error::bug(""), 418), 418},
        {with(error::invalid(""), 400), 400},
        {with(error::invalid(""), 599), 599},
        // an error is answered as an error
        {with(error::invalid(""), 200), 422},
        {with(error::invalid(""), 399), 422},
        {with(error::invalid(""), 600), 422},
    };
    for (const row& r : rows) {
        CAPTURE(to_string(r.e.kind));
        CAPTURE(r.e.http_status);
        CHECK(http::status_of(r.e) == r.status);
        CHECK(http::problem(r.e).status == r.status);
    }
}

TEST_CASE("a problem says what the caller can act on, and nothing about our insides") {
    struct row {
        error e;
        std::string_view body;
    };
    error pointed = error::invalid("expected an integer");
    pointed.pointer = "/lines/0/grams";
    error thrown = error::invalid("terminate called in db.cpp:17");
    thrown.code = errc::exception;
    error hidden = error::bug("null pointer in db.cpp:17");
    hidden.http_status = 404;
    hidden.pointer = "/a";
    error gone = error::permanent("row 17 is gone from table a");
    gone.http_status = 410;
    const row rows[] = {
        {gone, R"({"title":"Gone","status":410})"},
        {pointed, R"({"title":"Unprocessable Content","status":422,"detail":"expected an integer",)"
                  R"("pointer":"/lines/0/grams"})"},
        {error::malformed("say \"please\"\n"),
         R"({"title":"Bad Request","status":400,"detail":"say \"please\"\n"})"},
        {error::malformed(""), R"({"title":"Bad Request","status":400})"},
        {error::transient("10.0.0.3 refused"), R"({"title":"Service Unavailable","status":503})"},
        {error::permanent("no such table"), R"({"title":"Internal Server Error","status":500})"},
        {error::deadline("db"), R"({"title":"Gateway Timeout","status":504})"},
        {error::cancelled("db"), R"({"title":"Service Unavailable","status":503})"},
        {error::bug("db.cpp:17"), R"({"title":"Internal Server Error","status":500})"},
        {thrown, R"({"title":"Unprocessable Content","status":422})"},
        {hidden, R"({"title":"Not Found","status":404})"},
    };
    for (const row& r : rows) {
        const auto answer = http::problem(r.e);
        CHECK(answer.body == r.body);
        REQUIRE(answer.headers.size() == 1);
        CHECK(answer.headers[0].name == "content-type");
        CHECK(answer.headers[0].value == "application/problem+json");
    }
    CHECK(http::problem(413, error::invalid("too much")).body
          == R"({"title":"Content Too Large","status":413,"detail":"too much"})");
}

TEST_CASE("a wait becomes Retry-After in whole seconds, rounded up") {
    struct row {
        std::chrono::milliseconds wait;
        std::string_view seconds;
    };
    const row rows[] = {{1ms, "1"}, {1000ms, "1"}, {1001ms, "2"}, {90s, "90"}, {0ms, ""}};
    for (const row& r : rows) {
        const auto answer = http::problem(error::throttled("slow down", r.wait));
        CHECK(answer.status == 429);
        REQUIRE(answer.headers.size() == (r.seconds.empty() ? 1 : 2));
        if (r.seconds.empty()) continue;
        CHECK(answer.headers[1].name == "retry-after");
        CHECK(answer.headers[1].value == r.seconds);
    }
}

TEST_CASE("errors with a status of their own tell the caller why") {
    struct row {
        error e;
        int status;
    };
    const row rows[] = {
        {http::bad_request("why"), 400},
        {http::unauthorised("why"), 401},
        {http::forbidden("why"), 403},
        {http::not_found("why"), 404},
        {http::not_acceptable("why"), 406},
        {http::conflict("why"), 409},
        {http::gone("why"), 410},
        {http::precondition_failed("why"), 412},
        {http::content_too_large("why"), 413},
        {http::unsupported_media_type("why"), 415},
        {http::unprocessable("why"), 422},
    };
    for (const row& r : rows) {
        const auto answer = http::problem(r.e);
        CHECK(answer.status == r.status);
        CHECK(answer.body.find(R"("detail":"why")") != std::string::npos);
    }
}

TEST_CASE("every status has a reason phrase, its own or that of its class") {
    std::set<std::string_view> phrases;
    for (std::uint16_t status = 100; status < 600; ++status) {
        const auto phrase = http::reason_phrase(status);
        CHECK_FALSE(phrase.empty());
        phrases.insert(phrase);
    }
    CHECK(phrases.size() == 58);
    CHECK(http::reason_phrase(200) == "OK");
    CHECK(http::reason_phrase(404) == "Not Found");
    CHECK(http::reason_phrase(199) == "Informational");
    CHECK(http::reason_phrase(299) == "Successful");
    CHECK(http::reason_phrase(399) == "Redirection");
    CHECK(http::reason_phrase(499) == "Client Error");
    CHECK(http::reason_phrase(599) == "Server Error");
}
