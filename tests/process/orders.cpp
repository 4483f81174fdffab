// SPDX-License-Identifier: BSL-1.0
// examples/orders as a bootstrap, against a Runtime API of our own.

#include <headrace/testing/builders.hpp>
#include <headrace/testing/runtime_api.hpp>

#include "child.hpp"

#include <doctest/doctest.h>

#include <simdjson.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

using namespace headrace;
using processes::child;
using testing::answer_kind;
using testing::runtime_api;
using testing::scripted_event;

namespace {

// One kind of event, and what its reply has to contain. An empty `reply` is a function error.
struct kind {
    std::string payload;
    std::vector<std::string> reply;
    answer_kind answer = answer_kind::response;
};

std::string order_text(unsigned id) {
    return R"({"id":)" + std::to_string(id) + R"(,"customer":"Grace Marlow","total":"12.50"})";
}

std::vector<kind> kinds() {
    testing::sqs_batch good("orders");
    testing::sqs_batch one_bad("orders-express");
    testing::sqs_batch large("orders");
    for (unsigned i = 0; i < 10; ++i) {
        good.message(order_text(i));
        one_bad.message(i == 7 ? std::string(R"({"id":"seven"})") : order_text(100 + i));
        large.message(R"({"note":")" + std::string(20'000, 'n') + R"(",)"
                      + order_text(200 + i).substr(1));
    }
    const auto door = [](http::door front, std::string path) {
        return testing::get(std::move(path)).through(front).json();
    };
    return {
        {good.json(), {R"("batchItemFailures":[])"}},
        {one_bad.json(), {R"("batchItemFailures":[])"}},
        {large.json(), {R"("batchItemFailures":[])"}},
        {testing::sns_notification("orders-cancelled").message(R"({"id":3})").json(), {"null"}},
        {testing::s3_notification("orders-uploads").created("in/day 1+2.csv").json(), {"null"}},
        {testing::schedule_event("nightly").json(), {"null"}},
        {R"({"job":"recount"})", {R"("orders":)"}},
        {door(http::door::v2, "/orders/1001"), {R"("statusCode":200)", "Ada Verne"}},
        {door(http::door::rest, "/orders/1001"), {R"("statusCode":200)", "Ada Verne"}},
        {door(http::door::alb, "/orders/77777"), {R"("statusCode":404)"}},
        {testing::post("/orders").caller("ada").body(order_text(4711)).json(),
         {R"("statusCode":201)"}},
        {testing::put("/orders/1001").json(), {R"("statusCode":405)"}},
        {testing::get("/nowhere").json(), {R"("statusCode":404)"}},
        {testing::sns_notification("unknown-topic").json(), {"null"}},
        {R"({"Records":[{"eventSource":"aws:sqs")", {"Runtime.UnmarshalError"}, answer_kind::error},
        {"", {"Runtime.UnmarshalError"}, answer_kind::error},
        {R"({"neither":"event","nor":"job"})", {"errorType"}, answer_kind::error},
    };
}

// The service ends with an API that stays silent, so that the process can be looked at.
const testing::runtime_api_options silent_at_end{.end = testing::at_end::wait};

// Sanitizers keep books of their own.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#    define HEADRACE_TEST_SANITIZED
#elif defined(__has_feature)
#    if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#        define HEADRACE_TEST_SANITIZED
#    endif
#endif
#ifdef HEADRACE_TEST_SANITIZED
constexpr std::size_t growth_allowed = 16u << 20;
#else
constexpr std::size_t growth_allowed = 256u << 10;
#endif

// Freed memory is given back at once, so that what stays is a leak.
processes::variables bootstrap_variables(const runtime_api& api) {
    const char* const options = std::getenv("ASAN_OPTIONS");
    return {{"AWS_LAMBDA_RUNTIME_API", api.address()},
            {"AWS_LAMBDA_LOG_LEVEL", "INFO"},
            {"http_proxy", "http://127.0.0.1:1"},
            {"ORDERS_REJECTED", "/dev/null"},
            {"ORDERS_STORE", "memory:"},
            {"ASAN_OPTIONS", (options ? std::string(options) + ":" : std::string())
                                 + "quarantine_size_mb=1:thread_local_quarantine_size_kb=64"}};
}

// The orders that were charged, in two deliveries of one batch to two processes.
std::multiset<std::string> charged_in_two_deliveries(const std::string& store) {
    std::string folder = (std::filesystem::temp_directory_path() / "headrace-XXXXXX").string();
    REQUIRE(::mkdtemp(folder.data()) != nullptr);
    testing::sqs_batch batch("orders");
    for (unsigned i = 0; i < 10; ++i) batch.message(order_text(i));
    std::ofstream(folder + "/batch.json") << batch.json();
    for (int delivery = 1; delivery <= 2; ++delivery) {
        child orders(HEADRACE_EXAMPLE_ORDERS, {"invoke", folder + "/batch.json"},
                     {{"ORDERS_REJECTED", "/dev/null"},
                      {"ORDERS_STORE", store == "sqlite:" ? store + folder + "/seen.db" : store},
                      {"ORDERS_CHARGES", folder + "/charges.jsonl"}});
        CHECK(orders.wait() == 0);
    }
    std::ifstream charges(folder + "/charges.jsonl");
    std::multiset<std::string> lines;
    for (std::string line; std::getline(charges, line);) lines.insert(line);
    std::filesystem::remove_all(folder);
    return lines;
}

} // namespace

