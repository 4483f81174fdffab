// SPDX-License-Identifier: BSL-1.0
#include <headrace/http/response.hpp>
#include <headrace/layers/circuit_breaker.hpp>

#include <headrace/routing/use.hpp>

#include "virtual_time.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;

namespace {

outcome works() { return {}; }
outcome fails() { return error::transient("no answer"); }

// Calls it n times with this answer and says how many got through.
int send(circuit_breaker& b, const context& ctx, int n, outcome (*answer)()) {
    int through = 0;
    for (int i = 0; i < n; ++i) {
        (void)b.run(ctx, [&] {
            ++through;
            return answer();
        });
    }
    return through;
}

} // namespace

static_assert(middleware<circuit_breaker> && middleware<use<circuit_breaker>>);
static_assert(use<circuit_breaker>::phase == phase::breaker);
static_assert(!std::is_copy_constructible_v<circuit_breaker>);

TEST_CASE("a closed breaker passes everything on, failures too") {
    fakes::virtual_world w;
    circuit_breaker b;
    CHECK(b.run(w.context, [] { return 17; }).value() == 17);
    const auto failed = b.run(w.context, []() -> result<int> { return error::invalid("no"); });
    CHECK(failed.error().message == "no");
    CHECK(b.state() == breaker_state::closed);
}

TEST_CASE("so many failures in a row open it, and a success starts the count again") {
    fakes::virtual_world w;
    circuit_breaker b{{.failures = 3}};
    CHECK(send(b, w.context, 2, fails) == 2);
    CHECK(send(b, w.context, 1, works) == 1);
    CHECK(send(b, w.context, 2, fails) == 2);
    CHECK(b.state() == breaker_state::closed);
    CHECK(send(b, w.context, 9, fails) == 1);
    CHECK(b.state() == breaker_state::open);
}

TEST_CASE("an open breaker refuses with the time after which to come back") {
    fakes::virtual_world w;
    circuit_breaker b{{.name = "ledger", .failures = 1, .open = 5s}};
    (void)send(b, w.context, 1, fails);
    w.time.work_for(1200ms);
    const auto o = b.run(w.context, works);
    REQUIRE(o.error() != nullptr);
    CHECK(o.error()->kind == error_class::transient);
    CHECK(o.error()->code == errc::breaker_open);
    CHECK(o.error()->after == 3800ms);
    CHECK(o.error()->message == "the circuit breaker of ledger is open");
    CHECK(o.verdict() == verdict::retry);
    CHECK(o.after() == 3800ms);
}

TEST_CASE("after its time one call is let through, and its end decides") {
    fakes::virtual_world w;
    circuit_breaker b{{.failures = 2, .open = 5s}};
    (void)send(b, w.context, 2, fails);
    w.time.work_for(5s - 1ns);
    CHECK(send(b, w.context, 3, works) == 0);
    w.time.work_for(1ns);
    CHECK(send(b, w.context, 3, fails) == 1); // one failure is enough now
    CHECK(b.state() == breaker_state::open);
    w.time.work_for(5s);
    CHECK(send(b, w.context, 3, works) == 3);
    CHECK(b.state() == breaker_state::closed);
    CHECK(send(b, w.context, 1, fails) == 1);
    CHECK(b.state() == breaker_state::closed);
}

TEST_CASE("while one call is being let through, others are refused") {
    fakes::virtual_world w;
    circuit_breaker b{{.failures = 1, .open = 5s}};
    (void)send(b, w.context, 1, fails);
    w.time.work_for(5s);
    const auto probe = b.run(w.context, [&]() -> outcome {
        CHECK(b.state() == breaker_state::half_open);
        const auto other = b.run(w.context, works);
        CHECK(other.error() != nullptr);
        CHECK(other.error()->after == 5s);
        return {};
    });
    CHECK(probe.succeeded());
    CHECK(b.state() == breaker_state::closed);
}

TEST_CASE("a probe that says nothing about the dependency leaves the decision to the next one") {
    fakes::virtual_world w;
    circuit_breaker b{{.failures = 1, .open = 5s}};
    (void)send(b, w.context, 1, fails);
    w.time.work_for(5s);
    (void)b.run(w.context, []() -> outcome { return error::cancelled("stopped"); });
    CHECK(b.state() == breaker_state::half_open);
    CHECK(send(b, w.context, 1, works) == 1);
    CHECK(b.state() == breaker_state::closed);
}

