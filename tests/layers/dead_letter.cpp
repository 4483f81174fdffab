// SPDX-License-Identifier: BSL-1.0
#include <headrace/layers/dead_letter.hpp>

#include <headrace/app.hpp>
#include <headrace/http.hpp>
#include <headrace/layers/retry.hpp>
#include <headrace/layers/sinks/memory.hpp>
#include <headrace/routing/detail/original_records.hpp>
#include <headrace/sources/eventbridge.hpp>
#include <headrace/sources/raw.hpp>
#include <headrace/sources/s3.hpp>
#include <headrace/sources/schedule.hpp>
#include <headrace/sources/sns.hpp>
#include <headrace/sources/sqs.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/invoke.hpp>

#include "fakes.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;
using testing::invoke;

namespace {

struct order {
    std::uint64_t id = 0;
    static void wire(auto& self, auto&& field) { field("id", self.id).required(); }
};

// A call about the second of two records of a queue, as a dispatcher makes it.
struct queue_call : fakes::world {
    static constexpr std::string_view text = R"({"Records":[{"messageId":"m1"},{"messageId":"m2",
 "body":"two\u0020lines"}]})";

    queue_call() : whole(memory.load(text).value()) {
        context.request_id = "request-1";
        context.function_arn = "arn:aws:lambda:eu-central-1:123456789012:function:orders";
        call.found().document = {&whole};
        call.found().source = &sqs::event::about;
    }
    document whole;
    record_item about{.id = "m2", .attempt = 3, .body = raw_json("two lines")};

    // Runs the layer around a record whose handler answers like this.
    template <class Layer, class Handler> outcome run(const Layer& layer, Handler handler) {
        headrace::call one(headrace::call::inside{call});
        one.found().document.element = 1;
        one.found().document.originals = &originals;
        one.found().route = "sqs queue orders";
        one.found().set_item(about);
        return layer(one, [&](headrace::call&) -> outcome { return handler(); });
    }
    detail::original_records originals;
};

struct sulking_sink {
    result<void> write(const rejected_record&) { throw std::runtime_error("no network"); }
};

// Its write does not return a result.
struct half_a_sink {
    void write(const rejected_record&);
};

outcome rejected() { return outcome::reject("the total is negative"); }

long count(const testing::world& w, std::string_view text) {
    const auto lines = w.log.lines();
    return std::ranges::count_if(
        lines, [&](const auto& line) { return line.find(text) != std::string::npos; });
}

} // namespace

static_assert(middleware<dead_letter<memory_sink>>);
static_assert(dead_letter<memory_sink>::phase == phase::dead_letter);
static_assert(dead_letter_sink<sulking_sink> && !dead_letter_sink<half_a_sink>);

// ---- the layer ----------------------------------------------------------------------------------

TEST_CASE("what is rejected is written, and parked after that, and stays rejected") {
    queue_call w;
    memory_sink sink;
    const auto o = w.run(dead_letter{sink}, rejected);
    CHECK(o.verdict() == verdict::reject);
    CHECK(o.parked());
    CHECK(o.acknowledges());
    CHECK_FALSE(o.succeeded());
    REQUIRE(sink.size() == 1);
    const auto kept = sink.records().front();
    CHECK(kept.record == "{\"messageId\":\"m2\",\n \"body\":\"two\\u0020lines\"}");
    CHECK(kept.body == "two lines");
    CHECK(kept.reason.message == "the total is negative");
    CHECK(kept.json
          == R"({"time":"2026-11-24T10:00:00.000Z","source":"sqs","route":"sqs queue orders",)"
             R"("recordId":"m2","attempt":3,"requestId":"request-1",)"
             R"("functionArn":"arn:aws:lambda:eu-central-1:123456789012:function:orders",)"
             R"("error":{"class":"permanent","code":"custom","message":"the total is negative"},)"
             R"("record":{"messageId":"m2",  "body":"two\u0020lines"}})");
}

