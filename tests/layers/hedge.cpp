// SPDX-License-Identifier: BSL-1.0
#include <headrace/http/response.hpp>
#include <headrace/layers/hedge.hpp>

#include <headrace/layers/timeout.hpp>
#include <headrace/routing/extract.hpp>
#include <headrace/routing/retry_budget.hpp>

#include "virtual_time.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <numeric>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;

namespace {

// What an attempt does: takes its time, looking at its stop signal or not, then answers.
struct attempt {
    std::chrono::nanoseconds takes;
    result<std::string> answer;
    bool obeys = true;
};

// The n-th attempt that begins does what the n-th line of the plan says.
class plan {
public:
    plan(fakes::virtual_time& time, std::vector<attempt> lines)
        : time_(time), lines_(std::move(lines)) {}
    result<std::string> operator()(const context& own) {
        const attempt& mine = lines_.at(begun++);
        const auto end = time_.now() + mine.takes;
        if (mine.obeys) {
            if (!own.sleep_until(end)) {
                ++stopped;
                return error::cancelled("stopped");
            }
        } else {
            (void)time_.sleep_until(end, {});
        }
        ++ended;
        return mine.answer;
    }
    std::size_t begun = 0;
    std::size_t ended = 0;
    std::size_t stopped = 0;

private:
    fakes::virtual_time& time_;
    std::vector<attempt> lines_;
};

} // namespace

static_assert(middleware<hedge> && hedge::phase == phase::retry);

TEST_CASE("the first success is the answer, and the other attempt is stopped") {
    struct row {
        std::string_view what;
        attempt first;
        attempt second;
        std::string_view answer; // or the error's message
        std::chrono::nanoseconds took;
        std::size_t begun;
        std::size_t stopped;
        std::string_view overrun = ""; // logged, in milliseconds
    };
    const auto fails = [](std::string why) { return error::transient(std::move(why)); };
    const row rows[] = {
        {"fast enough", {50ms, "a"}, {}, "a", 50ms, 1, 0},
        {"fails before the hedge", {50ms, fails("a")}, {}, "a", 50ms, 1, 0},
        {"the first one wins", {150ms, "a"}, {1h, "b"}, "a", 150ms, 2, 1},
        {"the second one wins", {1h, "a"}, {30ms, "b"}, "b", 130ms, 2, 1},
        {"the first one fails, the second succeeds",
         {150ms, fails("a")},
         {1s, "b"},
         "b",
         1100ms,
         2,
         0},
        {"the second one fails, the first succeeds", {1s, "a"}, {30ms, fails("b")}, "a", 1s, 2, 0},
        {"both fail, the first one last", {1s, fails("a")}, {30ms, fails("b")}, "a", 1s, 2, 0},
        {"both fail, the second one last",
         {150ms, fails("a")},
         {1s, fails("b")},
         "a",
         1100ms,
         2,
         0},
        {"the winner waits for a loser that ignores its stop",
         {5s, "a", false},
         {30ms, "b"},
         "b",
         5s,
         2,
         0,
         "4870.000"},
        {"also the other way round", {150ms, "a"}, {5s, "b", false}, "a", 5100ms, 2, 0, "4950.000"},
    };
    for (const auto& [what, first, second, answer, took, begun, stopped, overrun] : rows) {
        CAPTURE(what);
        fakes::virtual_world w;
        plan both(w.time, {first, second});
        const auto done = hedge{100ms}.run(w.context, both);
        CHECK((done ? *done : done.error().message) == answer);
        CHECK(w.time.steady() == took);
        CHECK(both.begun == begun);
        CHECK(both.stopped == stopped);
        const bool logged =
            w.log.last().find("went on after it was asked to stop") != std::string::npos;
        CHECK(logged == !overrun.empty());
        CHECK(w.log.last().find(overrun) != std::string::npos);
    }
}

TEST_CASE("a stop from outside stops both attempts") {
    fakes::virtual_world w;
    std::stop_source source;
    w.context.stop = source.get_token();
    plan both(w.time, {{1h, "a"}, {1h, "b"}});
    const auto stopper = w.time.start([&] {
        w.time.work_for(300ms);
        source.request_stop();
    });
    CHECK(hedge{100ms}.run(w.context, both).error().message == "stopped");
    CHECK(both.stopped == 2);
    CHECK(w.time.steady() == 300ms);
}

TEST_CASE("a time limit around it ends both attempts, and one that asks for the token too") {
    for (const bool asks : {false, true}) {
        fakes::virtual_world w;
        int stopped = 0;
        const auto o = timeout{300ms}.run(w.context, [&](const context& outer) {
            return hedge{100ms}.run(outer, [&](const context& own) -> result<int> {
                const auto end = w.time.now() + 1h;
                const bool slept = asks ? w.time.sleep_until(end, own.stop) : own.sleep_until(end);
                if (slept) return 17;
                ++stopped;
                return error::cancelled("stopped");
            });
        });
        CHECK(o.error().code == errc::timed_out);
        CHECK(stopped == 2);
        CHECK(w.time.steady() == 300ms);
    }
}

TEST_CASE("a hedge costs the price of a retry, which comes back when it wins") {
    fakes::virtual_world w;
    retry_budget budget({.tokens = 12});
    w.context.retries = &budget;
    const auto ask = [&](attempt first, attempt second) {
        plan both(w.time, {std::move(first), std::move(second)});
        (void)hedge{100ms}.run(w.context, both);
        return both.begun;
    };
    CHECK(ask({1s, "a"}, {1ms, "b"}) == 2);
    CHECK(budget.tokens() == 12);
    CHECK(ask({1s, "a"}, {2s, "b"}) == 2);
    CHECK(ask({1s, "a"}, {2s, "b"}) == 2);
    CHECK(budget.tokens() == 2);
    CHECK(ask({1s, "a"}, {1ms, "b"}) == 1);
    CHECK(budget.tokens() == 2);
}

