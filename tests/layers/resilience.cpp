// SPDX-License-Identifier: BSL-1.0
// The tools against failure together, around the routes of a whole app.

#include <headrace/app.hpp>
#include <headrace/http.hpp>
#include <headrace/layers/bulkhead.hpp>
#include <headrace/layers/circuit_breaker.hpp>
#include <headrace/layers/fallback.hpp>
#include <headrace/layers/hedge.hpp>
#include <headrace/layers/rate_limit.hpp>
#include <headrace/layers/retry.hpp>
#include <headrace/layers/timeout.hpp>
#include <headrace/routing/use.hpp>
#include <headrace/sources/sqs.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/chaos.hpp>
#include <headrace/testing/invoke.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

using namespace headrace;
using namespace std::chrono_literals;

TEST_CASE("all layers in their order make one chain, with and without state") {
    circuit_breaker breaker;
    bulkhead places;
    testing::chaos calm;
    const fallback accepted{[](const error& e) -> outcome { return e; }};
    app shop{chain{access_log{}, accepted, deadline_guard{}}};
    int handled = 0;
    shop.on(sqs::queue("orders"), chain{use{places}, retry{}, use{breaker}, timeout{2s}, use{calm}},
            [&](const sqs::message&, const context&) { ++handled; });
    const auto reply =
        testing::invoke(shop, testing::sqs_batch("orders").message("1").message("2"));
    CHECK(reply.failed_records().empty());
    CHECK(handled == 2);
    CHECK(calm.calls() == 2);
}

TEST_CASE("the records of a batch share the retries of their invocation") {
    testing::world w;
    app shop;
    int calls = 0;
    shop.on(sqs::queue("orders"), chain{retry{}}, [&](const sqs::message&) -> outcome {
        ++calls;
        return error::transient("the ledger is down");
    });
    auto batch = testing::sqs_batch("orders");
    for (int i = 0; i < 100; ++i) batch.message("{}");
    CHECK(testing::invoke(shop, batch, w).failed_records().size() == 100);
    CHECK(calls == 100 + 10);
    CHECK(testing::invoke(shop, batch, w).failed_records().size() == 100);
    CHECK(calls == 2 * (100 + 10)); // the next invocation has its own
}

TEST_CASE("a route in a file of its own and one beside it share a breaker") {
    circuit_breaker breaker{{.failures = 2}};
    int calls = 0;
    const auto fails = [&](const call&) -> outcome {
        ++calls;
        return error::transient("no answer");
    };
    routes elsewhere;
    elsewhere.on(http::get("/rates"), chain{use{breaker}}, fails);
    app shop{chain{deadline_guard{}}};
    shop.on(http::get("/orders"), chain{use{breaker}}, fails);
    shop.add(std::move(elsewhere));
    CHECK(testing::invoke(shop, testing::get("/orders")).status() == 503);
    CHECK(testing::invoke(shop, testing::get("/rates")).status() == 503);
    const auto refused = testing::invoke(shop, testing::get("/orders"));
    CHECK(refused.status() == 503);
    CHECK(refused.header("Retry-After") == "5");
    CHECK(calls == 2);
}

TEST_CASE("a request that takes too long is answered 504") {
    testing::world w;
    app shop{chain{deadline_guard{}}};
    const auto obedient = [](const context& ctx) -> outcome {
        if (ctx.sleep_until(ctx.world->clock.now() + 1h)) return {};
        return error::cancelled("stopped");
    };
    shop.on(http::get("/limited"), chain{timeout{2s}}, obedient);
    shop.on(http::get("/unlimited"), obedient);
    CHECK(testing::invoke(shop, testing::get("/limited"), w).status() == 504);
    CHECK(w.clock.steady() == 2s);
    CHECK(testing::invoke(shop, testing::get("/unlimited"), w, 10s).status() == 504);
    CHECK(w.clock.steady() == 2s + 9500ms);
}

