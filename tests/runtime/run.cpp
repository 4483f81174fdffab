// SPDX-License-Identifier: BSL-1.0
#include <headrace/runtime/run.hpp>

#include <headrace/base/version.hpp>
#include <headrace/json/workspace.hpp>

#include "runtime/doubles.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using namespace headrace;
using doubles::echo;
using doubles::lambda_service;
using doubles::world;
using testing::answer_kind;
using testing::runtime_api;
using testing::scripted_event;
using namespace std::chrono_literals;

namespace shop {

struct card_declined : std::runtime_error {
    using std::runtime_error::runtime_error;
};

} // namespace shop

namespace {

int run_against(const runtime_api& api, lambda_service& app, world& w) {
    w.env.all["AWS_LAMBDA_RUNTIME_API"] = api.address();
    return run(app, w.all);
}

} // namespace

TEST_CASE("the loop answers event after event on one connection until there are no more") {
    const runtime_api api(
        {{.payload = R"({"n":1})"},
         {.payload = R"([2,"zwei"])", .id = "c0ffee00-0000-4000-8000-000000000002"},
         {.payload = "3", .body = testing::framing::chunked}});
    world w;
    lambda_service app(echo);
    CHECK(run_against(api, app, w) == 0);
    const auto answers = api.answers();
    REQUIRE(answers.size() == 3);
    CHECK(answers[0].call.body == R"({"n":1})");
    CHECK(answers[1].id == "c0ffee00-0000-4000-8000-000000000002");
    CHECK(answers[1].call.body == R"([2,"zwei"])");
    CHECK(answers[2].call.body == "3");
    CHECK(api.mistakes().empty());
    CHECK(api.connections() == 1);
    CHECK(api.calls()[0].header("user-agent")
          == "headrace/" + std::string(version_text) + " c++20");
    CHECK(w.log.lines.empty());
}

TEST_CASE("the context has what Lambda sent, and only the first event is a cold start") {
    const runtime_api api(
        {{.payload = "{}",
          .headers = {{"lambda-runtime-invoked-function-arn",
                       "arn:aws:lambda:eu-west-1:111122223333:function:f"},
                      {"Lambda-Runtime-Trace-Id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700"},
                      {"Lambda-Runtime-Aws-Tenant-Id", "blue"},
                      {"Lambda-Runtime-Client-Context", R"({"client":{"app_title":"t"}})"},
                      {"Lambda-Runtime-Cognito-Identity", R"({"cognitoIdentityId":"i"})"}}},
         {.payload = "{}", .timeout = std::nullopt}});
    world w;
    int calls = 0;
    lambda_service app([&](workspace&, std::string_view, context& ctx) -> reply_bytes {
        if (++calls == 1) {
            CHECK(ctx.request_id == "request-0");
            CHECK(ctx.function_arn == "arn:aws:lambda:eu-west-1:111122223333:function:f");
            CHECK(ctx.trace_id == "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700");
            CHECK(ctx.tenant_id == "blue");
            CHECK(ctx.client_context == R"({"client":{"app_title":"t"}})");
            CHECK(ctx.cognito_identity == R"({"cognitoIdentityId":"i"})");
            CHECK(ctx.cold_start);
            CHECK(ctx.remaining() > 0ms);
            CHECK(ctx.remaining() <= 3000ms);
            CHECK(ctx.world == &w.all);
        } else {
            CHECK(ctx.request_id == "request-1");
            CHECK(ctx.trace_id.empty());
            CHECK_FALSE(ctx.cold_start);
            CHECK_FALSE(ctx.deadline);
            CHECK(ctx.remaining() == std::chrono::milliseconds::max());
        }
        CHECK_FALSE(ctx.stop.stop_requested());
        ctx.log.info("seen", "call", calls);
        return {"null", std::nullopt};
    });
    CHECK(run_against(api, app, w) == 0);
    CHECK(calls == 2);
    REQUIRE(w.log.lines.size() == 2);
    CHECK(
        w.log.contains(R"("requestId":"request-0","tenantId":"blue","message":"seen","call":1})"));
    CHECK(w.log.contains(R"("requestId":"request-1","message":"seen","call":2})"));
}

TEST_CASE("the environment of the process is left alone") {
    ::unsetenv("_X_AMZN_TRACE_ID");
    const runtime_api api({{.payload = "{}", .headers = {{"Lambda-Runtime-Trace-Id", "Root=1"}}}});
    world w;
    lambda_service app([](workspace&, std::string_view, context&) -> reply_bytes {
        CHECK(std::getenv("_X_AMZN_TRACE_ID") == nullptr);
        return {"1", std::nullopt};
    });
    CHECK(run_against(api, app, w) == 0);
}