TEST_CASE("all other verdicts pass") {
    queue_call w;
    memory_sink sink;
    const auto passes = [&](outcome given) {
        const auto before = given.verdict();
        const auto o = w.run(dead_letter{sink}, [&] { return std::move(given); });
        return o.verdict() == before && !o.parked();
    };
    CHECK(passes(outcome::ok()));
    CHECK(passes(outcome::drop()));
    CHECK(passes(outcome::retry(5s)));
    CHECK(passes(outcome::defer(w.clock.now() + 5s)));
    CHECK(passes(error::bug("oh")));
    CHECK(sink.size() == 0);
}

TEST_CASE("a record is written by one layer, the innermost") {
    queue_call w;
    memory_sink inner;
    memory_sink outer;
    const auto o = w.run(dead_letter{outer}, [&] { return w.run(dead_letter{inner}, rejected); });
    CHECK(o.parked());
    CHECK(inner.size() == 1);
    CHECK(outer.size() == 0);
}

TEST_CASE("a write that fails is a failure that comes again, with both reasons") {
    queue_call w;
    memory_sink sink;
    sink.refuse(error::throttled("slow down", 7s));
    auto o = w.run(dead_letter{sink}, rejected);
    CHECK(o.verdict() == verdict::retry);
    CHECK_FALSE(o.acknowledges());
    CHECK(o.after() == 7s);
    REQUIRE(o.error() != nullptr);
    CHECK(o.error()->kind == error_class::throttled);
    CHECK(o.error()->message
          == "the rejected record could not be written: slow down; it was rejected because: "
             "the total is negative");

    sink.refuse(error::permanent("access denied"));
    CHECK(w.run(dead_letter{sink}, rejected).verdict() == verdict::retry);

    sulking_sink sulks;
    o = w.run(dead_letter{sulks}, rejected);
    CHECK(o.verdict() == verdict::retry);
    CHECK(o.error()->message.find("no network") != std::string::npos);
    CHECK(o.error()->message.find("the total is negative") != std::string::npos);
}

TEST_CASE("a record that cannot be read back is not acknowledged") {
    queue_call w;
    memory_sink sink;
    headrace::call lost(w.context, w.memory, w.objects); // of no document
    lost.found().source = &s3::event::about;
    const auto o = dead_letter{sink}(lost, [](call&) { return rejected(); });
    CHECK(o.verdict() == verdict::retry);
    CHECK(sink.size() == 0);
}

TEST_CASE("an error that was thrown can be a rejection, any other exception cannot") {
    queue_call w;
    memory_sink sink;
    const auto throws = [](const error& e) { return [&e]() -> outcome { throw_failure(e); }; };
    CHECK(w.run(dead_letter{sink}, throws(error::malformed("torn"))).parked());
    CHECK(w.run(dead_letter{sink}, throws(error::transient("busy"))).verdict() == verdict::retry);
    const auto bug = [&] {
        (void)w.run(dead_letter{sink}, []() -> outcome { throw std::logic_error("oh"); });
    };
    CHECK_THROWS_AS(bug(), std::logic_error);
    CHECK(sink.size() == 1);
}

// ---- the forms of a record ----------------------------------------------------------------------

TEST_CASE("a rejected record as JSON has what is there, on one line") {
    error why = error::malformed("expected a number");
    why.code = errc::wrong_kind;
    why.pointer = "/id";
    why.type = "shop::torn";
    const rejected_record r{.at = testing::start_of_time,
                            .source = "s3",
                            .route = {},
                            .record_id = {},
                            .request_id = {},
                            .function_arn = {},
                            .reason = why,
                            .record = "{\r\n\"a\":1}",
                            .group = "customer \"17\""};
    CHECK(to_json(r)
          == R"({"time":"2026-11-24T22:30:47.201Z","source":"s3","attempt":1,)"
             R"("error":{"class":"malformed","code":"wrong_kind","message":"expected a number",)"
             R"("pointer":"/id","type":"shop::torn"},"group":"customer \"17\"",)"
             R"("record":{  "a":1}})");
}

