// SPDX-License-Identifier: BSL-1.0
#include <headrace/app.hpp>
#include <headrace/http.hpp>
#include <headrace/layers/hedge.hpp>
#include <headrace/layers/retry.hpp>
#include <headrace/layers/timeout.hpp>
#include <headrace/sources/eventbridge.hpp>
#include <headrace/sources/raw.hpp>
#include <headrace/sources/s3.hpp>
#include <headrace/sources/schedule.hpp>
#include <headrace/sources/sns.hpp>
#include <headrace/sources/sqs.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/invoke.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;
using testing::invoke;
using testing::sqs_batch;
using testing::sqs_message;

namespace {

using texts = std::vector<std::string>;

// How many of the log lines have this text?
long count(const testing::world& w, std::string_view text) {
    const auto lines = w.log.lines();
    return std::count_if(lines.begin(), lines.end(), [&](const std::string& line) {
        return line.find(text) != std::string::npos;
    });
}

// Around whatever it stands around: the source and how often.
struct counting {
    texts* seen;
    outcome operator()(call& c, auto&& next) const {
        seen->push_back(std::string(c.source()) + (c.scope() == scope::record ? " record" : ""));
        return next(c);
    }
};

// Asks again, whatever the answer is, and gives back the last one.
struct three_times {
    outcome operator()(call& c, auto&& next) const {
        (void)next(c);
        (void)next(c);
        return next(c);
    }
};

constexpr auto fine = [](const call&) {};

} // namespace

// ---- what nothing takes -----------------------------------------------------------------------

TEST_CASE("what no route takes is an error that says what was looked for, of the source's kind") {
    struct row {
        std::string event;
        std::string_view looked_for;
    };
    const row rows[] = {
        {testing::sns_notification("topic-1").message("").json(), "no route takes topic topic-1"},
        {testing::s3_notification("bucket-1").created("k").json(),
         "no route takes bucket bucket-1 and event ObjectCreated:Put"},
        {testing::eventbridge_event("shop", "Paid").json(),
         "no route takes source shop and detail-type Paid"},
        {testing::schedule_event("rule-1").json(), "no route takes source aws.events"},
        {R"({"custom":"input"})", "no known event source"},
        {"[]", "no known event source"},
    };
    for (const auto& [event, looked_for] : rows) {
        testing::world w;
        app orders;
        orders.on(sns::topic("other"), fine).on(s3::bucket("other"), fine);
        orders.on(eventbridge::source("other"), fine);
        CAPTURE(event);
        const auto reply = invoke(orders, event, w);
        REQUIRE(reply.error());
        CHECK(reply.error()->message.find(looked_for) != std::string::npos);
        CHECK((reply.error()->code == errc::no_route || reply.error()->code == errc::unrecognised));
        CHECK(count(w, looked_for) == 1);
    }
}

TEST_CASE("a message of a queue without a route fails by itself") {
    testing::world w;
    app orders;
    orders.on(sqs::queue("other"), fine);
    const auto reply = invoke(orders, sqs_batch("orders").message("").message("{}"), w);
    CHECK(reply.failed_records() == texts{"message-0", "message-1"});
    CHECK(count(w, "no route takes queue orders") == 2);
}

TEST_CASE("a path without a route is 404, a method without one 405") {
    app orders;
    orders.on(http::get("/orders"), fine);
    orders.on(http::post("/orders"), fine);
    CHECK(invoke(orders, testing::get("/nowhere")).status() == 404);
    const auto reply = invoke(orders, testing::del("/orders"));
    CHECK(reply.status() == 405);
    CHECK(reply.header("allow").find("GET") != std::string::npos);
    CHECK(reply.header("allow").find("POST") != std::string::npos);
}

// ---- failures ---------------------------------------------------------------------------------

TEST_CASE("an exception fails its record only, and is logged once with the name of its type") {
    testing::world w;
    app orders;
    orders.on(sqs::queue("orders"), [](body<std::string_view> b) {
        if (b->starts_with("bad")) throw std::out_of_range("no such shelf");
    });
    const auto reply = invoke(orders, sqs_batch().message("a").message("bad").message("c"), w);
    CHECK(reply.failed_records() == texts{"message-1"});
    CHECK(count(w, "no such shelf") == 1);
    CHECK(count(w, R"("errorType":"std::out_of_range")") == 1);
    CHECK(count(w, R"("level":"ERROR")") == 1);
    CHECK(count(w, R"("record":"message-1")") == 1);
    CHECK(count(w, R"("route":"sqs queue orders")") == 1);
}