TEST_CASE("a call that began before the breaker opened does not decide when it ends") {
    fakes::virtual_world w;
    circuit_breaker b{{.failures = 1, .open = 5s}};
    (void)b.run(w.context, [&]() -> outcome {
        CHECK(send(b, w.context, 1, fails) == 1);
        CHECK(b.state() == breaker_state::open);
        return {};
    });
    CHECK(b.state() == breaker_state::open);

    w.time.work_for(5s);
    (void)b.run(w.context, [&]() -> outcome { // the probe
        return {};
    });
    (void)b.run(w.context, [&]() -> outcome {
        (void)send(b, w.context, 1, fails);
        w.time.work_for(5s);
        CHECK(send(b, w.context, 1, works) == 1); // closed again
        return fails();                           // late
    });
    CHECK(b.state() == breaker_state::closed);
}

TEST_CASE("what an error says about the dependency, and what an exception says") {
    error open = error::transient("");
    open.code = errc::breaker_open;
    error full = error::throttled("", 1s);
    full.code = errc::limited;
    error slow = error::transient("");
    slow.code = errc::timed_out;
    struct row {
        error why;
        breaker_vote vote;
    };
    const row rows[] = {
        {error::malformed(""), breaker_vote::works},
        {error::invalid(""), breaker_vote::works},
        {error::unauthorised(""), breaker_vote::works},
        {error::conflict(""), breaker_vote::works},
        {error::transient(""), breaker_vote::fails},
        {error::throttled("", 1s), breaker_vote::fails},
        {error::permanent(""), breaker_vote::works},
        {error::deadline(""), breaker_vote::unsure},
        {error::cancelled(""), breaker_vote::unsure},
        {error::bug(""), breaker_vote::fails},
        {open, breaker_vote::unsure},
        {full, breaker_vote::unsure},
        {slow, breaker_vote::fails},
    };
    for (const auto& [why, vote] : rows) {
        CAPTURE(to_string(why.kind));
        CHECK(judge_dependency(why) == vote);
    }
    fakes::virtual_world w;
    circuit_breaker b{{.failures = 1}};
    CHECK_THROWS_AS((void)b.run(w.context, []() -> outcome { throw std::runtime_error("reset"); }),
                    std::runtime_error);
    CHECK(b.state() == breaker_state::open);
}

TEST_CASE("answers that mean no count as answers, and what is unsure does not count") {
    fakes::virtual_world w;
    circuit_breaker b{{.failures = 2}};
    (void)send(b, w.context, 1, fails);
    (void)b.run(w.context, []() -> outcome { return error::cancelled("stopped"); });
    (void)b.run(w.context, []() -> outcome { return error::invalid("no"); });
    (void)send(b, w.context, 1, fails);
    CHECK(b.state() == breaker_state::closed);
    (void)b.run(w.context, []() -> outcome { return error::deadline("too late"); });
    (void)send(b, w.context, 1, fails);
    CHECK(b.state() == breaker_state::open);
}

TEST_CASE("one's own judge decides instead of ours") {
    fakes::virtual_world w;
    circuit_breaker b{{.failures = 1, .judge = [](const error& e) noexcept {
                           return e.kind == error_class::unauthorised ? breaker_vote::fails
                                                                      : judge_dependency(e);
                       }}};
    (void)b.run(w.context, []() -> outcome { return error::unauthorised("expired"); });
    CHECK(b.state() == breaker_state::open);
}

TEST_CASE("time in which the process was frozen counts as time in which it was open") {
    fakes::world w; // whose clocks can be moved apart
    circuit_breaker b{{.failures = 1, .open = 5s}};
    (void)send(b, w.context, 1, fails);
    w.clock.passed += 10ms; // awake
    w.clock.at += 4s;       // and frozen
    CHECK(send(b, w.context, 1, works) == 0);
    w.clock.at += 1s;
    CHECK(send(b, w.context, 1, works) == 1);
}

TEST_CASE("a wall clock that is set back does not keep it open") {
    fakes::world w;
    circuit_breaker b{{.failures = 1, .open = 5s}};
    (void)send(b, w.context, 1, fails);
    w.clock.at -= 24h;
    w.clock.passed += 5s;
    CHECK(send(b, w.context, 1, works) == 1);
}

TEST_CASE("routes that use one breaker share its state") {
    fakes::virtual_world w;
    circuit_breaker b{{.failures = 2}};
    chain one{use{b}};
    chain other{use{b}};
    chain copy = other;
    const auto handler = [](call&) { return fails(); };
    (void)one(w.call, handler);
    (void)other(w.call, handler);
    CHECK(copy(w.call, handler).error()->code == errc::breaker_open);
}

TEST_CASE("opening and closing are logged once each") {
    fakes::virtual_world w;
    circuit_breaker b{{.name = "ledger", .failures = 2, .open = 5s}};
    (void)send(b, w.context, 7, fails);
    w.time.work_for(5s);
    (void)send(b, w.context, 7, works);
    REQUIRE(w.log.lines.size() == 2);
    CHECK(w.log.lines[0].find(R"("level":"WARN","message":"circuit breaker opened",)"
                              R"("breaker":"ledger","failures":2,"openMs":5000.000,)"
                              R"("class":"transient","reason":"no answer"})")
          != std::string::npos);
    CHECK(w.log.lines[1].find(R"("level":"INFO","message":"circuit breaker closed",)"
                              R"("breaker":"ledger"})")
          != std::string::npos);
}

