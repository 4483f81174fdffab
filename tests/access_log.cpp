// SPDX-License-Identifier: BSL-1.0
#include <headrace/access_log.hpp>

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
    record.set_source("sqs");
    record.set_route("sqs queue orders");
    record.set_record_id("m1");
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
    w.call.set_source("http.v2");
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