TEST_CASE("two processes that get the same batch charge each order once, if they share a store") {
    const auto charged = charged_in_two_deliveries("sqlite:");
    CHECK(charged.size() == 10);
    CHECK(std::set<std::string>(charged.begin(), charged.end()).size() == 10);
    CHECK(charged_in_two_deliveries("memory:").size() == 20);
}

TEST_CASE("a thousand invocations of all sources are each answered once, in flat memory") {
    const std::vector<kind> all = kinds();
    std::vector<scripted_event> script;
    for (std::size_t i = 0; i < 1'000; ++i) {
        script.push_back({.payload = all[i % all.size()].payload});
        if (i % 50 == 7) script.back().body = testing::framing::chunked;
        if (i % 50 == 9) script.back().dropped_requests = 1;
        if (i % 50 == 11) script.back().piece = 1'000;
    }
    auto api = std::make_unique<runtime_api>(script, silent_at_end);
    child orders(HEADRACE_EXAMPLE_ORDERS, {}, bootstrap_variables(*api));
    api->wait_for_answers(200);
    const std::size_t early = orders.resident();
    api->wait_for_end();
    const std::size_t late = orders.resident();

    CHECK(api->mistakes().empty());
    const auto answers = api->answers();
    REQUIRE(answers.size() == 1'000);
    std::map<std::size_t, std::size_t> wrong;
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const kind& k = all[i % all.size()];
        bool right = answers[i].id == "request-" + std::to_string(i) && answers[i].kind == k.answer;
        for (const std::string& part : k.reply) {
            right = right && answers[i].call.body.find(part) != std::string::npos;
        }
        if (!right && wrong[i % all.size()]++ == 0) {
            FAIL_CHECK(k.payload.substr(0, 200), " got ", answers[i].call.body.substr(0, 500));
        }
    }
    CHECK(wrong.empty());
    CHECK(api->connections() == 1 + 20); // a new one after each drop
    MESSAGE("resident: ", early / 1024, " kB after 200, ", late / 1024, " kB after 1000");
    CHECK(early > 0);
    CHECK(late < early + growth_allowed);

    api.reset();
    CHECK(orders.wait() == 1); // the API is gone
}

TEST_CASE("the log of a bootstrap is JSON lines with the ids of their invocations") {
    const std::vector<kind> all = kinds();
    std::vector<scripted_event> script;
    for (const kind& k : all) {
        script.push_back(
            {.payload = k.payload, .headers = {{"Lambda-Runtime-Aws-Tenant-Id", "blue"}}});
    }
    const runtime_api api(script);
    child orders(HEADRACE_EXAMPLE_ORDERS, {}, bootstrap_variables(api));
    CHECK(orders.wait() == 0);
    const auto lines = orders.log_lines();
    CHECK(lines.size() >= all.size());
    simdjson::dom::parser parser;
    for (const std::string& line : lines) {
        CAPTURE(line);
        simdjson::dom::object object;
        REQUIRE(parser.parse(line).get(object) == simdjson::SUCCESS);
        for (const char* const key : {"timestamp", "level", "requestId", "tenantId", "message"}) {
            CHECK(object[key].is_string());
        }
        CHECK(line.find("Grace Marlow") == std::string::npos); // what only payloads have
    }
}
