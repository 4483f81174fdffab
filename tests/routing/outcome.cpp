// SPDX-License-Identifier: BSL-1.0
#include <headrace/http/response.hpp>
#include <headrace/routing/outcome.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

using namespace headrace;
using namespace std::chrono_literals;

static_assert(std::is_nothrow_move_constructible_v<outcome>);
static_assert(!std::is_copy_constructible_v<outcome>);

TEST_CASE("an outcome is ok, without error and reply, when nothing else is said") {
    for (const auto& o : {outcome(), outcome::ok()}) {
        CHECK(o.verdict() == verdict::ok);
        CHECK(o.succeeded());
        CHECK(o.error() == nullptr);
        CHECK(o.reply().empty());
        CHECK(o.after() == 0ms);
    }
}

TEST_CASE("an error's class decides between another attempt and none") {
    struct row {
        error_class kind;
        headrace::verdict verdict;
    };
    const row rows[] = {
        {error_class::malformed, verdict::reject},    {error_class::invalid, verdict::reject},
        {error_class::unauthorised, verdict::reject}, {error_class::permanent, verdict::reject},
        {error_class::conflict, verdict::retry},      {error_class::transient, verdict::retry},
        {error_class::throttled, verdict::retry},     {error_class::deadline, verdict::retry},
        {error_class::cancelled, verdict::retry},     {error_class::bug, verdict::retry},
    };
    for (const auto& [kind, verdict] : rows) {
        CAPTURE(to_string(kind));
        error e;
        e.kind = kind;
        e.message = "why";
        const outcome o = e;
        CHECK(o.verdict() == verdict);
        CHECK(!o.succeeded());
        REQUIRE(o.error() != nullptr);
        CHECK(*o.error() == e);
    }
}

TEST_CASE("an outcome waits as long as its error asks for") {
    CHECK(outcome(error::throttled("slow down", 3s)).after() == 3s);
    CHECK(outcome(error::transient("down")).after() == 0ms);
    CHECK(outcome::retry(7s).after() == 7s);
    CHECK(outcome::retry(7s, error::throttled("slow down", 3s)).after() == 7s);
}