TEST_CASE("a handler retries a call of its own, knows its try, and stays within its deadline") {
    testing::world w;
    app shop;
    std::string tries;
    shop.on(http::get("/rate"), [&](const context& ctx) -> result<int> {
        return retry{{.tries = 9, .jitter = jitter::none, .base = 1s, .cap = 1s}}.run(
            ctx, [&](const context& own) -> result<int> {
                tries += std::to_string(own.try_number);
                return error::transient("no answer");
            });
    });
    CHECK(testing::invoke(shop, testing::get("/rate"), w, 3s).status() == 503);
    CHECK(tries == "123"); // a fourth would not end half a second before the deadline
    CHECK(w.log.contains(R"("message":"gave up","tries":3,"because":"deadline")"));
}

TEST_CASE("both attempts of a hedge read the request and its body, in real threads") {
    app shop;
    std::atomic<int> begun = 0;
    shop.on(http::post("/echo"), chain{hedge{1ms}},
            [&](const http::request& r, body<std::string_view> text, http::header<"x-name"> name,
                const context& ctx) -> outcome {
                const bool first = ++begun == 1;
                std::string seen;
                do {
                    seen = std::string(*r.body()) + std::string(*text) + std::string(*name)
                           + std::string(r.query().first("a").value_or("")) + std::string(r.path());
                } while (first ? begun < 2 : !ctx.stop.stop_requested());
                return http::text(200, seen);
            });
    const auto world = system_platform();
    context ctx(world, logger(world.log, world.clock, log_level::off));
    workspace memory;
    const auto event =
        testing::post("/echo").query("a", "1").header("X-Name", "Ada").body("\"x\"").json();
    const auto reply = shop.handle_copy(memory, event, ctx);
    CHECK(!reply.function_error);
    CAPTURE(reply.text);
    CHECK(reply.text.find(R"(\"x\"\"x\"Ada1/echo)") != std::string::npos);
    CHECK(begun == 2);
}

TEST_CASE("a whole invocation may be hedged: each attempt reads the event in its own workspace") {
    app shop{chain{per_invocation{hedge{1ms}}}};
    std::atomic<int> begun = 0;
    std::atomic<int> read = 0;
    shop.on(sqs::queue("orders"),
            [&](const sqs::message& m, body<std::string_view> text, const context& ctx) -> outcome {
                const bool first = ++begun == 1;
                while (first ? begun < 2 : !ctx.stop.stop_requested()) {
                    if (*text == R"("\u00e9\n")" && m.body == *text) ++read;
                }
                return error::transient("no");
            });
    const auto world = system_platform();
    context ctx(world, logger(world.log, world.clock, log_level::off));
    workspace memory;
    const auto event = testing::sqs_batch("orders").message(R"("\u00e9\n")").json();
    const auto reply = shop.handle_copy(memory, event, ctx);
    CHECK(!reply.function_error);
    CAPTURE(reply.text);
    CHECK(reply.text.find("itemIdentifier") != std::string::npos);
    CHECK(begun == 2);
    CHECK(read > 0);
}

TEST_CASE("nothing of a handler or layer runs after its call has returned, in real threads") {
    // The numbers are no atomics: a thread that still ran would be a data race with what follows.
    const auto world = system_platform();
    struct row {
        bool asks; // for the token, which starts a watcher
        std::chrono::milliseconds left;
    };
    for (const auto& [asks, left] : {row{false, 100ms}, row{true, 100ms}, row{true, 1h}}) {
        app shop{chain{deadline_guard{0ms}}};
        long steps[2] = {};
        std::atomic<int> begun = 0;
        shop.on(http::get("/"), chain{hedge{1ms}, timeout{3ms}},
                [&, asks = asks](const http::request& r, const context& own) -> outcome {
                    long& mine = steps[begun++ == 0 ? 0 : 1];
                    if (asks) (void)own.stop.token();
                    const auto until = world.clock.steady() + 120ms;
                    while (world.clock.steady() < until) mine += long(r.path().size());
                    return http::text(200, "done");
                });
        REQUIRE(shop.build());
        context ctx(world, logger(world.log, world.clock, log_level::off));
        ctx.deadline = world.clock.now() + left;
        workspace memory;
        const auto reply = shop.handle_copy(memory, testing::get("/").json(), ctx);
        CHECK(!reply.function_error);
        const long seen = steps[0] + steps[1];
        CHECK(seen > 0);
        memory.reset(); // what the attempts have read is gone
        CHECK(steps[0] + steps[1] == seen);
    }
}