TEST_CASE("whatever a handler throws ends its invocation with the name of its type, not the loop") {
    struct row {
        std::function<void()> throws;
        std::string_view type;
        std::string_view message;
        std::string_view header;
    };
    const row rows[] = {
        {[] { throw shop::card_declined("limit \"9\"\n\x01"); }, "shop::card_declined",
         R"(limit \"9\"\n\u0001)", "Function.CardDeclined"},
        {[] { throw std::bad_alloc(); }, "std::bad_alloc", "std::bad_alloc", "Function.BadAlloc"},
        {[] { throw 42; }, "int", "an exception that is no std::exception", "Function.Int"},
        {[] {
             try {
                 throw std::out_of_range("inner \xFF");
             } catch (...) {
                 std::throw_with_nested(shop::card_declined("outer \xF0\x9F\x98\x80"));
             }
         },
         "shop::card_declined", "outer \xF0\x9F\x98\x80: inner \xEF\xBF\xBD",
         "Function.CardDeclined"},
        {[] { throw_failure(error::conflict("taken")); }, "Function.Conflict", "taken",
         "Function.Conflict"},
    };
    for (const row& r : rows) {
        CAPTURE(r.type);
        const runtime_api api({{.payload = "1"}, {.payload = "2"}});
        world w;
        lambda_service app([&](workspace&, std::string_view payload, context&) -> reply_bytes {
            if (payload == "1") r.throws();
            return {"\"fine\"", std::nullopt};
        });
        CHECK(run_against(api, app, w) == 0);
        const auto answers = api.answers();
        REQUIRE(answers.size() == 2);
        CHECK(answers[0].kind == answer_kind::error);
        CHECK(answers[0].call.body
              == R"({"errorMessage":")" + std::string(r.message) + R"(","errorType":")"
                     + std::string(r.type) + R"(","stackTrace":[]})");
        CHECK(answers[0].call.header("Lambda-Runtime-Function-Error-Type") == r.header);
        CHECK(answers[1].kind == answer_kind::response);
        CHECK(api.mistakes().empty());
        REQUIRE(w.log.lines.size() == 1);
        CHECK(w.log.contains(R"("level":"ERROR","requestId":"request-0")"));
        CHECK(w.log.contains("\"errorType\":\"" + std::string(r.type)));
    }
}

TEST_CASE("a function error that the service returns is posted as one") {
    const runtime_api api({{.payload = "not json"}});
    world w;
    lambda_service app([](workspace&, std::string_view, context&) -> reply_bytes {
        error e = error::malformed("expected a value");
        e.code = errc::syntax;
        e.offset = 0;
        return {"not sent", e};
    });
    CHECK(run_against(api, app, w) == 0);
    REQUIRE(api.answers().size() == 1);
    CHECK(api.answers()[0].kind == answer_kind::error);
    CHECK(
        api.answers()[0].call.body
        == R"({"errorMessage":"at byte 0: expected a value","errorType":"Runtime.UnmarshalError","stackTrace":[]})");
    CHECK(api.answers()[0].call.header("lambda-runtime-function-error-type")
          == "Runtime.UnmarshalError");
    CHECK(w.log.lines.empty()); // the service logs its own errors
}

TEST_CASE("a program that cannot start reports it, asks for no event and ends with 1") {
    struct row {
        std::function<result<void>(const platform&)> start;
        std::string_view body;
        std::string_view header;
    };
    error bad = error::bug("two routes match sqs queue orders");
    bad.code = errc::bad_app;
    const row rows[] = {
        {[&](const platform&) -> result<void> { return bad; },
         R"({"errorMessage":"two routes match sqs queue orders","errorType":"Function.BadApp","stackTrace":[]})",
         "Function.BadApp"},
        {[](const platform&) -> result<void> { throw shop::card_declined("at start"); },
         R"({"errorMessage":"at start","errorType":"shop::card_declined","stackTrace":[]})",
         "Function.CardDeclined"},
        {[](const platform&) -> result<void> { throw 7; },
         R"({"errorMessage":"an exception that is no std::exception","errorType":"int","stackTrace":[]})",
         "Function.Int"},
        {[](const platform& p) -> result<void> {
             if (p.env.get("TABLE_NAME")) return {};
             return error::invalid("TABLE_NAME is not set");
         },
         R"({"errorMessage":"TABLE_NAME is not set","errorType":"Function.Invalid","stackTrace":[]})",
         "Function.Invalid"},
    };
    for (const row& r : rows) {
        for (const unsigned status : {202u, 403u, 500u, 0u}) {
            CAPTURE(r.body);
            CAPTURE(status);
            const runtime_api api({{.payload = "{}"}}, {.init_error_status = status});
            world w;
            lambda_service app(echo);
            app.on_start = r.start;
            CHECK(run_against(api, app, w) == 1);
            REQUIRE(api.init_errors().size() == 1);
            CHECK(api.init_errors()[0].body == r.body);
            CHECK(api.init_errors()[0].header("Lambda-Runtime-Function-Error-Type") == r.header);
            CHECK(api.calls().size() == 1);
            CHECK(w.log.contains(R"("level":"FATAL","message":"the program could not start")"));
        }
    }
}