TEST_CASE("as a message it is what was a message, or else the event with this record alone") {
    const error why;
    rejected_record r{.at = {},
                      .source = {},
                      .route = {},
                      .record_id = {},
                      .request_id = {},
                      .function_arn = {},
                      .reason = why,
                      .record = R"({"a":1})"};
    CHECK(as_message(r) == R"({"a":1})");
    r.listed = true;
    CHECK(as_message(r) == R"({"Records":[{"a":1}]})");
    r.body = "text";
    CHECK(as_message(r) == "text");
}

// ---- in an app ----------------------------------------------------------------------------------

TEST_CASE("in the base chain it takes what cannot be decoded; the neighbours succeed") {
    testing::world w;
    memory_sink sink;
    std::vector<std::uint64_t> booked;
    app orders{chain{dead_letter{sink}}};
    orders.on(sqs::queue("orders"), [&](body<order> o) { booked.push_back(o->id); });
    const auto reply =
        invoke(orders,
               testing::sqs_batch()
                   .message(order{1})
                   .message(testing::sqs_message{.body = R"({"id":"no number"})", .id = "bad-body"})
                   .message(order{3}),
               w);
    CHECK(reply.failed_records().empty());
    CHECK(booked == std::vector<std::uint64_t>{1, 3});
    REQUIRE(sink.size() == 1);
    CHECK(sink.records()[0].record_id == "bad-body");
    CHECK(sink.records()[0].reason.kind == error_class::malformed);
    CHECK(sink.records()[0].record.starts_with(R"({"messageId":"bad-body")"));
    CHECK(count(w, R"("record":"bad-body")") == 1);
    CHECK(w.log.contains("record parked"));
}

TEST_CASE("a record that is no message of the queue is parked with its JSON, too") {
    testing::world w;
    memory_sink sink;
    app orders{chain{dead_letter{sink}}};
    int handled = 0;
    orders.on(sqs::queue("orders"), [&](const sqs::message&) { ++handled; });
    const std::string_view event = R"({"Records":[
{"messageId":"m1","eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:r:1:orders","body":"{}"},
{"messageId":"m2","eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:r:1:orders","body":17}]})";
    const auto reply = invoke(orders, event, w);
    CHECK(reply.succeeded());
    CHECK(reply.failed_records().empty());
    CHECK(handled == 1);
    REQUIRE(sink.size() == 1);
    CHECK(sink.records()[0].record
          == R"({"messageId":"m2","eventSource":"aws:sqs",)"
             R"("eventSourceARN":"arn:aws:sqs:r:1:orders","body":17})");
    CHECK(sink.records()[0].reason.pointer == "/Records/1/body");
}

TEST_CASE("what no route takes is parked as well") {
    testing::world w;
    memory_sink sink;
    app orders{chain{dead_letter{sink}}};
    orders.on(sqs::queue("orders"), [](const sqs::message&) {});
    CHECK(invoke(orders, testing::sqs_batch("others").message("{}"), w).failed_records().empty());
    REQUIRE(sink.size() == 1);
    CHECK(sink.records()[0].reason.code == errc::no_route);
}

TEST_CASE("an asynchronous invocation whose record is parked succeeds, else it is an error") {
    struct row {
        std::string event;
        bool listed;
    };
    const row rows[] = {
        {testing::sns_notification("orders").message("{}").json(), true},
        {testing::s3_notification("uploads").created("k").json(), true},
        {testing::eventbridge_event("shop", "Paid").json(), false},
        {testing::schedule_event("nightly").json(), false},
    };
    for (const auto& [event, listed] : rows) {
        CAPTURE(event);
        testing::world w;
        memory_sink sink;
        const auto refuse = [](const call&) { return rejected(); };
        app orders{chain{dead_letter{sink}}};
        orders.on(sns::topic("orders"), refuse).on(s3::bucket("uploads"), refuse);
        orders.on(eventbridge::source("shop"), refuse).on(schedule::rule("nightly"), refuse);
        const auto reply = invoke(orders, event, w);
        CHECK(reply.succeeded());
        CHECK(reply.text() == "null");
        REQUIRE(sink.size() == 1);
        const auto kept = sink.records()[0].record;
        CHECK((listed ? R"({"Records":[)" + kept + "]}" : kept) == event);

        sink.refuse(error::transient("full"));
        CHECK_FALSE(invoke(orders, event, w).succeeded());
    }
}

