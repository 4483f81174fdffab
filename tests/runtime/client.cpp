// SPDX-License-Identifier: BSL-1.0
#include <headrace/base/version.hpp>
#include <headrace/json/workspace.hpp>
#include <headrace/runtime/client.hpp>

#include "doubles.hpp"

#include <doctest/doctest.h>

#include <simdjson.h>

#include <string>
#include <string_view>
#include <vector>

using namespace headrace;
using namespace headrace::runtime;
using namespace std::chrono_literals;
using header_lines = std::vector<std::pair<std::string, std::string>>;

namespace {

// Answers every exchange with the same response and keeps the requests.
struct fixed_transport final : transport {
    struct kept_request {
        std::string method, target, body;
        header_lines headers;
    };
    result<void> exchange(const request& out, response& in, body_buffer& into) override {
        kept_request kept{
            std::string(out.method), std::string(out.target), std::string(out.body), {}};
        for (const auto& h : out.headers) kept.headers.emplace_back(h.name, h.value);
        requests.push_back(kept);
        if (gone) return error::transient("nobody there");
        in.status = status;
        in.headers.clear();
        for (const auto& [name, value] : headers) in.headers.add(name, value);
        auto start = into.grow(0, body.size());
        if (!start) return std::move(start).error();
        body.copy(*start, body.size());
        in.body_size = body.size();
        return {};
    }
    unsigned status = 200;
    header_lines headers;
    std::string body;
    bool gone = false;
    std::vector<kept_request> requests;
};

struct bench {
    fixed_transport wire;
    doubles::world world;
    workspace memory;
    client api{wire, logger(world.log, world.real.clock)};
};

std::string agent() { return "headrace/" + std::string(version_text) + " c++20"; }

} // namespace

TEST_CASE("an event brings its headers in any case and its payload") {
    bench b;
    b.wire.headers = {{"lambda-runtime-aws-request-id", "5b7c2a90-0d3f-4a51-9f43-1f2e3d4c5b6a"},
                      {"LAMBDA-RUNTIME-DEADLINE-MS", "1795514400123"},
                      {"Lambda-Runtime-Invoked-Function-Arn",
                       "arn:aws:lambda:eu-central-1:111122223333:function:orders"},
                      {"Lambda-Runtime-trace-id", "Root=1-67a9;Sampled=1"},
                      {"Lambda-Runtime-Aws-Tenant-Id", "blue"},
                      {"Lambda-Runtime-Client-Context", R"({"custom":{"a":"b"}})"},
                      {"Lambda-Runtime-Cognito-Identity", R"({"cognitoIdentityId":"x"})"}};
    b.wire.body = R"({"n":1})";
    const auto event = b.api.next(b.memory);
    REQUIRE(event);
    REQUIRE(*event);
    const delivery& d = **event;
    CHECK(d.request_id == "5b7c2a90-0d3f-4a51-9f43-1f2e3d4c5b6a");
    CHECK(d.function_arn == "arn:aws:lambda:eu-central-1:111122223333:function:orders");
    CHECK(d.trace_id == "Root=1-67a9;Sampled=1");
    CHECK(d.tenant_id == "blue");
    CHECK(d.client_context == R"({"custom":{"a":"b"}})");
    CHECK(d.cognito_identity == R"({"cognitoIdentityId":"x"})");
    CHECK(d.deadline == time_point(1'795'514'400'123ms));
    CHECK(d.payload == R"({"n":1})");
    REQUIRE(b.wire.requests.size() == 1);
    CHECK(b.wire.requests[0].method == "GET");
    CHECK(b.wire.requests[0].target == "/2018-06-01/runtime/invocation/next");
    CHECK(b.wire.requests[0].headers == header_lines{{"User-Agent", agent()}});
    // It lies in the padded input buffer, so that indexing it copies nothing.
    const auto indexed = b.memory.index_input(d.payload.size());
    REQUIRE(indexed);
    CHECK(indexed->text == d.payload.data());
}

