// SPDX-License-Identifier: BSL-1.0
#include <headrace/http/response.hpp>
#include <headrace/layers/retry.hpp>

#include <headrace/layers/circuit_breaker.hpp>
#include <headrace/routing/use.hpp>

#include "virtual_time.hpp"

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

// Waits of exactly 100 and 200 ms.
constexpr retry_policy plain{.jitter = jitter::none, .base = 100ms};

// Answers with these one after the other, and counts.
struct scripted {
    std::vector<outcome> answers;
    std::size_t calls = 0;
    outcome operator()(call&) { return std::move(answers.at(calls++)); }
};

template <class... Outcomes> scripted script(Outcomes&&... answers) {
    scripted s;
    (s.answers.push_back(std::forward<Outcomes>(answers)), ...);
    return s;
}

outcome flaky(std::string why = "no answer") { return error::transient(std::move(why)); }

bool logged(const fakes::log& log, std::string_view text) {
    for (const auto& line : log.lines) {
        if (line.find(text) != std::string::npos) return true;
    }
    return false;
}

} // namespace

static_assert(middleware<retry<>> && middleware<decltype(retry{plain})>);
static_assert(retry<>::phase == phase::retry);

TEST_CASE("what fails for now is tried again after the policy's waits, until it succeeds") {
    fakes::virtual_world w;
    auto handler = script(flaky(), flaky(), outcome(json_reply{"17"}));
    const auto o = retry{plain}(w.call, handler);
    CHECK(o.succeeded());
    CHECK(o.reply().get_if<json_reply>()->text == "17");
    CHECK(handler.calls == 3);
    CHECK(w.time.steady() == 300ms);
}

TEST_CASE("a success needs neither time nor a log line") {
    fakes::virtual_world w;
    auto handler = script(outcome::drop());
    CHECK(retry{}(w.call, handler).verdict() == verdict::drop);
    CHECK(w.time.steady() == 0ms);
    CHECK(w.log.lines.empty());
}

TEST_CASE("when the tries are used up, the last error is the answer, as it came") {
    fakes::virtual_world w;
    auto handler = script(flaky("first"), flaky("second"), flaky("third"));
    const auto o = retry{plain}(w.call, handler);
    REQUIRE(o.error() != nullptr);
    CHECK(o.error()->message == "third");
    CHECK(o.verdict() == verdict::retry);
    CHECK(handler.calls == 3);
}

TEST_CASE("verdicts and errors that another try cannot change are answered at once") {
    for (int i = 0; i < 5; ++i) {
        fakes::virtual_world w;
        auto handler = script(i == 0   ? outcome::reject("no")
                              : i == 1 ? outcome::reject(error::transient("no, for good"))
                              : i == 2 ? outcome::defer(std::chrono::system_clock::time_point{})
                              : i == 3 ? outcome(error::invalid("no"))
                                       : outcome(error::deadline("too late")));
        CAPTURE(i);
        CHECK(!retry{plain}(w.call, handler).succeeded());
        CHECK(handler.calls == 1);
        CHECK(w.log.lines.empty());
    }
}

TEST_CASE("a handler that asks for a retry after a while gets it after that while") {
    fakes::virtual_world w;
    auto handler = script(outcome::retry(1500ms), outcome());
    CHECK(retry{plain}(w.call, handler).succeeded());
    CHECK(w.time.steady() == 1500ms);

    auto throttled = script(outcome(error::throttled("slow down", 700ms)), outcome());
    CHECK(retry{plain}(w.call, throttled).succeeded());
    CHECK(w.time.steady() == 2200ms);
}

