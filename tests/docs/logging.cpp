// SPDX-License-Identifier: BSL-1.0
// The code of docs/howto/logging.md.
#include "pages.hpp"

#include <headrace/app.hpp>
#include <headrace/sources/sqs.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/invoke.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>

using namespace headrace;

namespace {

struct order {
    std::uint64_t id = 0;
    static void wire(auto& self, auto&& field) { field("id", self.id).required(); }
};

void reconcile(const logger& log, std::chrono::milliseconds took) {
    log.info("reconciled", "took", took);
}

} // namespace

TEST_CASE("logging.md: members of a line") {
    app orders;
    orders.on(sqs::queue("orders"), [](body<order> o, const context& c) {
        c.log.info("charged", "order", o->id, "cents", 1290, "again", false);
    });

    testing::world w;
    (void)testing::invoke(orders, testing::sqs_batch().message(order{17}), w);
    CHECK(w.log.contains(R"("message":"charged","record":"message-0","order":17)"));

    REQUIRE(w.log.lines().size() == 1);
    CHECK(docs::is_like(w.log.lines()[0], R"(
{"timestamp":"2026-11-24T22:30:47.201Z","level":"INFO","requestId":"8e2f6c1a-...","message":"charged","record":"message-0","order":17,"cents":1290,"again":false}
)"));
}

TEST_CASE("logging.md: one line for each record") {
    testing::world w;
    app orders{chain{access_log{}}};
    orders.on(sqs::queue("orders"),
              [&](const sqs::message&) { w.clock.advance(std::chrono::microseconds(1'500)); });
    (void)testing::invoke(orders, testing::sqs_batch().message("x"), w);
    REQUIRE(w.log.lines().size() == 1);
    CHECK(docs::is_like(w.log.lines()[0], R"(
{"timestamp":"...","level":"INFO","requestId":"...","message":"record","record":"message-0","source":"sqs","outcome":"ok","durationMs":1.500,"coldStart":false,"route":"sqs queue orders","traceId":"..."}
)"));
}

TEST_CASE("logging.md: a logger by itself") {
    testing::world w;
    reconcile(logger(w.log, w.clock), std::chrono::milliseconds(3));
    CHECK(w.log.contains(R"("message":"reconciled","took":3.000})"));
}