TEST_CASE("an exception of an asynchronous source fails the invocation with its type") {
    app orders;
    orders.on(eventbridge::source("*"),
              [](const eventbridge::event&) { throw std::invalid_argument("nonsense"); });
    const auto reply = invoke(orders, testing::eventbridge_event("shop", "Paid"));
    REQUIRE(reply.error());
    CHECK(reply.error()->code == errc::exception);
    CHECK(reply.error()->type == "std::invalid_argument");
    CHECK(reply.error()->message == "nonsense");
}

TEST_CASE("an exception of an HTTP handler is a 500 that says nothing about it") {
    testing::world w;
    app orders;
    orders.on(http::get("/"), []() -> std::string { throw std::runtime_error("password is x"); });
    const auto reply = invoke(orders, testing::get("/"), w);
    CHECK(reply.succeeded());
    CHECK(reply.status() == 500);
    CHECK(reply.body().find("password") == std::string::npos);
    CHECK(count(w, "password is x") == 1);
}

TEST_CASE("what a layer throws counts like what the handler throws") {
    app orders{chain{[](call&, auto&&) -> outcome { throw 17; }}};
    orders.on(sqs::queue("orders"), fine);
    CHECK(invoke(orders, sqs_batch().message("")).failed_records() == texts{"message-0"});
    app around{chain{per_invocation{[](call&, auto&&) -> outcome { throw std::bad_alloc(); }}}};
    around.on(sqs::queue("orders"), fine);
    const auto reply = invoke(around, sqs_batch().message(""));
    REQUIRE(reply.error());
    CHECK(reply.error()->type == "std::bad_alloc");
}

TEST_CASE("every verdict but ok and drop fails a record") {
    app orders;
    orders.on(sqs::queue("orders"), [](body<std::string_view> b) -> outcome {
        if (*b == "retry") return outcome::retry();
        if (*b == "reject") return outcome::reject("no");
        if (*b == "defer") return outcome::defer({});
        if (*b == "drop") return outcome::drop();
        return {};
    });
    const auto reply = invoke(
        orders,
        sqs_batch().message("ok").message("retry").message("reject").message("defer").message(
            "drop"));
    CHECK(reply.failed_records() == texts{"message-1", "message-2", "message-3"});
}

TEST_CASE("the first failure of a notification with several records is the invocation's") {
    app orders;
    orders.on(s3::bucket("uploads"), [](const s3::record& r) -> outcome {
        const auto key = r.s3.object.key.text();
        if (key != "a") return error::invalid("refused " + std::string(key));
        return {};
    });
    const auto reply =
        invoke(orders, testing::s3_notification().created("a").created("b").created("c"));
    REQUIRE(reply.error());
    CHECK(reply.error()->message == "refused b");
}

TEST_CASE("text that is not JSON fails the invocation, and echoes nothing") {
    for (const std::string_view text : {"", " ", "{", R"({"Records":[)", "secret", "\"\xff\""}) {
        testing::world w;
        app orders;
        orders.on(raw::any, fine);
        CAPTURE(text);
        const auto reply = invoke(orders, text, w);
        REQUIRE(reply.error());
        CHECK(reply.error()->kind == error_class::malformed);
        CHECK(reply.error()->code == errc::syntax);
        CHECK(reply.error()->message.find("secret") == std::string::npos);
    }
}

// ---- FIFO -------------------------------------------------------------------------------------

TEST_CASE("in a FIFO queue the first failure of a group ends the group and no other") {
    texts done;
    app orders;
    orders.on(sqs::queue("orders.fifo"), [&](body<std::string_view> b) -> outcome {
        done.emplace_back(*b);
        return *b == "bad" ? outcome::retry() : outcome();
    });
    const auto reply = invoke(orders, sqs_batch("orders.fifo")
                                          .message(sqs_message{.body = "1", .group = "a"})
                                          .message(sqs_message{.body = "bad", .group = "b"})
                                          .message(sqs_message{.body = "2", .group = "a"})
                                          .message(sqs_message{.body = "3", .group = "b"})
                                          .message(sqs_message{.body = "4", .group = "c"}));
    CHECK(done == texts{"1", "2", "bad", "4"}); // group after group
    CHECK(reply.failed_records() == texts{"message-1", "message-3"});
}

TEST_CASE("in a standard queue message groups stop nothing") {
    app orders;
    orders.on(sqs::queue("orders"), [](body<std::string_view> b) -> outcome {
        return *b == "bad" ? outcome::retry() : outcome();
    });
    const auto reply = invoke(orders, sqs_batch("orders")
                                          .message(sqs_message{.body = "bad", .group = "a"})
                                          .message(sqs_message{.body = "2", .group = "a"}));
    CHECK(reply.failed_records() == texts{"message-0"});
}