TEST_CASE("tries know their number, and so do their log lines") {
    fakes::virtual_world w;
    std::vector<std::uint32_t> seen;
    const auto o = retry{plain}(w.call, [&](call& c) -> outcome {
        seen.push_back(c.context().try_number);
        c.context().log.info("working");
        return seen.size() < 3 ? flaky() : outcome();
    });
    CHECK(o.succeeded());
    CHECK(seen == std::vector<std::uint32_t>{1, 2, 3});
    REQUIRE(w.log.lines.size() == 5);
    CHECK(w.log.lines[0].find("\"try\"") == std::string::npos);
    CHECK(w.log.lines[1].find(R"("level":"WARN","message":"trying again","tries":1,)"
                              R"("waitMs":100.000,"class":"transient","code":"custom",)"
                              R"("reason":"no answer"})")
          != std::string::npos);
    CHECK(w.log.lines[2].find(R"("message":"working","try":2})") != std::string::npos);
    CHECK(w.log.lines[4].find(R"("message":"working","try":3})") != std::string::npos);
}

TEST_CASE("every try has a call of its own, which sees what the first one saw") {
    fakes::virtual_world w;
    const int given = 17;
    w.call.offer(given);
    w.call.found().identifier = "m1";
    w.call.found().route = "sqs queue orders";
    int tries = 0;
    const auto o = retry{{.tries = 8, .base = 1ms}}(w.call, [&](call& c) -> outcome {
        CHECK(&c != &w.call);
        CHECK(c.find<int>() == &given);
        CHECK(c.find<char>() == nullptr);
        CHECK(c.record_id() == "m1");
        CHECK(c.route() == "sqs queue orders");
        c.offer(*c.memory().memory().make<char>(static_cast<char>('a' + tries)));
        return ++tries < 8 ? flaky() : outcome();
    });
    CHECK(o.succeeded());
    REQUIRE(w.call.find<char>() != nullptr);
    CHECK(*w.call.find<char>() == 'h'); // what the last one offered is there for layers around
}

TEST_CASE("what the platform has delivered before gets fewer tries") {
    struct row {
        std::uint32_t delivery;
        std::size_t tries;
    };
    for (const auto& [delivery, tries] : {row{1, 3}, row{2, 2}, row{3, 1}, row{40, 1}}) {
        fakes::virtual_world w;
        w.call.found().attempt = delivery;
        auto handler = script(flaky(), flaky(), flaky());
        CHECK(!retry{plain}(w.call, handler).succeeded());
        CHECK(handler.calls == tries);
    }
}

// ---- bounds -------------------------------------------------------------------------------------

TEST_CASE("no try begins unless its wait, its attempt and the reserve fit before the deadline") {
    struct row {
        std::chrono::nanoseconds left;
        std::size_t tries;
    };
    // 100 ms wait, 50 ms attempt, 500 ms reserve.
    for (const auto& [left, tries] : {row{650ms, 2}, row{650ms - 1ns, 1}, row{10ms, 1}}) {
        fakes::virtual_world w;
        w.context.deadline = w.time.now() + left;
        auto handler = script(flaky("real"), outcome());
        const auto o = retry{plain, {.attempt = 50ms}}(w.call, handler);
        CHECK(handler.calls == tries);
        CHECK(o.succeeded() == (tries == 2));
        if (!o.succeeded()) {
            CHECK(o.error()->message == "real");
            CHECK(w.time.steady() == 0ms);
            CHECK(logged(w.log, R"("gave up","tries":1,"because":"deadline")"));
        }
    }
}

TEST_CASE("an attempt without a known length is expected to last as long as the last one") {
    for (const auto& [left, tries] : {std::pair(2599ms, 1), std::pair(2600ms, 2)}) {
        fakes::virtual_world w;
        w.context.deadline = w.time.now() + left;
        int calls = 0;
        const auto o = retry{plain}(w.call, [&](call&) -> outcome {
            w.time.work_for(1s);
            return ++calls < 2 ? flaky() : outcome();
        });
        CHECK(calls == tries);
        CHECK(o.succeeded() == (tries == 2));
    }
}

TEST_CASE("all retries of an invocation share its budget") {
    fakes::virtual_world w;
    retry_budget budget({.tokens = 15}); // three retries
    w.context.retries = &budget;
    int calls = 0;
    for (int record = 0; record < 4; ++record) {
        const auto o = retry{plain}(w.call, [&](call&) -> outcome {
            ++calls;
            return flaky();
        });
        CHECK(!o.succeeded());
    }
    CHECK(calls == 4 + 3);
    CHECK(budget.tokens() == 0);
    CHECK(logged(w.log, R"("because":"budget")"));
}

