// SPDX-License-Identifier: BSL-1.0
#include <headrace/layers/timeout.hpp>

#include <headrace/layers/retry.hpp>

#include "virtual_time.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>

using namespace headrace;
using namespace std::chrono_literals;

namespace {

// What well-behaved work does: it waits for `span` or until it is asked to stop.
outcome obedient(const fakes::virtual_world& w, const context& ctx, std::chrono::nanoseconds span) {
    if (ctx.sleep_until(w.time.now() + span)) return {};
    return error::cancelled("stopped");
}

constexpr std::string_view overran = "an attempt overran its time limit";

} // namespace

static_assert(middleware<timeout> && timeout::phase == phase::timeout);

TEST_CASE("what ends in time is left alone, and costs no task") {
    fakes::virtual_world w;
    const auto o = timeout{2s}(w.call, [&](call& c) -> outcome {
        CHECK(obedient(w, c.context(), 2s - 1ns).succeeded());
        CHECK(!c.context().stop.stop_requested());
        return json_reply{"17"};
    });
    CHECK(o.reply().get_if<json_reply>()->text == "17");
    CHECK(w.log.lines.empty());
    CHECK(w.time.started() == 0);
    CHECK(timeout{2s}(w.call, [](call&) { return outcome(error::invalid("no")); }).error()->message
          == "no");
}

TEST_CASE("work that waits through its context ends at its time, without a task") {
    fakes::virtual_world w;
    const auto o = timeout{2s}(w.call, [&](call& c) { return obedient(w, c.context(), 1h); });
    REQUIRE(o.error() != nullptr);
    CHECK(o.error()->kind == error_class::transient);
    CHECK(o.error()->code == errc::timed_out);
    CHECK(o.error()->message == "an attempt did not end within 2000 ms");
    CHECK(o.verdict() == verdict::retry);
    CHECK(w.time.steady() == 2s);
    CHECK(w.time.started() == 0);
    REQUIRE(w.log.lines.size() == 1);
    CHECK(w.log.last().find(R"("limitMs":2000.000,"overrunMs":0.000)") != std::string::npos);
}

TEST_CASE("work that was handed the token is stopped at its time") {
    fakes::virtual_world w;
    const auto o = timeout{2s}(w.call, [&](call& c) -> outcome {
        if (w.time.sleep_until(w.time.now() + 1h, c.context().stop)) return {};
        return error::cancelled("stopped");
    });
    CHECK(o.error()->code == errc::timed_out);
    CHECK(w.time.steady() == 2s);
    CHECK(w.time.started() == 1);
}

TEST_CASE("work that ignores its time delays the answer, is logged, and may succeed late") {
    fakes::virtual_world w;
    const auto o = timeout{2s}(w.call, [&](call& c) -> outcome {
        const std::stop_token token = c.context().stop;
        w.time.work_for(5s);
        CHECK(token.stop_requested());
        return json_reply{"late"};
    });
    CHECK(o.reply().get_if<json_reply>()->text == "late");
    CHECK(w.time.steady() == 5s);
    REQUIRE(w.log.lines.size() == 1);
    CHECK(w.log.last().find(std::string(overran)) != std::string::npos);
    CHECK(w.log.last().find(R"("level":"WARN")") != std::string::npos);
    CHECK(w.log.last().find(R"("limitMs":2000.000,"overrunMs":3000.000)") != std::string::npos);
}

TEST_CASE("a late error that does not come from the stop stays what it is") {
    fakes::virtual_world w;
    const auto o = timeout{2s}(w.call, [&](call&) -> outcome {
        w.time.work_for(3s);
        return error::invalid("no");
    });
    CHECK(o.error()->message == "no");
    CHECK(w.log.lines.size() == 1);
}

TEST_CASE("giving up early, or because of a stop from outside, is no timeout") {
    fakes::virtual_world w;
    const auto early = timeout{2s}(w.call, [](call&) -> outcome { return error::cancelled("me"); });
    CHECK(early.error()->message == "me");

    std::stop_source source;
    w.context.stop = source.get_token();
    const auto o = timeout{2s}(w.call, [&](call& c) -> outcome {
        CHECK(!c.context().stop.stop_requested());
        source.request_stop();
        CHECK(c.context().stop.stop_requested());
        w.time.work_for(3s);
        return error::cancelled("outside");
    });
    CHECK(o.error()->message == "outside");
}

TEST_CASE("the attempt sees how much time is left to it, and the deadline of the invocation") {
    struct row {
        std::optional<std::chrono::nanoseconds> outer;
        std::chrono::nanoseconds inner;
    };
    for (const auto& [outer, inner] : {row{std::nullopt, 2s}, row{1h, 2s}, row{1s, 1s}}) {
        fakes::virtual_world w;
        if (outer) w.context.deadline = w.time.now() + *outer;
        const auto seen = timeout{2s}.run(w.context, [&](const context& own) {
            CHECK(own.deadline == w.context.deadline);
            return own.remaining();
        });
        CHECK(seen.value() == inner);
    }
}

