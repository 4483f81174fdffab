// SPDX-License-Identifier: BSL-1.0
// The code of docs/howto/resilience.md.
#include <headrace/layers/circuit_breaker.hpp>
#include <headrace/layers/retry.hpp>
#include <headrace/layers/timeout.hpp>
#include <headrace/routing/use.hpp>

#include <headrace/app.hpp>
#include <headrace/http.hpp>
#include <headrace/layers/on_exception.hpp>
#include <headrace/sources/sqs.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/chaos.hpp>
#include <headrace/testing/invoke.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;

namespace {

struct rate {
    int cents;
    static void wire(auto& self, auto&& field) { field("cents", self.cents); }
};

// Fails for now, so many times.
struct rates_of_a_bank {
    int failures = 0;
    int calls = 0;
    result<::rate> rate(std::string_view, const std::stop_token&) {
        if (++calls <= failures) return error::transient("the bank is busy");
        return ::rate{108};
    }
};

namespace sql {

struct deadlock : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct database {
    int deadlocks = 0;
    int query(std::string_view) {
        if (deadlocks-- > 0) throw deadlock("deadlock found");
        return 3;
    }
};

} // namespace sql

struct order {
    std::uint64_t id = 0;
    std::vector<std::string_view> lines;
    static void wire(auto& self, auto&& field) {
        field("id", self.id);
        field("lines", self.lines);
    }
};

struct parcels {
    int posted = 0;
    void post(std::uint64_t, const std::stop_token&) { ++posted; }
};

using texts = std::vector<std::string>;

} // namespace

TEST_CASE("resilience.md: layers of a chain, and around a call of a handler") {
    rates_of_a_bank bank{.failures = 1};
    app orders;
    int handled = 0;
    const auto handle_order = [&](const sqs::message&) -> outcome {
        if (++handled == 1) return error::transient("not now");
        return outcome::ok();
    };

    circuit_breaker ledger_breaker{{.name = "ledger"}};

    orders.on(sqs::queue("orders"), chain{retry{}, use{ledger_breaker}, timeout{2s}}, handle_order);

    orders.on(http::get("/rates/{day}"),
              [&](http::path<"day"> day, const context& ctx) -> result<rate> {
                  return retry{{.tries = 2}}.run(ctx, [&](const context& own) -> result<rate> {
                      return ledger_breaker.run(own, [&] { return bank.rate(*day, own.stop); });
                  });
              });

    CHECK(testing::invoke(orders, testing::sqs_batch("orders").message("x"))
              .failed_records()
              .empty());
    CHECK(handled == 2);
    CHECK(testing::invoke(orders, testing::get("/rates/today")).body() == R"({"cents":108})");
    CHECK(bank.calls == 2);
}

TEST_CASE("resilience.md: retries") {
    retry_budget ledger_quota;

    const retry usual{}; // three tries, waits of 0 to 100 and 0 to 200 ms
    const retry longer{{.tries = 4, .base = 50ms, .cap = 1s}};
    const retry spread{{.jitter = jitter::decorrelated}};
    const retry as_the_sdks{retry_policy::aws_standard(), {.quota = &ledger_quota}};
    const retry never{retry_policy::none()};
    const retry own{[](const failed_try& t, std::uint64_t) {
        return t.number < 5 ? std::optional(30ms * t.number) : std::nullopt;
    }};

    testing::world w;
    const auto ctx = w.make_context();
    const auto tries_of = [&](const auto& rule) {
        int tries = 0;
        (void)rule.run(ctx, [&]() -> result<void> {
            ++tries;
            return error::transient("not now");
        });
        return tries;
    };
    CHECK(tries_of(usual) == 3);
    CHECK(tries_of(longer) == 4);
    CHECK(tries_of(spread) == 3);
    CHECK(tries_of(as_the_sdks) == 3);
    CHECK(tries_of(never) == 1);
    CHECK(tries_of(own) == 5);
}

TEST_CASE("resilience.md: exceptions of libraries") {
    sql::database db{.deadlocks = 2};
    testing::world w;
    const auto ctx = w.make_context();
    app orders;
    const auto handle_order = [&](const sqs::message&) { db.query("insert ..."); };

    const auto deadlocks = on_exception<sql::deadlock>(
        [](const sql::deadlock& e) { return error::transient(e.what()); });

    orders.on(sqs::queue("orders"), chain{retry{}, deadlocks}, handle_order);
    auto rows = deadlocks.run(ctx, [&] { return db.query("select ..."); });

    CHECK_FALSE(rows);
    CHECK(rows.error().kind == error_class::transient);
    CHECK(testing::invoke(orders, testing::sqs_batch("orders").message("x"))
              .failed_records()
              .empty());
    CHECK(db.deadlocks < 0);
}

TEST_CASE("resilience.md: how to be stopped") {
    parcels client;
    int packed = 0;
    testing::world w;
    const auto pack = [&](std::string_view what) {
        ++packed;
        if (what == "piano") w.clock.advance(9s);
    };
    app orders{chain{timeout{10s}}};

    orders.on(sqs::queue("parcels"), [&](body<order> o, const context& ctx) -> outcome {
        for (const auto& line : o->lines) {
            if (ctx.stop.stop_requested()) return error::cancelled("stopped between two lines");
            pack(line);
        }
        if (!ctx.sleep_for(2s)) return error::cancelled("stopped while waiting");
        client.post(o->id, ctx.stop); // converts to std::stop_token
        return outcome::ok();
    });

    const auto reply = testing::invoke(orders,
                                       testing::sqs_batch("parcels")
                                           .message(order{1, {"tea", "cups"}})
                                           .message(order{2, {"piano"}}),
                                       w);
    CHECK(reply.failed_records() == texts{"message-1"});
    CHECK(packed == 3);
    CHECK(client.posted == 1);
}

TEST_CASE("resilience.md: chaos") {
    int handled = 0;
    const auto handle_order = [&](const sqs::message&) { ++handled; };
    app shop;

    testing::chaos storm{{.seed = 7, .faults = 0.3, .losses = 0.1}};
    shop.on(sqs::queue("orders"), chain{retry{}, use{storm}}, handle_order);

    testing::sqs_batch batch("orders");
    for (int i = 0; i < 100; ++i) batch.message("x");
    const auto failed = testing::invoke(shop, batch).failed_records().size();
    CHECK(storm.faults() + storm.losses() > 0);
    CHECK(failed < 50);
    CHECK(handled == static_cast<int>(storm.calls() - storm.faults()));
}