TEST_CASE("every state has a name") {
    CHECK(to_string(breaker_state::closed) == "closed");
    CHECK(to_string(breaker_state::open) == "open");
    CHECK(to_string(breaker_state::half_open) == "half_open");
    CHECK(to_string(breaker_state(9)) == "unknown");
}

TEST_CASE("of threads that meet at a half-open breaker one probes and the others are refused") {
    const auto world = system_platform();
    const context ctx(world, logger(world.log, world.clock, log_level::off));
    circuit_breaker b{{.failures = 1, .open = 0ms}};
    constexpr int threads = 4;
    for (int round = 0; round < 50; ++round) {
        (void)send(b, ctx, 1, fails);
        std::atomic<int> through = 0;
        std::atomic<int> refused = 0;
        {
            std::vector<std::unique_ptr<executor::task>> workers;
            for (int i = 0; i < threads; ++i) {
                workers.push_back(world.tasks.start([&] {
                    const auto o = b.run(ctx, [&]() -> outcome {
                        ++through;
                        while (refused < threads - 1) std::this_thread::yield();
                        return {};
                    });
                    if (!o.succeeded()) ++refused;
                }));
            }
        }
        REQUIRE(through == 1);
        REQUIRE(refused == threads - 1);
        REQUIRE(b.state() == breaker_state::closed);
    }
}

TEST_CASE("no mixture of successes and failures from several threads jams a breaker") {
    const auto world = system_platform();
    const context ctx(world, logger(world.log, world.clock, log_level::off));
    circuit_breaker b{{.failures = 3, .open = 0ms}};
    {
        std::vector<std::unique_ptr<executor::task>> workers;
        for (int worker = 0; worker < 4; ++worker) {
            workers.push_back(world.tasks.start([&, worker] {
                for (int i = 0; i < 2000; ++i) {
                    (void)b.run(ctx, [&] { return (i + worker) % 8 < 5 ? fails() : works(); });
                }
            }));
        }
    }
    (void)send(b, ctx, 1, works);
    CHECK(b.state() == breaker_state::closed);
}

TEST_CASE("open for ever is open for ever, and for less than nothing is not at all") {
    for (const auto open : {std::chrono::milliseconds::max(), 24h * 365 * 300 + 0ms}) {
        fakes::virtual_world w;
        circuit_breaker b{{.failures = 1, .open = open}};
        (void)send(b, w.context, 1, fails);
        w.time.work_for(24h * 365 * 100);
        CHECK(send(b, w.context, 1, works) == 0);
        const auto refused = b.run(w.context, [] { return 17; });
        REQUIRE(!refused);
        CHECK(*refused.error().after > 24h * 365 * 150);
    }
    fakes::virtual_world w;
    circuit_breaker b{{.failures = 1, .open = std::chrono::milliseconds::min()}};
    (void)send(b, w.context, 1, fails);
    CHECK(send(b, w.context, 1, works) == 1);
}

TEST_CASE("returned responses that have failed for now open a breaker, and others do not") {
    struct row {
        std::uint16_t status;
        breaker_state state;
    };
    const row rows[] = {
        {408, breaker_state::open},   {425, breaker_state::open},   {429, breaker_state::open},
        {500, breaker_state::open},   {502, breaker_state::open},   {503, breaker_state::open},
        {504, breaker_state::open},   {200, breaker_state::closed}, {404, breaker_state::closed},
        {501, breaker_state::closed}, {507, breaker_state::closed},
    };
    for (const auto& [status, state] : rows) {
        CAPTURE(status);
        fakes::virtual_world w;
        circuit_breaker b{{.failures = 2}};
        const auto handler = [&](call&) -> outcome { return http::text(status, "said"); };
        for (int i = 0; i < 2; ++i) {
            const auto o = b(w.call, handler);
            CHECK(o.reply().get_if<http::response>()->body == "said");
        }
        CHECK(b.state() == state);
        circuit_breaker around{{.failures = 1}};
        CHECK(around.run(w.context, [&] { return http::text(status, ""); }).value().status
              == status);
        CHECK(around.state() == state);
    }
}

TEST_CASE("whoever does not want responses to count says so in the judge") {
    fakes::virtual_world w;
    circuit_breaker b{{.failures = 1, .judge = [](const error& e) noexcept {
                           return e.code == errc::failed_response ? breaker_vote::works
                                                                  : judge_dependency(e);
                       }}};
    (void)b.run(w.context, [] { return http::text(503, ""); });
    CHECK(b.state() == breaker_state::closed);
}