TEST_CASE("a FIFO message whose group cannot be read stops what comes after it") {
    constexpr std::string_view arn = "arn:aws:sqs:eu-central-1:123456789012:orders.fifo";
    const auto record = [&](std::string id, std::string attributes) {
        return R"({"messageId":")" + id + R"(","body":"x","attributes":)" + attributes
               + R"(,"eventSource":"aws:sqs","eventSourceARN":")" + std::string(arn) + R"("})";
    };
    const auto event = R"({"Records":[)" + record("m0", R"({"MessageGroupId":"a"})") + ','
                       + record("m1", R"({"MessageGroupId":17})") + ','
                       + record("m2", R"({"MessageGroupId":"a"})") + "]}";
    app orders;
    orders.on(sqs::queue("orders.fifo"), fine);
    CHECK(invoke(orders, event).failed_records() == texts{"m1", "m2"});
}

// ---- layers -----------------------------------------------------------------------------------

TEST_CASE("per_invocation layers run once, the others once for each record") {
    texts around_all;
    texts around_each;
    app orders{chain{per_invocation{counting{&around_all}}, counting{&around_each}}};
    orders.on(sqs::queue("orders"), fine);
    orders.on(http::get("/"), fine);
    CHECK(invoke(orders, sqs_batch().message("a").message("b")).succeeded());
    CHECK(around_all.size() == 1);
    CHECK(around_each == texts{"sqs record", "sqs record"});
    CHECK(invoke(orders, testing::get("/")).succeeded());
    CHECK(invoke(orders, testing::get("/nowhere")).succeeded());
    CHECK(around_all.size() == 3);
    CHECK(around_each == texts{"sqs record", "sqs record", "http.v2", "http.v2"});
}

TEST_CASE("layers see every record, also those that nothing takes or that do not decode") {
    texts seen;
    app orders{chain{counting{&seen}}};
    orders.on(sqs::queue("orders"), fine);
    CHECK(!invoke(orders, testing::eventbridge_event("shop", "Paid")).succeeded());
    CHECK(!invoke(orders, "{}").succeeded());
    const auto broken = invoke(orders, R"({"Records":[{"messageId":"m0","body":17,)"
                                       R"("eventSource":"aws:sqs","eventSourceARN":"a:orders"}]})");
    CHECK(broken.failed_records() == texts{"m0"});
    CHECK(seen == texts{"eventbridge", "raw", "sqs record"});
}

TEST_CASE("a layer may ask again: for a route, an answer, a whole invocation") {
    texts seen;
    app orders{chain{per_invocation{three_times{}}, three_times{}}};
    orders.on(eventbridge::source("shop"), [&](const eventbridge::event& e, body<raw_json> b) {
        seen.push_back(std::string(e.detail_type) + std::string(b->text()));
    });
    orders.on(http::get("/orders/{id}"), [&](const http::request& r, http::path<"id"> id) {
        seen.push_back(std::string(r.method()) + std::string(*id));
        return std::string(*id);
    });
    CHECK(invoke(orders, testing::eventbridge_event("shop", "Paid").detail("[1]")).succeeded());
    CHECK(seen == texts(9, "Paid[1]"));
    seen.clear();
    CHECK(invoke(orders, testing::get("/orders/17")).body() == "17");
    CHECK(seen == texts(9, "GET17"));
    CHECK(invoke(orders, testing::get("/nowhere")).status() == 404);
    CHECK(invoke(orders, testing::post("/orders/17")).status() == 405);
    const auto reply = invoke(orders, testing::eventbridge_event("other", "Paid"));
    REQUIRE(reply.error());
    CHECK(reply.error()->code == errc::no_route);
}