TEST_CASE("every verdict can be said outright") {
    const auto until = std::chrono::system_clock::time_point(1'800'000'000s);
    struct row {
        outcome said;
        headrace::verdict verdict;
        std::string_view name;
        bool succeeded;
        std::string_view why;
    };
    row rows[] = {
        {outcome::ok(), verdict::ok, "ok", true, ""},
        {outcome::drop(), verdict::drop, "drop", true, ""},
        {outcome::retry(), verdict::retry, "retry", false, "the handler asked for a retry"},
        {outcome::retry(1s, error::conflict("taken")), verdict::retry, "retry", false, "taken"},
        {outcome::reject("no such thing"), verdict::reject, "reject", false, "no such thing"},
        {outcome::reject(error::bug("mine")), verdict::reject, "reject", false, "mine"},
        {outcome::defer(until), verdict::defer, "defer", false, "the handler deferred this record"},
    };
    for (const auto& [said, verdict, name, succeeded, why] : rows) {
        CAPTURE(name);
        CHECK(said.verdict() == verdict);
        CHECK(to_string(said.verdict()) == name);
        CHECK(said.succeeded() == succeeded);
        CHECK((said.error() == nullptr) == why.empty());
        if (said.error() != nullptr) CHECK(said.error()->message == why);
    }
    CHECK(rows[6].said.until() == until);
    CHECK(rows[4].said.error()->kind == error_class::permanent);
    CHECK(to_string(verdict(99)) == "unknown");
}

TEST_CASE("an outcome owns its reply, which layers can read, change and replace") {
    outcome o = json_reply{R"({"a":1})"};
    REQUIRE(o.reply().get_if<json_reply>() != nullptr);
    o.reply().get_if<json_reply>()->text = "[]";
    CHECK(*std::as_const(o).reply().get_if<json_reply>() == json_reply{"[]"});
    o.set_reply(http::text(201, "made"));
    const auto moved = std::move(o);
    REQUIRE(moved.reply().get_if<http::response>() != nullptr);
    CHECK(moved.reply().get_if<http::response>()->status == 201);
    CHECK(moved.succeeded());
    outcome assigned = json_reply{"{}"};
    assigned = outcome::reject("no");
    CHECK(assigned.reply().empty());
    CHECK(assigned.verdict() == verdict::reject);
    assigned = json_reply{std::string(100, ' ')};
    CHECK(assigned.reply().get_if<json_reply>()->text.size() == 100);
    CHECK(assigned.error() == nullptr);
    const outcome answered = http::text(404, "");
    CHECK(answered.succeeded()); // a status is an answer, not a failure
}

TEST_CASE("a returned response of a failing status is a failure, and still the reply") {
    struct row {
        int status;
        headrace::verdict verdict;
    };
    const row rows[] = {
        {200, verdict::ok},     {302, verdict::ok},
        {400, verdict::ok},     {404, verdict::ok},
        {407, verdict::ok},     {408, verdict::retry},
        {409, verdict::ok},     {422, verdict::ok},
        {425, verdict::retry},  {428, verdict::ok},
        {429, verdict::retry},  {499, verdict::ok},
        {500, verdict::retry},  {501, verdict::reject},
        {502, verdict::retry},  {503, verdict::retry},
        {504, verdict::retry},  {505, verdict::reject},
        {507, verdict::reject}, {599, verdict::reject},
        {600, verdict::ok}, // refused when it is written
    };
    for (const auto& [status, verdict] : rows) {
        CAPTURE(status);
        const outcome o = http::text(static_cast<std::uint16_t>(status), "words");
        CHECK(o.verdict() == verdict);
        CHECK(o.succeeded() == (verdict == headrace::verdict::ok));
        REQUIRE(o.reply().get_if<http::response>() != nullptr);
        CHECK(o.reply().get_if<http::response>()->status == status);
        REQUIRE((o.error() == nullptr) == o.succeeded());
        if (o.succeeded()) continue;
        const bool passes = verdict == headrace::verdict::retry;
        CHECK(o.error()->kind == (passes ? error_class::transient : error_class::permanent));
        CHECK(o.error()->http_status == status);
        CHECK(o.error()->message
              == "a response of status " + std::to_string(status) + " was returned");
        CHECK(o.after() == 0ms);
    }
    outcome meant; // what a program means otherwise it says
    meant.set_reply(http::text(503, "closed on Sundays"));
    CHECK(meant.succeeded());
}

TEST_CASE("Retry-After of a returned response is the least wait") {
    struct row {
        std::string_view text;
        std::chrono::milliseconds after;
    };
    const row rows[] = {
        {"7", 7s},
        {" 7\t", 7s},
        {"0", 0s},
        {"-7", 0s},
        {"7.5", 0s},
        {"soon", 0s},
        {"", 0s},
        {"9223372036854775", std::chrono::milliseconds(9'223'372'036'854'775'000)},
        {"9223372036854776", std::chrono::milliseconds::max()},
        {"99999999999999999999999", std::chrono::milliseconds::max()},
    };
    for (const auto& [text, after] : rows) {
        CAPTURE(text);
        const outcome o = http::text(503, "").header("retry-AFTER", std::string(text));
        CHECK(o.after() == after);
        CHECK(o.error()->after.value_or(0s) == after);
        CHECK(o.until() == std::chrono::system_clock::time_point());
    }
    const outcome on_a_day =
        http::text(503, "").header("Retry-After", "Tue, 24 Nov 2026 22:30:47 GMT");
    CHECK(on_a_day.after() == 0s);
    CHECK(on_a_day.until() == std::chrono::system_clock::time_point(1'795'559'447s));
    CHECK(outcome(http::text(404, "").header("Retry-After", "7")).after() == 0s);
}