TEST_CASE("a retry that succeeds costs nothing, and one after a timeout costs twice as much") {
    fakes::virtual_world w;
    retry_budget invocation({.tokens = 100});
    retry_budget quota({.tokens = 100});
    w.context.retries = &invocation;
    const retry layer{plain, {.quota = &quota}};

    auto recovers = script(flaky(), flaky(), outcome());
    CHECK(layer(w.call, recovers).succeeded());
    CHECK(invocation.tokens() == 95); // the first retry failed
    CHECK(quota.tokens() == 95);

    error slow = error::transient("slow");
    slow.code = errc::timed_out;
    auto times_out = script(outcome(slow), outcome(slow), outcome(slow));
    CHECK(!layer(w.call, times_out).succeeded());
    CHECK(quota.tokens() == 75);

    auto fine = script(outcome());
    CHECK(layer(w.call, fine).succeeded());
    CHECK(quota.tokens() == 76);
    CHECK(invocation.tokens() == 76);
}

TEST_CASE("an empty quota takes nothing from the invocation's budget") {
    fakes::virtual_world w;
    retry_budget invocation({.tokens = 100});
    retry_budget quota({.tokens = 4});
    w.context.retries = &invocation;
    auto handler = script(flaky());
    CHECK(!retry{plain, {.quota = &quota}}(w.call, handler).succeeded());
    CHECK(handler.calls == 1);
    CHECK(invocation.tokens() == 100);
    CHECK(quota.tokens() == 4);
}

TEST_CASE("a stop ends the waiting, and the answer is the last real error") {
    fakes::virtual_world w;
    std::stop_source source;
    w.context.stop = source.get_token();
    const auto stopper = w.time.start([&] {
        w.time.work_for(30ms);
        source.request_stop();
    });
    auto handler = script(flaky("real"), outcome());
    const auto o = retry{plain}(w.call, handler);
    REQUIRE(o.error() != nullptr);
    CHECK(o.error()->message == "real");
    CHECK(handler.calls == 1);
    CHECK(w.time.steady() == 30ms);
    CHECK(logged(w.log, R"("because":"stop")"));
}

TEST_CASE("a breaker that opens between two tries does not hide the error that opened it") {
    fakes::virtual_world w;
    circuit_breaker breaker{{.failures = 1}};
    chain layers{retry{plain}, use{breaker}};
    auto handler = script(flaky("real"));
    const auto first = layers(w.call, handler);
    REQUIRE(first.error() != nullptr);
    CHECK(first.error()->message == "real");
    CHECK(handler.calls == 1);

    const auto second = layers(w.call, handler); // nothing real this time
    REQUIRE(second.error() != nullptr);
    CHECK(second.error()->code == errc::breaker_open);
    CHECK(handler.calls == 1);
}

// ---- exceptions ---------------------------------------------------------------------------------

TEST_CASE("what is thrown is a bug that no try mends, and is thrown on as it is") {
    fakes::virtual_world w;
    int calls = 0;
    const auto handler = [&](call&) -> outcome {
        ++calls;
        throw std::out_of_range("index 7");
    };
    CHECK_THROWS_AS((void)retry{plain}(w.call, handler), std::out_of_range);
    CHECK(calls == 1);
}

TEST_CASE("a classifier can find an exception worth another try, by its type or by its error") {
    fakes::virtual_world w;
    retry_policy p = plain;
    p.classify = [](const error& e) noexcept {
        return e.type == "std::runtime_error" ? retry_kind::transient : classify_retry(e);
    };
    int calls = 0;
    const auto handler = [&](call&) -> outcome {
        if (++calls == 1) throw std::runtime_error("connection reset");
        if (calls == 2) throw_failure(error::transient("no answer"));
        return {};
    };
    CHECK(retry{p}(w.call, handler).succeeded());
    CHECK(calls == 3);

    const auto never_works = [&](call&) -> outcome { throw std::runtime_error("again"); };
    CHECK_THROWS_AS((void)retry{p}(w.call, never_works), std::runtime_error);
}