TEST_CASE("with faults, lost answers and retries every message is handled at least once") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        testing::world w;
        testing::chaos storm{{.seed = seed, .faults = 0.2, .losses = 0.1, .delays = 0.1}};
        app shop;
        std::set<std::string, std::less<>> done;
        shop.on(sqs::queue("orders"), chain{retry{}, timeout{1s}, use{storm}},
                [&](const sqs::message& m) { done.emplace(m.message_id); });
        auto batch = testing::sqs_batch("orders");
        for (int i = 0; i < 10; ++i) batch.message({.body = "{}", .id = "m" + std::to_string(i)});
        const auto failed = testing::invoke(shop, batch, w).failed_records();
        CHECK(done.size() + failed.size() >= 10);
    }
}

TEST_CASE("an invocation may last for ever, and one of less than nothing is over") {
    for (const auto timeout : {std::chrono::milliseconds::max(), 24h * 365 * 300 + 0ms}) {
        testing::world w;
        app shop{chain{deadline_guard{}}};
        shop.on(http::get("/"), [](const context& ctx) -> outcome {
            if (!ctx.sleep_for(24h)) return error::cancelled("stopped");
            return http::text(200, "");
        });
        CHECK(testing::invoke(shop, testing::get("/"), w, timeout).status() == 200);
        CHECK(w.clock.steady() == 24h);
    }
    testing::world w;
    app shop{chain{deadline_guard{}}};
    shop.on(http::get("/"), [] {});
    CHECK(testing::invoke(shop, testing::get("/"), w, std::chrono::milliseconds::min()).status()
          == 504);
}

TEST_CASE("lengths of time are waited for by the steady clock") {
    // A wall clock that nobody who waits for a length may look at.
    struct clocks final : clock_source {
        [[nodiscard]] time_point now() const noexcept override { return testing::start_of_time; }
        [[nodiscard]] std::chrono::nanoseconds steady() const noexcept override { return passed; }
        bool sleep_until(time_point, std::stop_token) override {
            FAIL_CHECK("by the wall clock");
            return true;
        }
        bool sleep_for(std::chrono::nanoseconds span, std::stop_token) override {
            passed += span;
            return true;
        }
        std::chrono::nanoseconds passed{};
    } clock;
    testing::world w;
    const platform world{clock, w.tasks, w.random, w.env, w.log};
    const context ctx(world, logger(w.log, clock));
    const auto took = [&](const auto& wait) {
        const auto before = clock.passed;
        wait();
        return clock.passed - before;
    };
    const auto fails = []() -> result<void> { return error::transient(""); };
    const auto nothing = [] {};
    CHECK(took([&] { (void)retry{{.jitter = jitter::none, .base = 100ms}}.run(ctx, fails); })
          == 300ms);
    rate_limit limit{{.per_second = 10, .wait = 1s}};
    CHECK(took([&] {
              (void)limit.run(ctx, nothing);
              (void)limit.run(ctx, nothing);
          })
          == 100ms);
    testing::chaos slow{{.delays = 1, .delay = 70ms}};
    CHECK(took([&] { (void)slow.run(ctx, nothing); }) == 70ms);
    CHECK(took([&] { (void)hedge{80ms}.run(ctx, nothing); }) == 80ms); // the task runs first here
    bulkhead places{{.at_once = 1, .wait = 90ms}};
    (void)places.run(ctx, [&] { CHECK(took([&] { (void)places.run(ctx, nothing); }) == 90ms); });
}