namespace {

// Asks what it finds, around `inside`, once the handler is done.
void check_what_is_found(auto inside) {
    std::string seen;
    std::string original;
    app orders{chain{per_invocation{[&](call& c, auto&& next) -> outcome {
                         CHECK(c.find<http::request>() == nullptr);
                         outcome o = next(c);
                         if (const auto* r = c.find<http::request>()) seen = r->path();
                         if (const auto* e = c.find<eventbridge::event>()) seen = e->detail_type;
                         if (const auto* e = c.find<schedule::event>()) seen = e->rule_name();
                         if (const auto* e = c.find<raw::event>()) seen = e->json.text();
                         original = c.original().value_or(raw_json()).text();
                         CHECK(c.source() != "");
                         CHECK(c.route() != "");
                         return o;
                     }},
                     per_invocation{std::move(inside)}}};
    orders.on(http::get("/orders/{id}"), fine);
    orders.on(eventbridge::source("shop"), fine);
    orders.on(schedule::rule("nightly"), fine);
    orders.on(raw::any, fine);
    struct row {
        std::string event;
        std::string_view seen;
    };
    const row rows[] = {
        {testing::get("/orders/17").json(), "/orders/17"},
        {testing::eventbridge_event("shop", "Paid").json(), "Paid"},
        {testing::schedule_event("nightly").json(), "nightly"},
        {R"([17])", "[17]"},
    };
    for (const auto& [event, expected] : rows) {
        CHECK(invoke(orders, event).succeeded());
        CHECK(seen == expected);
        CHECK(original == event);
    }
}

} // namespace

TEST_CASE("a layer around the invocation can ask for the event when the handler is done") {
    check_what_is_found([](call& c, auto&& next) -> outcome { return next(c); });
}

TEST_CASE("it can do so also around layers that give each attempt a call of its own") {
    check_what_is_found(deadline_guard{});
    check_what_is_found(timeout{2s});
    check_what_is_found(retry{});
    check_what_is_found(hedge{2s});
}

TEST_CASE("deadline_guard leaves the rest of a batch for another time") {
    testing::world w;
    app orders{chain{deadline_guard{std::chrono::milliseconds(700)}}};
    orders.batches<sqs::event>({.reserve = std::chrono::milliseconds(0)});
    orders.on(sqs::queue("orders"),
              [&](const sqs::message&) { w.clock.advance(std::chrono::milliseconds(400)); });
    const auto reply = invoke(orders, sqs_batch().message("a").message("b").message("c"), w,
                              std::chrono::milliseconds(1000));
    CHECK(reply.failed_records() == texts{"message-1", "message-2"});
    CHECK(count(w, "not started: less than 700 ms are left") == 2);
    app slow{chain{deadline_guard{std::chrono::milliseconds(500)}}};
    slow.on(http::get("/"), fine);
    CHECK(invoke(slow, testing::get("/"), w, std::chrono::milliseconds(100)).status() == 504);
}

// ---- whose records they are --------------------------------------------------------------------

namespace {

// Counts what reaches a handler, by source.
struct any_source {
    app<> orders;
    texts handled;
    any_source() {
        const auto note = [this](const call& c) { handled.emplace_back(c.source()); };
        orders.on(sqs::queue("*"), note).on(s3::bucket("*"), note).on(sns::topic("*"), note);
        orders.on(http::get("/"), note);
    }
};

} // namespace

TEST_CASE("queues, buckets and topics of other makers name themselves as they like") {
    struct row {
        std::string_view json;
        texts handled;
    };
    const row rows[] = {
        {R"({"Records":[{"messageId":"1","eventSource":"elasticmq:sqs","body":"x"}]})", {"sqs"}},
        {R"({"Records":[{"messageId":"1","eventSource":"aws:sqs"},)"
         R"({"messageId":"2","eventSource":"elasticmq:sqs"},{"messageId":"3"},)"
         R"({"messageId":"4","eventSource":"aws:dynamodb"}]})",
         {"sqs", "sqs", "sqs", "sqs"}},
        {R"({"Records":[{"messageId":"1","EventSource":"aws:sqs"},{"messageId":"2"}]})",
         {"sqs", "sqs"}},
        {R"({"Records":[{"eventSource":"minio:s3","s3":{}},{"eventSource":"ceph:s3","s3":{}},)"
         R"({"eventSource":"aws:s3","s3":{}},{"s3":{}}]})",
         {"s3", "s3", "s3", "s3"}},
        {R"({"Records":[{"EventSource":"local:sns","Sns":{}},{"eventSource":"local:sns","Sns":{}},)"
         R"({"eventSource":"aws:sns","Sns":{}},{"Sns":{}}]})",
         {"sns", "sns", "sns", "sns"}},
    };
    for (const auto& [json, handled] : rows) {
        CAPTURE(json);
        any_source all;
        CHECK(invoke(all.orders, json).succeeded());
        CHECK(all.handled == handled);
    }
}