TEST_CASE("a thrown error is the last real one also when a breaker refuses the next try") {
    fakes::virtual_world w;
    error open = error::transient("open");
    open.code = errc::breaker_open;
    int calls = 0;
    const auto handler = [&](call&) -> outcome {
        if (++calls == 1) throw_failure(error::transient("real"));
        return open;
    };
    try {
        (void)retry{plain}(w.call, handler);
        FAIL("nothing was thrown");
    } catch (const failure& thrown) {
        CHECK(thrown.error().message == "real");
    }
    CHECK(calls == 2);
}

// ---- around a callable --------------------------------------------------------------------------

TEST_CASE("run retries any callable and gives back its result, outcome or value") {
    fakes::virtual_world w;
    int calls = 0;
    const result<std::string> text = retry{plain}.run(w.context, [&]() -> result<std::string> {
        if (++calls < 3) return error::transient("no answer");
        return "done";
    });
    CHECK(text.value() == "done");
    CHECK(calls == 3);

    const result<int> number = retry{}.run(w.context, [] { return 17; });
    CHECK(number.value() == 17);
    const result<void> nothing = retry{}.run(w.context, [] {});
    CHECK(nothing.has_value());
    const outcome o = retry{}.run(w.context, [] { return outcome::drop(); });
    CHECK(o.verdict() == verdict::drop);
    const result<int> failed =
        retry{plain}.run(w.context, []() -> result<int> { return error::invalid("no"); });
    CHECK(failed.error().message == "no");
    const result<void> only_error = retry{}.run(w.context, [] { return error::invalid("no"); });
    CHECK(only_error.error().message == "no");
}

TEST_CASE("a callable may ask for the context of its try") {
    fakes::virtual_world w;
    std::vector<std::uint32_t> seen;
    const auto done = retry{plain}.run(w.context, [&](const context& own) -> result<void> {
        seen.push_back(own.try_number);
        return seen.size() < 2 ? result<void>(error::conflict("changed")) : result<void>();
    });
    CHECK(done.has_value());
    CHECK(seen == std::vector<std::uint32_t>{1, 2});
}

TEST_CASE("with the call, run knows how often it was delivered") {
    fakes::virtual_world w;
    w.call.found().attempt = 3;
    int calls = 0;
    const auto fails = [&]() -> result<void> {
        ++calls;
        return error::transient("no answer");
    };
    CHECK(!retry{plain}.run(w.call, fails));
    CHECK(calls == 1);
    CHECK(!retry{plain}.run(w.context, fails));
    CHECK(calls == 1 + 3);
}

TEST_CASE("the number of a try is that of the innermost retry") {
    fakes::virtual_world w;
    std::string seen;
    int outer = 0;
    const auto o = retry{plain}(w.call, [&](call& c) -> outcome {
        ++outer;
        int inner = 0;
        const auto done = retry{plain}.run(c.context(), [&](const context& own) -> result<void> {
            seen += std::to_string(outer) + "." + std::to_string(own.try_number) + " ";
            return ++inner < 2 ? result<void>(error::transient("")) : result<void>();
        });
        return done && outer == 2 ? outcome() : flaky();
    });
    CHECK(o.succeeded());
    CHECK(seen == "1.1 1.2 2.1 2.2 ");
}

TEST_CASE("anything that is callable like a policy is one") {
    fakes::virtual_world w;
    const retry until_nine{[](const failed_try& t, std::uint64_t) {
        return t.number < 9 ? std::optional(10ms * t.number) : std::nullopt;
    }};
    int calls = 0;
    CHECK(!until_nine.run(w.context, [&]() -> result<void> {
        ++calls;
        return error::permanent("not for this rule");
    }));
    CHECK(calls == 9);
    CHECK(w.time.steady() == 360ms);
}