TEST_CASE("a record inside a message is parked by itself, and its message may go") {
    testing::world w;
    memory_sink sink;
    app orders{chain{dead_letter{sink}}};
    orders.on(s3::bucket("uploads"), [](const s3::record& r) -> outcome {
        if (r.s3.object.key.text() == "bad") return rejected();
        return {};
    });
    const auto inner = testing::s3_notification("uploads").created("good").created("bad").json();
    CHECK(invoke(orders, testing::sqs_batch("q").message(inner), w).failed_records().empty());
    REQUIRE(sink.size() == 1);
    const auto kept = sink.records()[0];
    CHECK(kept.source == "s3");
    CHECK(kept.record_id == "message-0");
    CHECK(kept.record.find(R"("key":"bad")") != std::string::npos);
    CHECK(kept.record.find(R"("key":"good")") == std::string::npos);
    CHECK(kept.body.empty()); // the message holds the good one, too
}

TEST_CASE("callers who wait hear of the rejection instead") {
    testing::world w;
    memory_sink sink;
    const auto refuse = [](const call&) { return rejected(); };
    app orders{chain{dead_letter{sink}}};
    orders.on(http::get("/"), refuse).on(raw::any, refuse);
    CHECK(invoke(orders, testing::get("/"), w).status() == 500);
    CHECK(invoke(orders, testing::get("/nowhere"), w).status() == 404);
    CHECK_FALSE(invoke(orders, R"({"job":1})", w).succeeded());
    CHECK(sink.size() == 0);
}

TEST_CASE("raw payloads are parked where somebody says that nobody waits") {
    testing::world w;
    memory_sink sink;
    app orders;
    orders.on(raw::any, chain{dead_letter{sink, {.raw_payloads = true}}},
              [](const call&) { return rejected(); });
    CHECK(invoke(orders, R"({"job":1})", w).text() == "null");
    REQUIRE(sink.size() == 1);
    CHECK(sink.records()[0].record == R"({"job":1})");
}

TEST_CASE("a batch that cannot be taken apart is not parked, since it may have good records") {
    testing::world w;
    memory_sink sink;
    app orders{chain{dead_letter{sink}}};
    orders.on(sqs::queue("orders"), [](const sqs::message&) {});
    CHECK_FALSE(
        invoke(orders, R"({"Records":[{"eventSource":"aws:sqs","messageId":""}]})", w).succeeded());
    CHECK(sink.size() == 0);
}

TEST_CASE("layers outside see a rejection, a retry inside sees none of it") {
    testing::world w;
    memory_sink sink;
    std::string seen;
    int tries = 0;
    const auto watch = timing{[&](const call&, const outcome& o, std::chrono::nanoseconds) {
        seen += std::string(to_string(o.verdict())) + (o.parked() ? " parked" : "");
    }};
    app orders{chain{watch, dead_letter{sink}}};
    orders.on(sqs::queue("orders"), chain{retry{}}, [&](const sqs::message&) -> outcome {
        return ++tries < 2 ? outcome(error::transient("busy")) : rejected();
    });
    CHECK(invoke(orders, testing::sqs_batch().message("{}"), w).failed_records().empty());
    CHECK(seen == "reject parked");
    CHECK(tries == 2);
    CHECK(sink.size() == 1);
}

// ---- what no route takes ------------------------------------------------------------------------

TEST_CASE("a queue that was wired to the wrong function keeps its messages, if that is wanted") {
    for (const bool leave : {false, true}) {
        CAPTURE(leave);
        testing::world w;
        memory_sink sink;
        app shop{chain{dead_letter{sink, {.leave_unrouted = leave}}}};
        shop.on(sqs::queue("orders"),
                [](body<order> o) { return o->id == 0 ? rejected() : outcome::ok(); });
        const auto wrong = testing::sqs_batch("bills").message("{}").message("{}");
        const auto reply = invoke(shop, wrong, w);
        CHECK(reply.failed_records().size() == (leave ? 2 : 0));
        CHECK(sink.size() == (leave ? 0 : 2));
        CHECK(count(w, leave ? "record failed" : "record parked") == 2);
        CHECK(count(w, R"("code":"no_route")") == 2);
        // What a route rejects, or what cannot be decoded, is written all the same.
        const auto known = testing::sqs_batch("orders").message(order{0}).message("not JSON");
        CHECK(invoke(shop, known, w).failed_records().empty());
        CHECK(sink.size() == (leave ? 2 : 4));
    }
}