TEST_CASE("a batch of which a record names another known source is malformed, none is handled") {
    struct row {
        std::string_view json;
        std::string_view pointer;
    };
    const row rows[] = {
        {R"({"Records":[{"messageId":"1","eventSource":"aws:sqs"},)"
         R"({"messageId":"2","eventSource":"aws:s3"}]})",
         "/Records/1/eventSource"},
        {R"({"Records":[{"messageId":"1"},{"messageId":"2","EventSource":"aws:sns"}]})",
         "/Records/1/EventSource"},
        {R"({"Records":[{"s3":{}},{"eventSource":"aws:s3"},)"
         R"({"messageId":"2","eventSource":"aws:sqs"}]})",
         "/Records/2/eventSource"},
        {R"({"Records":[{"eventSource":"aws:s3","s3":{}},{"EventSource":"aws:sns","Sns":{}}]})",
         "/Records/1/EventSource"},
        {R"({"Records":[{"EventSource":"aws:sns","Sns":{}},)"
         R"({"messageId":"2","eventSource":"aws:sqs"}]})",
         "/Records/1/eventSource"},
        {R"({"Records":[{"EventSource":"aws:sns","Sns":{}},{"EventSource":"aws:s3"}]})",
         "/Records/1/EventSource"},
    };
    for (const auto& [json, pointer] : rows) {
        CAPTURE(json);
        any_source all;
        const auto reply = invoke(all.orders, json);
        REQUIRE(reply.error());
        CHECK(reply.error()->kind == error_class::malformed);
        CHECK(reply.error()->message == "a batch of more than one source");
        CHECK(reply.error()->pointer == pointer);
        CHECK(all.handled.empty());
    }
}

TEST_CASE("no record is lost behind an empty list that comes first") {
    any_source all;
    const auto reply = invoke(
        all.orders,
        R"({"Records":[],"Records":[{"messageId":"m","eventSource":"aws:sqs","body":"x"}]})");
    CHECK(reply.text() == R"({"batchItemFailures":[]})");
    CHECK(all.handled == texts{"sqs"});
    CHECK(invoke(all.orders, R"({"Records":[]})").text() == R"({"batchItemFailures":[]})");
    CHECK(all.handled.size() == 1);
}

TEST_CASE(
    "what comes again and makes an event another one's is malformed, and nothing is handled") {
    for (const std::string_view json :
         {R"({"Records":[{"messageId":"m","eventSource":"aws:sqs"}],"Records":[]})",
          R"({"Records":[{"messageId":"m","eventSource":"aws:sqs"}],"Records":null})",
          R"({"Records":[{"messageId":"m"}],"Records":[{"Sns":{}}]})",
          R"({"Records":[{"Sns":{}}],"Records":[{"messageId":"m","body":"b"}]})",
          R"({"Records":[{"s3":{}}],"Records":[{"messageId":"m","body":"b"}]})",
          R"({"Records":[{"eventSource":"aws:s3","s3":{}}],"Records":[]})",
          R"({"Records":[{"eventSource":"aws:sqs","eventSource":"aws:s3","messageId":"m"}]})",
          R"({"Records":[{"eventSource":"aws:s3","s3":{},"eventSource":"aws:sqs"}]})",
          R"({"requestContext":{"elb":{}},"httpMethod":"GET","path":"/","requestContext":{}})",
          R"({"requestContext":{"elb":{},"elb":null},"httpMethod":"GET","path":"/"})",
          // a record that cannot be read either
          R"({"Records":[{"messageId":"m"}],"Records":[{"Sns":{}},{"messageId":7}]})"}) {
        CAPTURE(json);
        any_source all;
        const auto reply = invoke(all.orders, json);
        REQUIRE(reply.error());
        CHECK(reply.error()->kind == error_class::malformed);
        CHECK(all.handled.empty());
    }
}

TEST_CASE("what comes again and changes nothing about whose it is does no harm") {
    for (
        const std::string_view json :
        {R"({"Records":[{"messageId":"m","eventSource":"aws:sqs","body":"a","body":"b"}]})",
         R"({"Records":[{"messageId":"a"}],"Records":[{"messageId":"m"}]})",
         R"({"Records":[{"messageId":"a"},{"eventSource":"aws:s3"}],"Records":[{"messageId":"m"}]})",
         R"({"Records":[{"messageId":"m","eventSource":"aws:sqs","eventSource":null}]})",
         R"({"Records":[{"EventSource":"aws:sns","Sns":{"Type":"a","Type":"b"}}]})",
         R"({"requestContext":{"elb":{}},"httpMethod":"GET","path":"/","path":"/"})",
         R"({"requestContext":{"elb":{}},"requestContext":{"elb":{}},)"
         R"("httpMethod":"GET","path":"/"})"}) {
        CAPTURE(json);
        any_source all;
        CHECK(invoke(all.orders, json).succeeded());
        CHECK(all.handled.size() == 1);
    }
}