TEST_CASE("a rule sees the wait before the try, for jitter that builds on it") {
    fakes::virtual_world w;
    std::vector<std::chrono::nanoseconds> waited;
    const auto rule = [&](const failed_try& t,
                          std::uint64_t) -> std::optional<std::chrono::seconds> {
        waited.push_back(t.waited);
        return waited.size() < 4 ? std::optional(2s) : std::nullopt;
    };
    CHECK(!retry{rule}.run(w.context, []() -> result<void> { return error::transient(""); }));
    CHECK(waited == std::vector<std::chrono::nanoseconds>{0s, 2s, 2s, 2s});
}

TEST_CASE("random numbers come from the platform") {
    fakes::virtual_world w;
    w.numbers.last = ~std::uint64_t{0} - 1;
    auto handler = script(flaky(), flaky(), flaky());
    CHECK(!retry{{.base = 100ms}}(w.call, handler).succeeded());
    CHECK(w.numbers.last == 1); // three were drawn
    CHECK(w.time.steady() >= 299ms);
}

// ---- lengths at their limits --------------------------------------------------------------------

TEST_CASE("a cap, a patience and waits of for ever bound nothing, and negative ones are none") {
    constexpr auto for_ever = std::chrono::milliseconds::max();
    constexpr std::chrono::milliseconds years_300 = 24h * 365 * 300;
    struct row {
        retry_policy policy;
        std::chrono::nanoseconds waited; // by three tries
    };
    const retry_policy p = plain;
    const auto with = [&](auto change) {
        retry_policy changed = p;
        change(changed);
        return changed;
    };
    const row rows[] = {
        {with([&](auto& r) { r.cap = for_ever; }), 300ms},
        {with([&](auto& r) { r.cap = years_300; }), 300ms},
        {with([&](auto& r) { r.cap = -5ms; }), 0ms},
        {with([&](auto& r) { r.cap = std::chrono::milliseconds::min(); }), 0ms},
        {with([&](auto& r) { r.base = -5ms; }), 0ms},
        {with([&](auto& r) { r.base = for_ever, r.cap = 2s; }), 4s},
    };
    for (const auto& [policy, waited] : rows) {
        CAPTURE(&policy - &rows[0].policy);
        fakes::virtual_world w;
        auto handler = script(flaky(), flaky(), outcome());
        CHECK(retry{policy}(w.call, handler).succeeded());
        CHECK(w.time.steady() == waited);
    }
    fakes::virtual_world w;
    auto patient = p;
    patient.patience = for_ever;
    auto throttled = script(outcome(error::throttled("", 24h)), outcome());
    CHECK(retry{patient}(w.call, throttled).succeeded());
    CHECK(w.time.steady() == 24h);
    auto never = script(outcome(error::throttled("", for_ever)), outcome());
    w.context.deadline = w.time.now() + 1h;
    CHECK(!retry{patient}(w.call, never).succeeded());
    CHECK(logged(w.log, R"("because":"deadline")"));
}

TEST_CASE(
    "an attempt or a reserve of for ever fits before no deadline, a negative one always does") {
    constexpr auto for_ever = std::chrono::milliseconds::max();
    struct row {
        retry_options bounds;
        std::size_t calls;
    };
    const row rows[] = {
        {{.attempt = for_ever}, 1},
        {{.reserve = for_ever}, 1},
        {{.attempt = for_ever, .reserve = for_ever}, 1},
        {{.attempt = -for_ever, .reserve = -for_ever}, 2},
        {{.attempt = 24h * 365 * 300}, 1},
    };
    for (const auto& [bounds, calls] : rows) {
        fakes::virtual_world w;
        w.context.deadline = w.time.now() + 10s;
        auto handler = script(flaky(), outcome());
        CHECK(retry{plain, bounds}(w.call, handler).succeeded() == (calls == 2));
        CHECK(handler.calls == calls);
    }
}

