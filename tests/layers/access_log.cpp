// SPDX-License-Identifier: BSL-1.0
#include <headrace/layers/access_log.hpp>
#include <headrace/sources/http/v2.hpp>

#include <headrace/app.hpp>
#include <headrace/layers/retry.hpp>
#include <headrace/sources/sns.hpp>
#include <headrace/sources/sqs.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/invoke.hpp>

#include "fakes.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <stdexcept>
#include <string>

using namespace headrace;
using namespace std::chrono_literals;

namespace {
constexpr std::string_view begin = R"({"timestamp":"2026-11-24T10:00:00.)";
} // namespace

TEST_CASE("the line says what was called, what became of it and how long it took") {
    fakes::world w;
    w.context.log = w.context.log.with_ids("7f31", "");
    w.context.trace_id = "Root=1-5";
    w.context.cold_start = true;
    call record(call::inside{w.call});
    record.found().source = &sqs::event::about;
    record.found().route = "sqs queue orders";
    record.found().identifier = "m1";
    const auto o = chain{access_log{}}(record, [&](call&) {
        w.clock.advance(1500us);
        return outcome();
    });
    CHECK(o.succeeded());
    REQUIRE(w.log.lines.size() == 1);
    CHECK(w.log.last()
          == std::string(begin)
                 + R"(001Z","level":"INFO","requestId":"7f31","message":"record",)"
                   R"("source":"sqs","outcome":"ok","durationMs":1.500,)"
                   R"("coldStart":true,"route":"sqs queue orders","record":"m1",)"
                   R"("traceId":"Root=1-5"})");
}

TEST_CASE("what is empty is left out, and around an invocation the line says so") {
    fakes::world w;
    w.call.found().source = &http::v2::event::about;
    CHECK(access_log{}(w.call, [](call&) { return outcome(); }).succeeded());
    CHECK(w.log.last()
          == std::string(begin)
                 + R"(000Z","level":"INFO","message":"invocation","source":"http.v2",)"
                   R"("outcome":"ok","durationMs":0.000,"coldStart":false})");
}

TEST_CASE("what did not succeed is a warning without the error's text") {
    fakes::world w;
    const auto o = access_log{}(
        w.call, [](call&) -> outcome { return error::invalid("the card number 4111 is refused"); });
    CHECK(o.error()->message == "the card number 4111 is refused");
    CHECK(w.log.last().find(R"("level":"WARN")") != std::string::npos);
    CHECK(w.log.last().find(R"("outcome":"reject")") != std::string::npos);
    CHECK(w.log.last().find("4111") == std::string::npos);
}

TEST_CASE("an exception is logged once on its way out, and goes on") {
    fakes::world w;
    const auto handler = [&](call&) -> outcome {
        w.clock.advance(2ms);
        throw std::runtime_error("secret");
    };
    CHECK_THROWS_AS((void)access_log{}(w.call, handler), std::runtime_error);
    REQUIRE(w.log.lines.size() == 1);
    CHECK(w.log.last().find(R"("level":"WARN")") != std::string::npos);
    CHECK(w.log.last().find(R"("outcome":"threw","durationMs":2.000)") != std::string::npos);
    CHECK(w.log.last().find("secret") == std::string::npos);
}

TEST_CASE("nothing is written below the level that is asked for") {
    fakes::world w;
    w.context.log = logger(w.log, w.clock, log_level::warn);
    CHECK(access_log{}(w.call, [](call&) { return outcome(); }).succeeded());
    CHECK(w.log.lines.empty());
    CHECK(!access_log{}(w.call, [](call&) { return outcome::retry(); }).succeeded());
    CHECK(w.log.lines.size() == 1);
}

// ---- in a program -------------------------------------------------------------------------------

TEST_CASE("no line says anything twice") {
    // The logger gives a name that is there already a "_".
    testing::world w;
    app orders{chain{access_log{}, retry{{.tries = 2}}}};
    orders.on(sqs::queue("orders"), [](const sqs::message& m, const context& c) -> outcome {
        c.log.info("handled");
        return m.body == "ok" ? outcome::ok() : error::transient("later");
    });
    orders.on(sns::topic("news"), [](const context& c) -> outcome {
        c.log.info("handled");
        return error::transient("later");
    });
    const auto note = testing::sns_notification("news").id("note-1");
    (void)testing::invoke(orders, testing::sqs_batch("orders").message("ok").message("bad"), w);
    (void)testing::invoke(orders, testing::sqs_batch("q").message(note.envelope()), w);
    (void)testing::invoke(orders, note, w);
    (void)testing::invoke(orders, testing::sqs_batch("nobody").message("ok"), w);
    CHECK(w.log.lines().size() > 12);
    for (const auto& line : w.log.lines()) {
        CAPTURE(line);
        CHECK(line.find("_\":") == std::string::npos);
    }
    CHECK(w.log.contains(R"("message":"record","record":"message-0","source":"sqs")"));
}

TEST_CASE("a notification inside a message is named beside the message") {
    testing::world w;
    app orders{chain{access_log{}}};
    orders.on(sns::topic("news"), []() -> outcome { return error::invalid("no"); });
    const auto note = testing::sns_notification("news").id("note-1").envelope();
    (void)testing::invoke(orders, testing::sqs_batch("q").message(note), w);
    CHECK(w.log.contains(R"("message":"record","record":"message-0","source":"sns.envelope")"));
    CHECK(w.log.contains(R"("message":"record failed","record":"message-0","source":)"));
    REQUIRE(w.log.lines().size() == 3); // the third counts what is left
    for (int i = 0; i < 2; ++i) {
        CHECK(w.log.lines()[i].find(R"("innerRecord":"note-1")") != std::string::npos);
    }
}