TEST_CASE("so do records inside of messages, and events whose source tries again") {
    memory_sink sink;
    app shop{chain{dead_letter{sink, {.leave_unrouted = true}}}};
    shop.on(s3::bucket("uploads"), [](const s3::record&) {});
    const auto note = testing::s3_notification("other").created("a.csv");
    CHECK(invoke(shop, testing::sqs_batch("q").message(note.json())).failed_records().size() == 1);
    CHECK_FALSE(invoke(shop, note).succeeded());
    CHECK_FALSE(invoke(shop, testing::schedule_event("nightly")).succeeded());
    CHECK(sink.size() == 0);
}

TEST_CASE("a fallback takes them before that, and what it rejects is written") {
    memory_sink sink;
    app shop{chain{dead_letter{sink, {.leave_unrouted = true}}}};
    shop.fallback([](const call&) { return rejected(); });
    CHECK(invoke(shop, testing::sqs_batch("bills").message("{}")).failed_records().empty());
    CHECK(sink.size() == 1);
}

// ---- what build() and the tool say --------------------------------------------------------------

TEST_CASE("an app knows the routes whose rejected records come again, and starts without a word") {
    testing::world w;
    memory_sink sink;
    app orders;
    const auto fine = [](const call&) {};
    orders.on(sqs::queue("orders"), fine);
    orders.on(sns::topic("t"), fine).on(s3::bucket("b"), fine);
    orders.on(eventbridge::source("shop"), fine).on(schedule::rule("nightly"), fine);
    orders.on(sqs::queue("others"), chain{dead_letter{sink}}, fine);
    orders.on(sqs::queue("more"), chain{platform_dead_letters{}}, fine);
    orders.on(http::get("/"), fine).on(raw::any, fine); // somebody waits, or may wait
    REQUIRE(orders.start(w.platform()));
    CHECK(w.log.lines().empty());
    const std::vector<std::string_view> expected{"sqs queue orders", "sns topic t", "s3 bucket b",
                                                 "eventbridge shop / *", "schedule rule nightly"};
    CHECK(orders.routes_without_dead_letters() == expected);
}

TEST_CASE("one in the base chain is enough, and so is saying that AWS takes care of it") {
    memory_sink sink;
    app parked{chain{dead_letter{sink}}};
    parked.on(sqs::queue("orders"), [](const call&) {});
    CHECK(parked.routes_without_dead_letters().empty());
    app left{chain{platform_dead_letters{}}};
    left.on(sqs::queue("orders"), [](const call&) {});
    CHECK(left.routes_without_dead_letters().empty());
}

TEST_CASE("where it can do nothing it is a mistake") {
    memory_sink sink;
    const auto mistakes_of = [](router& r) {
        const auto built = r.build();
        return built ? std::string() : built.error().message;
    };
    app shop;
    shop.on(http::get("/"), chain{dead_letter{sink}}, [](const call&) {});
    CHECK(mistakes_of(shop).find("'http GET /': dead_letter") != std::string::npos);
    CHECK(mistakes_of(shop).find("does nothing where a caller waits") != std::string::npos);
    app around{chain{per_invocation{dead_letter{sink}}}};
    around.on(sqs::queue("orders"), [](const call&) {});
    CHECK(mistakes_of(around).find("cannot stand in per_invocation{}") != std::string::npos);
    app base{chain{dead_letter{sink}}}; // for the routes that are not HTTP's
    base.on(http::get("/"), [](const call&) {});
    CHECK(mistakes_of(base).empty());
}
