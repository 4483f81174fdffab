// SPDX-License-Identifier: BSL-1.0
// Bootstraps that fail. They are test cases of this program, which starts itself again for them.

#include <headrace/app.hpp>
#include <headrace/runtime/run.hpp>
#include <headrace/sources/raw.hpp>
#include <headrace/testing/runtime_api.hpp>

#include "child.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

using namespace headrace;
using processes::child;
using processes::streams;
using testing::answer_kind;
using testing::runtime_api;

namespace shop {

struct card_declined : std::runtime_error {
    using std::runtime_error::runtime_error;
};

} // namespace shop

TEST_CASE("bootstrap: throwing" * doctest::skip()) {
    app shop;
    shop.on(raw::when("/job", "charge"),
            [](const raw::event&) { throw shop::card_declined("no \"cover\"\n"); });
    shop.on(raw::when("/job", "number"), [](const raw::event&) { throw 42; });
    shop.on(raw::when("/job", "fine"), [](const raw::event&) { return std::string("fine"); });
    std::exit(run(shop, system_platform()));
}

TEST_CASE("bootstrap: ambiguous" * doctest::skip()) {
    app shop;
    shop.on(raw::when("/job", "charge"), [](const raw::event&) {});
    shop.on(raw::when("/job", "charge"), [](const raw::event&) {});
    std::exit(run(shop, system_platform()));
}

namespace {

std::string disposition_of_sigpipe() {
    struct sigaction now {};
    ::sigaction(SIGPIPE, nullptr, &now);
    return now.sa_handler == SIG_DFL ? "default" : now.sa_handler == SIG_IGN ? "ignored" : "own";
}

std::string file_behind(int descriptor) {
    std::error_code problem;
    const auto link = "/proc/self/fd/" + std::to_string(descriptor);
    return std::filesystem::read_symlink(link, problem).string();
}

app<> streams_program() {
    app shop;
    shop.on(raw::when("/job", "pipe"), [](const context& c) {
        c.log.warn("this goes to standard error");
        return disposition_of_sigpipe();
    });
    shop.on(raw::when("/job", "files"),
            [] { return file_behind(0) + " " + file_behind(1) + " " + file_behind(2); });
    return shop;
}

} // namespace

TEST_CASE("bootstrap: streams" * doctest::skip()) {
    auto shop = streams_program();
    std::exit(run(shop, system_platform()));
}

TEST_CASE("bootstrap: own SIGPIPE" * doctest::skip()) {
    ::signal(SIGPIPE, [](int) {});
    auto shop = streams_program();
    std::exit(run(shop, system_platform()));
}

namespace {

struct ended {
    int status = -1;
    std::vector<std::string> log;
};

ended run_bootstrap(const std::string& name, const std::string& address,
                    streams given = streams::kept) {
    child bootstrap("/proc/self/exe", {"--no-skip", "--test-case=bootstrap: " + name},
                    {{"AWS_LAMBDA_RUNTIME_API", address}}, given);
    ended result;
    result.status = bootstrap.wait();
    result.log = bootstrap.log_lines();
    return result;
}

} // namespace

TEST_CASE("a throwing handler fails its invocations and no others") {
    const runtime_api api({{.payload = R"({"job":"charge"})"},
                           {.payload = R"({"job":"fine"})"},
                           {.payload = R"({"job":"number"})"},
                           {.payload = R"({"job":)"},
                           {.payload = R"({"job":"fine"})"}});
    const ended end = run_bootstrap("throwing", api.address());
    CHECK(end.status == 0);
    CHECK(api.mistakes().empty());
    const auto answers = api.answers();
    REQUIRE(answers.size() == 5);
    CHECK(answers[0].kind == answer_kind::error);
    CHECK(
        answers[0].call.body
        == R"({"errorMessage":"no \"cover\"\n","errorType":"shop::card_declined","stackTrace":[]})");
    CHECK(answers[0].call.header("Lambda-Runtime-Function-Error-Type") == "Function.CardDeclined");
    CHECK(answers[1].call.body == "\"fine\"");
    CHECK(answers[2].kind == answer_kind::error);
    CHECK(answers[2].call.header("Lambda-Runtime-Function-Error-Type") == "Function.Int");
    CHECK(answers[3].call.header("Lambda-Runtime-Function-Error-Type") == "Runtime.UnmarshalError");
    CHECK(answers[4].kind == answer_kind::response);
}

TEST_CASE("a program with mistakes in its routes reports them as a failed init and ends with 1") {
    const runtime_api api({{.payload = R"({"job":"charge"})"}});
    const ended end = run_bootstrap("ambiguous", api.address());
    CHECK(end.status == 1);
    CHECK(api.answers().empty());
    CHECK(api.calls().size() == 1);
    REQUIRE(api.init_errors().size() == 1);
    CHECK(api.init_errors()[0].header("Lambda-Runtime-Function-Error-Type") == "Function.BadApp");
    CHECK(api.init_errors()[0].body.find("charge") != std::string::npos);
    REQUIRE_FALSE(end.log.empty());
    CHECK(end.log.back().find(R"("level":"FATAL")") != std::string::npos);
}

TEST_CASE("a bootstrap without a Runtime API ends with 1 and says so") {
    std::string address;
    {
        const runtime_api gone({});
        address = gone.address();
    }
    const ended refused = run_bootstrap("throwing", address);
    CHECK(refused.status == 1);
    REQUIRE(refused.log.size() == 1);
    CHECK(refused.log[0].find("the Runtime API at " + address) != std::string::npos);
    const ended bad = run_bootstrap("throwing", "https://example.com");
    CHECK(bad.status == 1);
    REQUIRE(bad.log.size() == 1);
    CHECK(bad.log[0].find("expected host:port") != std::string::npos);
}

TEST_CASE("a log that nobody reads any more costs no invocation") {
    const runtime_api api({{.payload = R"({"job":"pipe"})"}, {.payload = R"({"job":"pipe"})"}});
    CHECK(run_bootstrap("streams", api.address(), streams::unread).status == 0);
    const auto answers = api.answers();
    REQUIRE(answers.size() == 2);
    CHECK(answers[0].call.body == "\"ignored\"");
    CHECK(answers[1].call.body == "\"ignored\"");
}

TEST_CASE("what a program has said about SIGPIPE stays as it is") {
    const runtime_api api({{.payload = R"({"job":"pipe"})"}});
    CHECK(run_bootstrap("own SIGPIPE", api.address(), streams::unread).status == 0);
    REQUIRE(api.answers().size() == 1);
    CHECK(api.answers()[0].call.body == "\"own\"");
}

TEST_CASE("log lines do not go to the Runtime API where standard error was closed at the start") {
    const runtime_api api({{.payload = R"({"job":"pipe"})"}, {.payload = R"({"job":"pipe"})"}});
    CHECK(run_bootstrap("streams", api.address(), streams::no_log).status == 0);
    CHECK(api.mistakes().empty());
    CHECK(api.answers().size() == 2);
}

TEST_CASE("standard descriptors that were closed at the start are /dev/null") {
    const runtime_api api({{.payload = R"({"job":"files"})"}});
    CHECK(run_bootstrap("streams", api.address(), streams::all_closed).status == 0);
    REQUIRE(api.answers().size() == 1);
    CHECK(api.answers()[0].call.body == "\"/dev/null /dev/null /dev/null\"");
}