TEST_CASE("every header but the request id may be missing") {
    bench b;
    b.wire.headers = {{"Lambda-Runtime-Aws-Request-Id", "1"}};
    const auto event = b.api.next(b.memory);
    REQUIRE(event);
    REQUIRE(*event);
    CHECK((*event)->function_arn.empty());
    CHECK((*event)->trace_id.empty());
    CHECK((*event)->tenant_id.empty());
    CHECK((*event)->client_context.empty());
    CHECK((*event)->cognito_identity.empty());
    CHECK_FALSE((*event)->deadline);
    CHECK((*event)->payload.empty());

    b.wire.headers = {{"Lambda-Runtime-Trace-Id", "Root=1"}};
    const auto nobody = b.api.next(b.memory);
    REQUIRE_FALSE(nobody);
    CHECK(nobody.error().message.find("Lambda-Runtime-Aws-Request-Id") != std::string::npos);
}

TEST_CASE("what is no time since the year 2000 is no deadline") {
    bench b;
    struct row {
        std::string_view text;
        std::optional<time_point> deadline;
    };
    const row rows[] = {
        {"", std::nullopt},
        {"0", std::nullopt},
        {"600000", std::nullopt}, // a duration, as one emulator sends it
        {"-1795514400123", std::nullopt},
        {"946684799999", std::nullopt},
        {"946684800000", time_point(946'684'800'000ms)},
        {"9223372036854", time_point(9'223'372'036'854ms)},
        {"9223372036855", std::nullopt}, // beyond nanoseconds in 64 bits
        {"99999999999999999999", std::nullopt},
        {"1795514400123.5", std::nullopt},
        {"0x1795514400123", std::nullopt},
        {"soon", std::nullopt},
    };
    for (const row& r : rows) {
        CAPTURE(r.text);
        b.wire.headers = {{"Lambda-Runtime-Aws-Request-Id", "1"},
                          {"Lambda-Runtime-Deadline-Ms", std::string(r.text)}};
        const auto event = b.api.next(b.memory);
        REQUIRE(event);
        CHECK(((*event)->deadline == r.deadline));
    }
}

TEST_CASE("410 says that there are no more events, any other status but 200 is an error") {
    bench b;
    b.wire.headers = {{"Lambda-Runtime-Aws-Request-Id", "1"}};
    b.wire.status = 410;
    const auto none = b.api.next(b.memory);
    REQUIRE(none);
    CHECK_FALSE(*none);
    for (unsigned status = 200; status < 600; ++status) {
        if (status == 410) continue;
        CAPTURE(status);
        b.wire.status = status;
        const auto event = b.api.next(b.memory);
        CHECK(event.has_value() == (status == 200));
        if (!event) CHECK(event.error().message.find(std::to_string(status)) != std::string::npos);
    }
    b.wire.gone = true;
    CHECK_FALSE(b.api.next(b.memory));
}

TEST_CASE("an event beyond the workspace's limits is an error") {
    bench b;
    b.memory = workspace(limits{.bytes = 10});
    b.wire.headers = {{"Lambda-Runtime-Aws-Request-Id", "1"}};
    b.wire.body = std::string(11, ' ');
    const auto event = b.api.next(b.memory);
    REQUIRE_FALSE(event);
    CHECK(event.error().code == errc::too_large);
}

TEST_CASE("a response is posted to its id, byte for byte") {
    bench b;
    b.wire.status = 202;
    REQUIRE(b.api.respond("8f3c-17", R"({"ok":true})"));
    REQUIRE(b.wire.requests.size() == 1);
    CHECK(b.wire.requests[0].method == "POST");
    CHECK(b.wire.requests[0].target == "/2018-06-01/runtime/invocation/8f3c-17/response");
    CHECK(b.wire.requests[0].body == R"({"ok":true})");
    CHECK(b.wire.requests[0].headers
          == header_lines{{"User-Agent", agent()}, {"Content-Type", "application/json"}});
    CHECK(b.world.log.lines.empty());
}

TEST_CASE("a request id stays one segment of the path") {
    bench b;
    b.wire.status = 202;
    REQUIRE(b.api.respond("a.B_9~:@/../?#% \xC3\xBC", "{}"));
    CHECK(b.wire.requests[0].target
          == "/2018-06-01/runtime/invocation/a.B_9~:@%2F..%2F%3F%23%25%20%C3%BC/response");
}

TEST_CASE("an error is posted as a document with its type in a header") {
    bench b;
    b.wire.status = 202;
    REQUIRE(b.api.fail("7", {"shop::card_declined", "line 1\nline \"2\""}));
    REQUIRE(b.api.init_error({"Runtime.BadConfig", "no table"}));
    REQUIRE(b.wire.requests.size() == 2);
    CHECK(b.wire.requests[0].target == "/2018-06-01/runtime/invocation/7/error");
    CHECK(
        b.wire.requests[0].body
        == R"({"errorMessage":"line 1\nline \"2\"","errorType":"shop::card_declined","stackTrace":[]})");
    CHECK(b.wire.requests[0].headers
          == header_lines{{"User-Agent", agent()},
                          {"Content-Type", "application/json"},
                          {"Lambda-Runtime-Function-Error-Type", "Function.CardDeclined"}});
    CHECK(b.wire.requests[1].target == "/2018-06-01/runtime/init/error");
    CHECK(b.wire.requests[1].headers.back().second == "Runtime.BadConfig");
}

TEST_CASE("a refused reply is logged with its request id and is no error; a broken API is one") {
    bench b;
    for (unsigned status = 200; status < 600; ++status) {
        CAPTURE(status);
        b.world.log.lines.clear();
        b.wire.status = status;
        const auto told = b.api.respond("id-9", R"({"secret":1})");
        CHECK(told.has_value() == (status < 300 || (status >= 400 && status < 500)));
        CHECK(b.world.log.lines.size() == (status >= 400 && status < 500 ? 1u : 0u));
        for (const std::string& line : b.world.log.lines) {
            CHECK(line.find(R"("level":"ERROR")") != line.npos);
            CHECK(line.find(R"("requestId":"id-9")") != line.npos);
            CHECK(line.find("\"status\":" + std::to_string(status)) != line.npos);
            CHECK(line.find("secret") == line.npos);
        }
    }
    b.wire.gone = true;
    CHECK_FALSE(b.api.respond("id-9", "{}"));
    CHECK_FALSE(b.api.fail("id-9", {"T", "m"}));
    CHECK_FALSE(b.api.init_error({"T", "m"}));
}

TEST_CASE("a reply of exactly the limit is sent, one byte more is an error of its own") {
    bench b;
    b.wire.status = 202;
    const std::string largest(largest_reply, ' ');
    REQUIRE(b.api.respond("1", largest));
    REQUIRE(b.api.respond("2", largest + ' '));
    REQUIRE(b.wire.requests.size() == 2);
    CHECK(b.wire.requests[0].body.size() == 6'291'556);
    CHECK(b.wire.requests[1].target.ends_with("/2/error"));
    CHECK(b.wire.requests[1].headers.back().second == "Function.ResponseSizeTooLarge");
    CHECK(b.wire.requests[1].body
          == R"({"errorMessage":"the reply has 6291557 bytes, and Lambda takes at most 6291556",)"
             R"("errorType":"Function.ResponseSizeTooLarge","stackTrace":[]})");
}

TEST_CASE("error documents are JSON whatever a message holds, and bounded") {
    std::string every;
    for (int c = 0; c < 256; ++c) every += static_cast<char>(c);
    every += "\xF0\x9F\x98\x80";
    const std::string texts[] = {every, std::string(1'000'000, '\x01'),
                                 std::string(200'000, '\xFF')};
    for (const std::string& text : texts) {
        const std::string json = to_json({text, text});
        CHECK(json.size() < 140'000);
        simdjson::dom::parser parser;
        simdjson::dom::object object;
        REQUIRE(parser.parse(json).get(object) == simdjson::SUCCESS);
        CHECK(object["errorMessage"].is_string());
        CHECK(object["errorType"].is_string());
        CHECK(object["stackTrace"].is_array());
    }
    CHECK(to_json({"T", every}).find("\xF0\x9F\x98\x80") != std::string::npos);
    CHECK(to_json({"T", "\xFC"}).find("\xEF\xBF\xBD") != std::string::npos);
}

TEST_CASE("the header's error type has the one form that Lambda counts") {
    struct row {
        std::string_view type;
        std::string_view header;
    };
    const row rows[] = {
        {"Function.ResponseSizeTooLarge", "Function.ResponseSizeTooLarge"},
        {"Runtime.ExitError", "Runtime.ExitError"},
        {"std::runtime_error", "Function.RuntimeError"},
        {"shop::card_declined", "Function.CardDeclined"},
        {"shop::(anonymous namespace)::card_declined", "Function.CardDeclined"},
        {"shop::basket<std::pair<int, shop::item> >::full", "Function.Full"},
        {"shop::basket<shop::item>", "Function.Basket"},
        {"Application.OutOfStock", "Function.OutOfStock"},
        {"java.lang.Exception", "Function.Exception"},
        {"HTTPError404", "Function.HTTPError"},
        {"int", "Function.Int"},
        {"char const*", "Function.CharConst"},
        {"", "Function.Unknown"},
        {"X", "Function.Unknown"},
        {"Runtime.", "Runtime.Unknown"},
        {"Function.404", "Function.Unknown"},
        {"main::{lambda()#1}", "Function.Unknown"},
        {"a\r\nX-Evil: yes", "Function.Yes"},
        {"a\r\nX-Evil", "Function.AXEvil"},
        {"\xC3\xBC\xC3\xBC", "Function.Unknown"},
        {">>><<<", "Function.Unknown"},
    };
    for (const row& r : rows) {
        CAPTURE(r.type);
        CHECK(error_type_header(r.type) == r.header);
    }
    for (int c = 0; c < 256; ++c) {
        const std::string header =
            error_type_header("ab" + std::string(1, static_cast<char>(c)) + "cd");
        CHECK(header.starts_with("Function."));
        for (const char h : header.substr(9))
            CHECK(((h >= 'a' && h <= 'z') || (h >= 'A' && h <= 'Z')));
        CHECK(header.size() >= 11);
    }
    CHECK(error_type_header(std::string(10'000, 'x')).size() == 128);
}

TEST_CASE("an error's own type wins; without one its code or class names it") {
    struct row {
        error_class kind;
        errc code;
        std::string_view type;
    };
    const row rows[] = {
        {error_class::malformed, errc::syntax, "Runtime.UnmarshalError"},
        {error_class::malformed, errc::wrong_kind, "Runtime.UnmarshalError"},
        {error_class::malformed, errc::missing, "Runtime.UnmarshalError"},
        {error_class::malformed, errc::out_of_range, "Runtime.UnmarshalError"},
        {error_class::malformed, errc::bad_value, "Runtime.UnmarshalError"},
        {error_class::malformed, errc::too_deep, "Runtime.UnmarshalError"},
        {error_class::malformed, errc::too_large, "Runtime.UnmarshalError"},
        {error_class::bug, errc::bad_reply, "Runtime.MarshalError"},
        {error_class::malformed, errc::unrecognised, "Function.Unrecognised"},
        {error_class::invalid, errc::no_route, "Function.NoRoute"},
        {error_class::bug, errc::bad_app, "Function.BadApp"},
        {error_class::bug, errc::exception, "Function.Exception"},
        {error_class::transient, errc::input_output, "Function.InputOutput"},
        {error_class::throttled, errc::custom, "Function.Throttled"},
        {error_class::permanent, errc::custom, "Function.Permanent"},
    };
    for (const row& r : rows) {
        error e;
        e.kind = r.kind;
        e.code = r.code;
        CHECK(to_document(e).type == r.type);
        CHECK(error_type_header(r.type) == r.type);
        e.type = "Shop.SoldOut";
        CHECK(to_document(e).type == "Shop.SoldOut");
    }
    error e = error::malformed("expected an integer");
    e.pointer = "/Records/1/size";
    CHECK(to_document(e).message == "/Records/1/size: expected an integer");
}