TEST_CASE("a rule may say any length in any unit") {
    fakes::virtual_world w;
    w.context.deadline = w.time.now() + 10s;
    auto handler = script(flaky(), outcome());
    const retry for_ever{
        [](const failed_try&, std::uint64_t) { return std::optional(std::chrono::hours::max()); }};
    CHECK(!for_ever(w.call, handler).succeeded());
    CHECK(handler.calls == 1);
    auto again = script(flaky(), outcome());
    const retry at_once{[](const failed_try&, std::uint64_t) { return std::chrono::hours(-1); }};
    CHECK(at_once(w.call, again).succeeded());
    CHECK(w.time.steady() == 0s);
}

// ---- responses that say that they have failed ---------------------------------------------------

TEST_CASE("a returned response that has failed for now is tried again, and is the last word") {
    for (const int status : {408, 425, 429, 500, 502, 503, 504}) {
        CAPTURE(status);
        const auto failed = [&] { return http::text(static_cast<std::uint16_t>(status), "no"); };
        fakes::virtual_world w;
        auto mended = script(outcome(failed()), outcome(http::text(200, "yes")));
        const auto o = retry{plain}(w.call, mended);
        CHECK(mended.calls == 2);
        CHECK(o.reply().get_if<http::response>()->body == "yes");

        auto lasting = script(outcome(failed()), outcome(failed()), outcome(failed()));
        const auto last = retry{plain}(w.call, lasting);
        CHECK(lasting.calls == 3);
        CHECK(*last.reply().get_if<http::response>() == failed());

        int calls = 0;
        const auto said = retry{plain}.run(w.context, [&] { return ++calls, failed(); });
        CHECK(calls == 3);
        CHECK(said.value() == failed());
        calls = 0;
        const auto now = retry{plain}.run(w.context, [&]() -> result<http::response> {
            return ++calls == 2 ? http::text(201, "made") : failed();
        });
        CHECK(calls == 2);
        CHECK(now.value().status == 201);
    }
}

TEST_CASE("a returned response that will not change is answered at once") {
    for (const int status : {200, 304, 400, 404, 409, 422, 501, 505, 511}) {
        CAPTURE(status);
        const auto said = [&] { return http::text(static_cast<std::uint16_t>(status), "so"); };
        fakes::virtual_world w;
        auto handler = script(outcome(said()));
        CHECK(*retry{plain}(w.call, handler).reply().get_if<http::response>() == said());
        int calls = 0;
        CHECK(retry{plain}.run(w.context, [&] { return ++calls, said(); }).value() == said());
        CHECK(calls == 1);
    }
}

TEST_CASE("a retry waits for as long as Retry-After says, in seconds or until a date") {
    const auto busy = [](std::string when) {
        return http::text(503, "").header("Retry-After", std::move(when));
    };
    fakes::virtual_world w; // 2026-11-24T10:00:00Z
    auto handler = script(outcome(busy("7")), outcome(busy("Tue, 24 Nov 2026 10:00:12 GMT")),
                          outcome(http::text(200, "")));
    CHECK(retry{plain}(w.call, handler).succeeded());
    CHECK(w.time.steady() == 12s);
    int calls = 0;
    const auto done = retry{plain}.run(w.context, [&]() -> http::response {
        return ++calls == 1 ? busy("3")
               : calls == 2 ? busy("Tue, 24 Nov 2026 10:00:20 GMT")
                            : http::text(200, "");
    });
    CHECK(done.value().status == 200);
    CHECK(w.time.steady() == 20s);
    auto patience = script(outcome(busy("Wed, 25 Nov 2026 10:00:00 GMT")));
    CHECK(!retry{plain}(w.call, patience).succeeded());
    CHECK(logged(w.log, R"("reason":"a response of status 503 was returned")"));
}

TEST_CASE("whoever does not want responses to be tried again says so in the policy") {
    fakes::virtual_world w;
    retry_policy p = plain;
    p.classify = [](const error& e) noexcept {
        return e.code == errc::failed_response ? retry_kind::never : classify_retry(e);
    };
    auto handler = script(outcome(http::text(503, "")));
    CHECK(retry{p}(w.call, handler).reply().get_if<http::response>()->status == 503);
    CHECK(handler.calls == 1);
}