// ---- what errors say ---------------------------------------------------------------------------

TEST_CASE("answers and log lines have the place of an error, and no name that the sender chose") {
    const auto name = std::string(300'000, 'n');
    const auto torn = "{\"" + name + "\":tru}";
    struct prices {
        string_map<int> prices;
        static constexpr auto wire() { return fields(field("prices", &prices::prices)); }
    };
    const std::string strange = R"({"prices":{"a":1,"ada@example.com":"x"}})";
    app orders;
    const auto take = [](body<prices>) {};
    orders.on(sqs::queue("orders"), take).on(http::post("/"), take);
    const auto look = [&](const auto& event, std::string_view pointer) {
        testing::world w;
        const auto reply = invoke(orders, event, w);
        const auto lines = w.log.lines();
        std::size_t size = 0;
        bool told = false;
        bool leaked = reply.text().find("ada@example") != std::string::npos;
        for (const auto& line : lines) {
            size += line.size();
            told = told || line.find(pointer) != std::string::npos;
            leaked = leaked || line.find("ada@example") != std::string::npos;
        }
        CHECK(told);
        CHECK_FALSE(leaked);
        CHECK(size < 2'000);
        CHECK(reply.text().size() < 2'000);
    };
    look(torn, R"("pointer":"/{0}")");
    look(sqs_batch().message(torn).json(), R"("pointer":"/{0}")");
    look(testing::post("/").body(torn).json(), R"("pointer":"/{0}")");
    look(sqs_batch().message(strange).json(), R"("pointer":"/prices/{1}")");
    look(testing::post("/").body(strange).json(), R"("pointer":"/prices/{1}")");
}

// ---- byte order marks --------------------------------------------------------------------------

TEST_CASE("a byte order mark before JSON is passed over, wherever JSON is a text") {
    const std::string mark = "\xEF\xBB\xBF";
    struct order {
        int id = 0;
        static constexpr auto wire() { return fields(field("id", &order::id)); }
    };
    const auto notification = testing::s3_notification("uploads").created("k").json();
    const auto in_sns = testing::sns_notification("uploads");
    struct row {
        std::string_view what;
        std::string event;
        std::string seen;
    };
    const row rows[] = {
        {"the event itself", mark + sqs_batch().message(R"({"id":17})").json(), "order 17"},
        {"a message", sqs_batch().message(mark + R"({"id":17})").json(), "order 17"},
        {"a notification", testing::sns_notification().message(mark + R"({"id":17})").json(),
         "order 17"},
        {"the body of a request", testing::post("/").body(mark + R"({"id":17})").json(),
         "order 17"},
        {"a body in base64", testing::post("/").bytes(mark + R"({"id":17})").json(), "order 17"},
        {"an event in a message", sqs_batch("uploads").message(mark + notification).json(), "k"},
        {"an event in a notification",
         testing::sns_notification("uploads").message(mark + notification).json(), "k"},
        {"a notification in a message",
         sqs_batch("uploads")
             .message(mark + testing::sns_notification("uploads").message(notification).envelope())
             .json(),
         "k"},
        {"all of them",
         mark
             + sqs_batch("uploads")
                   .message(mark
                            + testing::sns_notification("uploads")
                                  .message(mark + notification)
                                  .envelope())
                   .json(),
         "k"},
    };
    for (const auto& [what, event, expected] : rows) {
        CAPTURE(what);
        std::string seen;
        const auto take = [&](body<order> o) { seen = "order " + std::to_string(o->id); };
        app orders;
        orders.on(sqs::queue("orders"), take).on(sns::topic("orders"), take);
        orders.on(http::post("/"), take);
        orders.on(s3::bucket("uploads"),
                  [&](const s3::record& r) { seen = r.s3.object.key.text(); });
        CHECK(invoke(orders, event).succeeded());
        CHECK(seen == expected);
    }
}

// ---- envelopes --------------------------------------------------------------------------------

TEST_CASE("an S3 record arrives however it was sent") {
    const auto notification = testing::s3_notification("uploads").created("in/a b.csv").json();
    const auto in_sns = testing::sns_notification("uploads").message(notification);
    const std::string ways[] = {
        notification,
        in_sns.json(),
        sqs_batch("uploads").message(notification).json(),
        sqs_batch("uploads").message(in_sns.envelope()).json(),
    };
    for (const auto& event : ways) {
        CAPTURE(event);
        texts seen;
        app orders;
        orders.on(s3::bucket("uploads").created().prefix("in/").suffix(".csv"),
                  [&](const s3::record& r, workspace& memory) {
                      seen.emplace_back(r.s3.object.key.text(memory));
                  });
        const auto reply = invoke(orders, event);
        CHECK(reply.succeeded());
        CHECK(seen == texts{"in/a b.csv"});
    }
}

TEST_CASE("an event in a message is for its own route when its envelope has none") {
    texts seen;
    app orders;
    orders.on(eventbridge::source("shop"), [&](const eventbridge::event& e, const call& c) {
        seen.push_back(std::string(e.detail_type) + " in "
                       + std::string(c.find<sqs::message>()->message_id));
    });
    const auto event = testing::eventbridge_event("shop", "Paid").json();
    CHECK(invoke(orders, sqs_batch().message(event).message(event)).failed_records().empty());
    CHECK(seen == texts{"Paid in message-0", "Paid in message-1"});
    // A queue's own route goes first.
    app queue_first;
    queue_first.on(eventbridge::source("shop"), fine);
    queue_first.on(sqs::queue("orders"), [&](const sqs::message&) { seen.clear(); });
    CHECK(invoke(queue_first, sqs_batch().message(event)).failed_records().empty());
    CHECK(seen.empty());
}

TEST_CASE("an inner failure fails the record outside, by itself") {
    app orders;
    orders.on(s3::bucket("uploads"), [](const s3::record& r) -> outcome {
        return r.s3.object.key.text() == "bad" ? outcome::reject("no") : outcome();
    });
    const auto with = [](std::string key) {
        return testing::s3_notification().created(key).json();
    };
    const auto reply = invoke(orders, sqs_batch().message(with("a")).message(with("bad")));
    CHECK(reply.failed_records() == texts{"message-1"});
}

TEST_CASE("body<T> inside an envelope is the inner event's") {
    texts seen;
    app orders;
    orders.on(sns::topic("orders"), [&](body<std::string_view> b, const call& c) {
        seen.push_back(std::string(*b) + " from " + std::string(c.source()));
    });
    const auto note = testing::sns_notification("orders").message("hello");
    CHECK(invoke(orders, note).succeeded());
    CHECK(invoke(orders, sqs_batch().message(note.envelope())).failed_records().empty());
    CHECK(seen == texts{"hello from sns", "hello from sns.envelope"});
}

TEST_CASE("S3's test message is acknowledged without a handler") {
    testing::world w;
    app orders;
    orders.on(s3::bucket("uploads"), [](const s3::record&) { return outcome::reject("no"); });
    const std::string test = R"({"Service":"Amazon S3","Event":"s3:TestEvent",)"
                             R"("Time":"2026-11-24T22:30:47.201Z","Bucket":"uploads"})";
    CHECK(invoke(orders, sqs_batch().message(test), w).failed_records().empty());
    CHECK(invoke(orders, testing::sns_notification().message(test), w).succeeded());
    CHECK(count(w, "S3 sent its test message") == 2);
}

TEST_CASE("a body that only looks like an event is none") {
    app orders;
    orders.on(sns::topic("*"), fine);
    for (const std::string_view text :
         {"", "{", "{}", "[]", "null", "plain", R"({"Type":"Notification"})", R"({"Records":[]})",
          R"({"Records":[{"eventSource":"aws:sqs","messageId":"x"}]})",
          R"({"version":"2.0","requestContext":{"http":{"method":"GET","path":"/"}}})"}) {
        CAPTURE(text);
        testing::world w;
        const auto reply = invoke(orders, sqs_batch("orders").message(text), w);
        CHECK(reply.failed_records() == texts{"message-0"});
        CHECK(count(w, "no route takes queue orders") == 1);
    }
}

TEST_CASE("envelopes in envelopes come to an end") {
    std::string inner = testing::eventbridge_event("shop", "Paid").json();
    for (int depth = 0; depth < 8; ++depth) {
        int seen = 0;
        app orders;
        orders.on(eventbridge::source("shop"), [&](const eventbridge::event&) { ++seen; });
        const auto reply = invoke(orders, sqs_batch().message(inner));
        CHECK(seen == (depth < 4 ? 1 : 0));
        CHECK(reply.failed_records().empty() == (depth < 4));
        inner = testing::sns_notification().message(inner).envelope();
    }
}

// ---- replies ----------------------------------------------------------------------------------

TEST_CASE("asynchronous sources and raw payloads reply with the handler's JSON, or null") {
    app orders;
    orders.on(raw::when("/job", "sum"), [](body<raw_json>) { return 17; });
    orders.on(raw::when("/job", "text"), [] { return std::string("done"); });
    orders.on(raw::any, [](const raw::event&) {});
    CHECK(invoke(orders, R"({"job":"sum"})").text() == "17");
    CHECK(invoke(orders, R"({"job":"text"})").text() == R"("done")");
    CHECK(invoke(orders, R"({"job":"none"})").text() == "null");
}

TEST_CASE("a batch replies with what failed, whatever its handlers return") {
    app orders;
    orders.on(sqs::queue("orders"), [](const sqs::message&) { return std::string("ignored"); });
    CHECK(invoke(orders, sqs_batch().message("")).text() == R"({"batchItemFailures":[]})");
    CHECK(invoke(orders, R"({"Records":[]})").text() == R"({"batchItemFailures":[]})");
}

TEST_CASE("a handler's response that the front door would refuse is a 500, and is logged") {
    testing::world w;
    app orders;
    orders.on(http::get("/"), [] { return http::text(200, "").header("x-bad", "a\r\nb: c"); });
    const auto reply = invoke(orders, testing::get("/"), w);
    CHECK(reply.succeeded());
    CHECK(reply.status() == 500);
    CHECK(count(w, R"("code":"bad_reply")") == 1);
}

TEST_CASE("an HTTP failure says its status and reason where the client can act") {
    app orders;
    orders.on(http::get("/orders/{id}"), [](http::path<"id", int> id) -> result<std::string> {
        if (*id == 404) return http::not_found("no such order");
        return std::to_string(*id);
    });
    CHECK(invoke(orders, testing::get("/orders/17")).body() == "17");
    CHECK(invoke(orders, testing::get("/orders/x")).status() == 400);
    const auto reply = invoke(orders, testing::get("/orders/404"));
    CHECK(reply.status() == 404);
    CHECK(reply.header("content-type") == "application/problem+json");
    CHECK(reply.body().find("no such order") != std::string::npos);
}

TEST_CASE("how often a message was delivered takes tries away from a retry") {
    struct row {
        std::uint32_t deliveries;
        int tries;
    };
    for (const auto& [deliveries, tries] : {row{1, 3}, row{2, 2}, row{3, 1}, row{40, 1}}) {
        CAPTURE(deliveries);
        testing::world w;
        int tried = 0;
        app orders;
        orders.on(sqs::queue("orders"), chain{retry{}}, [&](const sqs::message&) -> outcome {
            ++tried;
            return error::transient("busy");
        });
        const testing::sqs_message message{.deliveries = deliveries};
        CHECK(testing::invoke(orders, testing::sqs_batch().message(message), w)
                  .failed_records()
                  .size()
              == 1);
        CHECK(tried == tries);
    }
}

TEST_CASE("a returned response of a failing status is sent as it is, and logged once") {
    testing::world w;
    app orders{chain{access_log{}}};
    orders.on(http::get("/orders/{status}"), [](http::path<"status", std::uint16_t> status) {
        return http::text(*status, "said").header("Retry-After", "7").header("x-a", "b");
    });
    const auto busy = invoke(orders, testing::get("/orders/503"), w);
    CHECK(busy.succeeded());
    CHECK(busy.status() == 503);
    CHECK(busy.body() == "said");
    CHECK(busy.header("retry-after") == "7");
    CHECK(busy.header("x-a") == "b");
    CHECK(busy.header("content-type") == "text/plain; charset=utf-8");
    CHECK(count(w, R"("message":"invocation failed","source":"http.v2","outcome":"retry",)"
                   R"("class":"transient","code":"failed_response",)"
                   R"("reason":"a response of status 503 was returned")")
          == 1);
    CHECK(count(w, R"("outcome":"retry","status":503)") == 1);
    CHECK(invoke(orders, testing::get("/orders/501"), w).body() == "said");
    CHECK(count(w, R"("outcome":"reject","status":501)") == 1);
    const auto lines = w.log.lines().size();
    CHECK(invoke(orders, testing::get("/orders/404"), w).body() == "said");
    CHECK(w.log.lines().size() == lines + 1); // the access log's
}

TEST_CASE("a fallback's response is about a record, too") {
    app orders;
    orders.fallback([](const call& c) { return http::text(c.record_id() == "a" ? 200 : 503, ""); });
    const auto reply =
        invoke(orders, sqs_batch().message(sqs_message{.id = "a"}).message(sqs_message{.id = "b"}));
    CHECK(reply.failed_records() == texts{"b"});
}