TEST_CASE(
    "a refused reply does not end the loop and is not sent again; a broken API ends it with 1") {
    struct row {
        unsigned status;
        int exit;
    };
    for (const row r : {row{202, 0},
                        {200, 0},
                        {400, 0},
                        {403, 0},
                        {413, 0},
                        {500, 1},
                        {503, 1},
                        {302, 1},
                        {0, 1}}) {
        for (const bool throws : {false, true}) {
            CAPTURE(r.status);
            CAPTURE(throws);
            const runtime_api api({{.payload = "1", .answer_status = r.status}, {.payload = "2"}});
            world w;
            lambda_service app([&](workspace&, std::string_view payload, context&) -> reply_bytes {
                if (throws) throw std::runtime_error("no");
                return {std::string(payload), std::nullopt};
            });
            CHECK(run_against(api, app, w) == r.exit);
            CHECK(api.answers().size() == (r.exit == 0 ? 2u : 1u));
            CHECK(api.answers()[0].id == "request-0");
            if (r.exit == 0) CHECK(api.mistakes().empty());
            const bool refused = r.status >= 400 && r.status < 500;
            CHECK(w.log.contains("refused a reply") == refused);
            CHECK(w.log.contains(R"("level":"FATAL")") == (r.exit != 0));
        }
    }
}

TEST_CASE("any status but 200 and 410 for the next event ends the loop with 1") {
    for (const unsigned status : {204u, 302u, 400u, 403u, 404u, 500u, 502u}) {
        CAPTURE(status);
        const runtime_api api({{.payload = "1", .status = status}});
        world w;
        lambda_service app(echo);
        CHECK(run_against(api, app, w) == 1);
        CHECK(api.answers().empty());
        CHECK(w.log.contains(R"("level":"FATAL")"));
    }
}

