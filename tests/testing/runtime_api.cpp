// SPDX-License-Identifier: BSL-1.0
#include <headrace/testing/runtime_api.hpp>

#include "runtime/doubles.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace headrace;
using namespace headrace::testing;

namespace {

struct caller {
    explicit caller(const runtime_api& api)
        : wire(runtime::make_tcp_transport(runtime::parse_endpoint(api.address()).value())) {}

    // The status of the response, 0 without one.
    unsigned call(std::string_view method, std::string_view path, std::string_view body = {}) {
        const std::string target = "/2018-06-01/runtime/" + std::string(path);
        const auto done = wire->exchange(
            {.method = method, .target = target, .headers = {}, .body = body}, in, buffer);
        return done ? in.status : 0;
    }
    std::unique_ptr<runtime::transport> wire;
    runtime::response in;
    doubles::text_buffer buffer;
};

} // namespace

TEST_CASE("an event is served until it is answered, then the next one") {
    const runtime_api api({{.payload = "1"}, {.payload = "2", .id = "b c"}});
    caller c(api);
    CHECK(c.call("GET", "invocation/next") == 200);
    CHECK(c.call("GET", "invocation/next") == 200);
    CHECK(c.in.headers.get("Lambda-Runtime-Aws-Request-Id") == "request-0");
    CHECK(c.call("POST", "invocation/request-0/response", "one") == 202);
    CHECK(c.call("GET", "invocation/next") == 200);
    CHECK(c.buffer.taken(c.in) == "2");
    CHECK(c.call("POST", "invocation/b%20c/error", "two") == 202);
    CHECK(c.call("GET", "invocation/next") == 410);
    const auto answers = api.answers();
    REQUIRE(answers.size() == 2);
    CHECK(answers[0].kind == answer_kind::response);
    CHECK(answers[0].call.body == "one");
    CHECK(answers[1].id == "b c");
    CHECK(answers[1].kind == answer_kind::error);
    CHECK(answers[1].call.status == 202);
    CHECK(api.mistakes().empty());
    CHECK(api.calls().size() == 6);
    CHECK(api.connections() == 1);
}

TEST_CASE("answers that nothing waits for are refused and reported") {
    const runtime_api api({{.payload = "1"}, {.payload = "2"}, {.payload = "3"}});
    caller c(api);
    CHECK(c.call("POST", "invocation/request-0/response") == 400); // not asked for yet
    CHECK(c.call("GET", "invocation/next") == 200);
    CHECK(c.call("POST", "invocation/request-1/response") == 400); // not served yet
    CHECK(c.call("POST", "invocation/unknown/error") == 400);
    CHECK(c.call("POST", "invocation/request-0/response") == 202);
    CHECK(c.call("POST", "invocation/request-0/error") == 403); // the second answer
    CHECK(c.call("GET", "invocation/next") == 200);
    const std::vector<std::string> expected = {
        "an answer came for request-0, which waits for none",
        "an answer came for request-1, which waits for none",
        "an answer came for unknown, which waits for none",
        "request-0 was answered 2 times",
        "request-1 was answered 0 times",
        "request-2 was answered 0 times",
    };
    CHECK(api.mistakes() == expected);
}

TEST_CASE("unknown paths are refused and reported") {
    const runtime_api api({}, {.prefix = "/p"});
    caller c(api);
    CHECK(c.call("GET", "invocation/nothing") == 404);
    CHECK(c.call("POST", "invocation/next") == 404);
    CHECK(c.call("GET", "init/error") == 404);
    caller without_prefix(api);
    const auto server = runtime::parse_endpoint(api.address());
    REQUIRE(server);
    without_prefix.wire = runtime::make_tcp_transport({server->host, server->port, ""});
    CHECK(without_prefix.call("GET", "invocation/next") == 404);
    CHECK(api.mistakes().size() == 4);
    CHECK(api.mistakes()[0] == "there is no GET /2018-06-01/runtime/invocation/nothing");
}

TEST_CASE("statuses, drops and the end are as scripted") {
    const runtime_api api({{.payload = "1", .status = 500, .answer_status = 413},
                           {.payload = "2", .answer_status = 0, .dropped_requests = 3}},
                          {.end = at_end::close, .init_error_status = 403});
    caller c(api);
    CHECK(c.call("POST", "init/error", "why") == 403);
    CHECK(c.call("GET", "invocation/next") == 500);
    CHECK(c.call("POST", "invocation/request-0/error") == 413);
    CHECK(c.call("GET", "invocation/next") == 0); // two drops, since a kept connection is replaced
    CHECK(c.call("GET", "invocation/next") == 0);
    CHECK(c.call("GET", "invocation/next") == 200);
    CHECK(c.call("POST", "invocation/request-1/response") == 0);
    CHECK(c.call("GET", "invocation/next") == 0);
    CHECK(c.call("GET", "invocation/next") == 0);
    api.wait_for_closed(5);
    CHECK(api.mistakes().empty());
    REQUIRE(api.init_errors().size() == 1);
    CHECK(api.init_errors()[0].body == "why");
    CHECK(api.answers()[1].call.status == 0);
}

TEST_CASE("a test can wait for answers and for the end, at which the server may stay silent") {
    auto api = std::make_unique<runtime_api>(std::vector<scripted_event>{{.payload = "1"}},
                                             runtime_api_options{.end = at_end::wait});
    const auto worker = system_platform().tasks.start([c = std::make_shared<caller>(*api)] {
        c->call("GET", "invocation/next");
        c->call("POST", "invocation/request-0/response");
        c->call("GET", "invocation/next"); // until the server is gone
    });
    api->wait_for_answers(1);
    CHECK(api->answers().size() == 1);
    api->wait_for_end();
    CHECK(api->calls().size() == 3);
    api.reset();
}