TEST_CASE("what the first attempt throws is thrown on, unless the second one succeeds") {
    fakes::virtual_world w;
    std::atomic<int> begun = 0;
    const auto first_throws = [&](bool second_throws) {
        begun = 0;
        return hedge{100ms}.run(w.context, [&, second_throws](const context&) -> result<int> {
            const bool first = begun++ == 0;
            w.time.work_for(first ? 200ms : 300ms);
            if (first) throw std::runtime_error("first");
            if (second_throws) throw std::logic_error("second");
            return 17;
        });
    };
    CHECK(first_throws(false).value() == 17);
    CHECK_THROWS_WITH_AS((void)first_throws(true), "first", std::runtime_error);
    CHECK(w.log.last().find(R"("message":"the hedge threw","errorType":"std::logic_error",)"
                            R"("reason":"second")")
          != std::string::npos);
}

TEST_CASE("each attempt has its own call and workspace, kept until the invocation ends") {
    fakes::virtual_world w;
    w.call.found().identifier = "m1";
    w.call.found().body = raw_json(R"("a\u0062c")");
    std::vector<const workspace*> memories;
    std::vector<std::string_view> texts;
    const auto o = hedge{100ms}(w.call, [&](call& c) -> outcome {
        CHECK(&c != &w.call);
        CHECK(c.record_id() == "m1");
        const auto text = extract<body<std::string_view>>::from(c);
        memories.push_back(&c.memory());
        texts.push_back(c.memory().memory().copy(**text));
        w.time.work_for(memories.size() == 1 ? 1s : 10ms);
        return {};
    });
    CHECK(o.succeeded());
    REQUIRE(memories.size() == 2);
    CHECK(memories[0] == &w.memory);
    CHECK(memories[1] != &w.memory);
    CHECK(texts[0] == texts[1]); // still readable
    CHECK(texts[0].data() != texts[1].data());
}

TEST_CASE("the second workspace is kept also where the first attempt throws") {
    fakes::virtual_world w;
    std::string_view text;
    int begun = 0;
    const auto throws = [&](call& c) -> outcome {
        const bool first = begun++ == 0;
        w.time.work_for(first ? 1s : 10ms);
        if (first) throw std::runtime_error("first");
        text = c.memory().memory().copy("still readable");
        return error::transient("second");
    };
    CHECK_THROWS_AS((void)hedge{100ms}(w.call, throws), std::runtime_error);
    CHECK(begun == 2);
    CHECK(text == "still readable");
}

TEST_CASE("two threads that ignore their stop read the same views to the end") {
    const auto world = system_platform();
    const context ctx(world, logger(world.log, world.clock, log_level::off));
    workspace memory;
    const dependencies none;
    call c(ctx, memory, none);
    std::string escaped = "\"";
    for (int i = 0; i < 500; ++i) escaped += R"(\u00e4\n)";
    escaped += '"';
    c.found().body = raw_json(memory.memory().copy(escaped));
    std::atomic<int> begun = 0;
    std::atomic<int> stopped = 0;
    const auto o = hedge{1ms}(c, [&](call& own) -> outcome {
        const std::stop_token token = own.context().stop;
        const bool first = ++begun == 1;
        std::size_t sum = 0;
        const auto read = [&] {
            const auto text = own.body()->as<std::string_view>(own.memory());
            sum = std::accumulate(text->begin(), text->end(), std::size_t{0});
        };
        while (first && begun < 2) read();
        for (int i = 0; i < 200; ++i) read();
        while (!first && !token.stop_requested()) read(); // the first one has won
        for (int i = 0; i < 50; ++i) read();
        if (token.stop_requested()) ++stopped;
        return json_reply{std::to_string(sum)};
    });
    CHECK(o.succeeded());
    CHECK(begun == 2);
    CHECK(stopped == 1);
}

TEST_CASE("a hedge after for ever never begins, and one after less than nothing begins at once") {
    for (const auto after : {std::chrono::milliseconds::max(), 24h * 365 * 300 + 0ms}) {
        fakes::virtual_world w;
        plan both(w.time, {{24h, "a"}, {1h, "b"}});
        CHECK(hedge{after}.run(w.context, both).value() == "a");
        CHECK(both.begun == 1);
        CHECK(w.time.steady() == 24h);
    }
    fakes::virtual_world w;
    plan both(w.time, {{1h, "a"}, {30ms, "b"}});
    CHECK(hedge{std::chrono::milliseconds::min()}.run(w.context, both).value() == "b");
    CHECK(w.time.steady() == 30ms);
}

TEST_CASE("a returned response that has failed is no answer while the other attempt may have one") {
    fakes::virtual_world w;
    int begun = 0;
    const auto ask = [&](const context& own) -> http::response {
        const bool first = ++begun == 1;
        (void)own.sleep_for(first ? 150ms : 1s);
        return http::text(first ? 503 : 200, first ? "a" : "b");
    };
    CHECK(hedge{100ms}.run(w.context, ask).value().body == "b");
    CHECK(begun == 2);
    begun = 0;
    const auto o = hedge{100ms}(w.call, [&](call& c) -> outcome { return ask(c.context()); });
    CHECK(o.reply().get_if<http::response>()->body == "b");
}