TEST_CASE("an API that goes away ends the loop with 1") {
    const runtime_api api({{.payload = "1"}}, {.end = testing::at_end::close});
    world w;
    lambda_service app(echo);
    CHECK(run_against(api, app, w) == 1);
    CHECK(api.mistakes().empty());
    CHECK(w.log.contains(R"("level":"FATAL","message":"the Runtime API at 127.0.0.1:)"));
}

TEST_CASE("an event without a request id, or cut off, ends the loop with 1") {
    for (const scripted_event& event :
         {scripted_event{.payload = "1", .without_id = true},
          scripted_event{.payload = "cut off", .cut_after = 2},
          scripted_event{
              .payload = "cut off", .body = testing::framing::chunked, .cut_after = 2}}) {
        const runtime_api api({event});
        world w;
        lambda_service app(echo);
        CHECK(run_against(api, app, w) == 1);
        CHECK(api.answers().empty());
    }
}

TEST_CASE("connections that died while the process was frozen do not show") {
    const runtime_api api({{.payload = "1"},
                           {.payload = "2", .dropped_requests = 1},
                           {.payload = "3", .closes_connection = true},
                           {.payload = "4", .dropped_requests = 1, .closes_connection = true}});
    world w;
    std::size_t closed = 1; // by the drop before the second event
    lambda_service app([&](workspace&, std::string_view payload, context&) -> reply_bytes {
        if (payload == "3") api.wait_for_closed(closed + 1);
        if (payload == "4") api.wait_for_closed(closed + 3);
        return {std::string(payload), std::nullopt};
    });
    CHECK(run_against(api, app, w) == 0);
    CHECK(api.mistakes().empty());
    CHECK(api.connections() == 5);
}

TEST_CASE("an event and a reply of the largest size pass, a larger reply is an error") {
    std::string largest(6'291'556, 'x');
    largest.front() = largest.back() = '"';
    const runtime_api api({{.payload = largest}, {.payload = "{}"}, {.payload = "{}"}});
    world w;
    int calls = 0;
    lambda_service app([&](workspace& memory, std::string_view payload, context&) -> reply_bytes {
        ++calls;
        if (calls == 1) CHECK(memory.index_input(payload.size()));
        if (calls == 1) return {std::string(payload), std::nullopt};
        return {calls == 2 ? largest + " " : "{}", std::nullopt};
    });
    CHECK(run_against(api, app, w) == 0);
    const auto answers = api.answers();
    REQUIRE(answers.size() == 3);
    CHECK((answers[0].call.body == largest));
    CHECK(answers[1].kind == answer_kind::error);
    CHECK(answers[1].call.header("Lambda-Runtime-Function-Error-Type")
          == "Function.ResponseSizeTooLarge");
    CHECK(answers[2].kind == answer_kind::response);
    CHECK(api.mistakes().empty());
}

TEST_CASE("the memory of an invocation is used again for the next one") {
    const runtime_api api(std::vector<scripted_event>(50, {.payload = "{}"}));
    world w;
    std::vector<std::size_t> capacities;
    lambda_service app([&](workspace& memory, std::string_view, context&) -> reply_bytes {
        (void)memory.memory().copy(std::string(1'000'000, 'x'));
        capacities.push_back(memory.capacity());
        return {"1", std::nullopt};
    });
    CHECK(run_against(api, app, w) == 0);
    REQUIRE(capacities.size() == 50);
    CHECK(capacities.back() <= capacities[1]);
}

TEST_CASE(
    "without the API's address, or with a bad one, the loop ends with 1 and says what to do") {
    lambda_service app(echo);
    bool started = false;
    app.on_start = [&](const platform&) -> result<void> {
        started = true;
        return {};
    };
    world unset;
    CHECK(run(app, unset.all) == 1);
    CHECK(unset.log.contains("AWS_LAMBDA_RUNTIME_API is not set"));
    world bad("https://127.0.0.1:9001");
    CHECK(run(app, bad.all) == 1);
    CHECK(bad.log.contains("expected host:port"));
    CHECK_FALSE(started);
}

TEST_CASE("proxies of the environment are not asked") {
    ::setenv("http_proxy", "http://127.0.0.1:1", 1);
    ::setenv("HTTP_PROXY", "http://127.0.0.1:1", 1);
    const runtime_api api({{.payload = "1"}});
    world w;
    lambda_service app(echo);
    CHECK(run_against(api, app, w) == 0);
    ::unsetenv("http_proxy");
    ::unsetenv("HTTP_PROXY");
}

TEST_CASE("AWS_LAMBDA_LOG_LEVEL sets the threshold, and INFO is the default") {
    struct row {
        const char* level;
        std::size_t lines;
    };
    for (const row r : {row{nullptr, 2},
                        {"TRACE", 3},
                        {"debug", 3},
                        {"WARN", 1},
                        {"FATAL", 0},
                        {"LOUD", 2},
                        {"", 2}}) {
        CAPTURE(r.lines);
        const runtime_api api({{.payload = "1"}});
        world w;
        if (r.level) w.env.all["AWS_LAMBDA_LOG_LEVEL"] = r.level;
        lambda_service app([](workspace&, std::string_view, context& ctx) -> reply_bytes {
            ctx.log.debug("d");
            ctx.log.info("i");
            ctx.log.warn("w");
            return {"1", std::nullopt};
        });
        CHECK(run_against(api, app, w) == 0);
        CHECK(w.log.lines.size() == r.lines);
    }
}

TEST_CASE("the loop itself logs no payload and no reply") {
    const runtime_api api(
        {{.payload = R"("s3cret")", .answer_status = 413}, {.payload = R"("s3cret")"}});
    world w;
    w.env.all["AWS_LAMBDA_LOG_LEVEL"] = "TRACE";
    int calls = 0;
    lambda_service app([&](workspace&, std::string_view payload, context&) -> reply_bytes {
        if (++calls == 2) return {std::string(payload), error::permanent("refused")};
        return {std::string(payload), std::nullopt};
    });
    CHECK(run_against(api, app, w) == 0);
    CHECK(w.log.lines.size() == 1);
    CHECK_FALSE(w.log.contains("s3cret"));
}

TEST_CASE("a transport that throws ends the loop with 1") {
    struct throwing final : runtime::transport {
        result<void> exchange(const runtime::request&, runtime::response&,
                              runtime::body_buffer&) override {
            throw std::bad_alloc();
        }
    } wire;
    world w;
    lambda_service app(echo);
    CHECK(run(app, w.all, wire) == 1);
    CHECK(w.log.contains(R"("level":"FATAL","message":"std::bad_alloc")"));
}