TEST_CASE("of nested limits the earlier one counts") {
    fakes::virtual_world w;
    const auto o = timeout{1s}.run(w.context, [&](const context& outer) {
        return timeout{1h}.run(outer, [&](const context& inner) { return obedient(w, inner, 2h); });
    });
    CHECK(o.error()->code == errc::timed_out);
    CHECK(o.error()->message == "an attempt did not end within 1000 ms");
    CHECK(w.time.steady() == 1s);
}

TEST_CASE("a retry around it gives every try the whole limit, and pays for the time it cost") {
    fakes::virtual_world w;
    retry_budget budget;
    w.context.retries = &budget;
    chain layers{retry{{.jitter = jitter::none, .base = 100ms}}, timeout{1s}};
    int tries = 0;
    const auto o = layers(w.call, [&](call& c) -> outcome {
        return ++tries < 3 ? obedient(w, c.context(), 1h) : obedient(w, c.context(), 900ms);
    });
    CHECK(o.succeeded());
    CHECK(tries == 3);
    CHECK(w.time.steady() == 1s + 100ms + 1s + 200ms + 900ms);
    CHECK(budget.tokens() == 490);
}

TEST_CASE("what is thrown passes through, unless it says that it was stopped in time") {
    fakes::virtual_world w;
    const auto throws_late = [&](call&) -> outcome {
        w.time.work_for(3s);
        throw std::runtime_error("lost");
    };
    CHECK_THROWS_AS((void)timeout{2s}(w.call, throws_late), std::runtime_error);
    CHECK(w.log.lines.size() == 1);

    const auto o = timeout{2s}(w.call, [&](call& c) -> outcome {
        (void)c.context().sleep_until(w.time.now() + 1h);
        throw_failure(error::cancelled("stopped"));
    });
    CHECK(o.error()->code == errc::timed_out);
    CHECK_THROWS_AS(
        (void)timeout{2s}(w.call, [](call&) -> outcome { throw_failure(error::cancelled("me")); }),
        failure);
}

TEST_CASE("run limits any callable") {
    fakes::virtual_world w;
    CHECK(timeout{1s}.run(w.context, [] { return 17; }).value() == 17);
    const auto slow = timeout{1s}.run(w.context, [&](const context& own) -> result<int> {
        if (!own.sleep_until(w.time.now() + 1h)) return error::cancelled("stopped");
        return 17;
    });
    CHECK(slow.error().code == errc::timed_out);
}

TEST_CASE("a handler that asks for its token and ignores it reads its views to the end") {
    const auto world = system_platform();
    fakes::log log;
    const context ctx(world, logger(log, world.clock));
    workspace memory;
    const dependencies none;
    call c(ctx, memory, none);
    const auto text = memory.memory().copy(std::string(1000, 'x'));
    c.offer(text);
    bool told = false;
    const auto o = timeout{5ms}(c, [&](call& own) -> outcome {
        const std::stop_token token = own.context().stop;
        const auto& view = *own.find<std::string_view>();
        std::size_t sum = 0;
        while (!token.stop_requested()) sum += std::accumulate(view.begin(), view.end(), 0u);
        told = true;
        for (int i = 0; i < 100; ++i) sum += std::accumulate(view.begin(), view.end(), 0u);
        return json_reply{std::to_string(sum)};
    });
    CHECK(o.succeeded());
    CHECK(told);
    CHECK(log.last().find(std::string(overran)) != std::string::npos);
}

TEST_CASE("a limit of for ever is none, and a negative one is over at once") {
    for (const auto limit : {std::chrono::milliseconds::max(), 24h * 365 * 300 + 0ms}) {
        fakes::virtual_world w;
        const auto o = timeout{limit}(w.call, [&](call& c) {
            CHECK(c.context().remaining() > 24h * 365 * 200);
            return obedient(w, c.context(), 24h);
        });
        CHECK(o.succeeded());
        CHECK(w.time.steady() == 24h);
        CHECK(w.log.lines.empty());
    }
    for (const auto limit : {-1ms, std::chrono::milliseconds::min()}) {
        fakes::virtual_world w;
        const auto o = timeout{limit}(w.call, [&](call& c) {
            CHECK(c.context().remaining() == 0ms);
            return obedient(w, c.context(), 24h);
        });
        REQUIRE(o.error() != nullptr);
        CHECK(o.error()->code == errc::timed_out);
        CHECK(w.time.steady() == 0s);
    }
}

TEST_CASE("a wall clock that is set neither lengthens nor shortens an attempt") {
    for (const auto set_by : {-1h, 1h}) {
        fakes::world w;
        const auto o = timeout{2s}(w.call, [&](call& c) -> outcome {
            const context& own = c.context();
            w.clock.at += set_by;
            w.clock.advance(2s - 1ms);
            CHECK(own.remaining() == 1ms);
            CHECK(!own.stop.stop_requested());
            w.clock.advance(1ms);
            CHECK(own.remaining() == 0ms);
            CHECK(own.stop.stop_requested());
            return error::cancelled("stopped");
        });
        REQUIRE(o.error() != nullptr);
        CHECK(o.error()->code == errc::timed_out);
        CHECK(w.log.last().find(R"("overrunMs":0.000)") != std::string::npos);
        CHECK(timeout{2s}(w.call, [](call&) { return outcome(); }).succeeded()); // it begins anew
    }
}
