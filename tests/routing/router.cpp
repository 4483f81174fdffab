// SPDX-License-Identifier: BSL-1.0
#include <headrace/app.hpp>
#include <headrace/http.hpp>
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

#include <functional>
#include <string>
#include <string_view>
#include <vector>

using namespace headrace;

namespace {

constexpr auto nothing = [](const call&) {};

struct ledger {};
struct mail {};

std::string mistakes_of(router& app) {
    const auto built = app.build();
    if (built) return "";
    CHECK(built.error().code == errc::bad_app);
    CHECK(built.error().kind == error_class::bug);
    std::string said = built.error().message;
    // Each compiler spells the unnamed namespace in its own way.
    for (std::size_t at = 0; (at = said.find("{anonymous}", at)) != std::string::npos;)
        said.replace(at, 11, "(anonymous namespace)");
    return said;
}

// Which of the routes takes the event? Each writes down its name.
struct named {
    std::string* last;
    std::string name;
    void operator()(const call&) const { *last = name; }
};

} // namespace

// ---- build ------------------------------------------------------------------------------------

TEST_CASE("all mistakes are reported at once, each with its routes") {
    app orders{chain{access_log{}, deadline_guard{}}};
    orders.on(sqs::queue("orders"), nothing);
    orders.on(sqs::queue("orders"), nothing);
    orders.on(sqs::queue("ord*"), [](deps<ledger&>) {});
    orders.on(sqs::queue("o*s"), [](deps<const ledger&, mail&>) {});
    orders.on(sqs::queue("arn:aws:sqs:*:*:returns*"), nothing);
    orders.on(sqs::queue("returns-eu-*"), nothing);
    orders.on(http::get("/orders/{id}"), [](http::path<"order">, http::path<"id">) {});
    orders.on(http::get("/orders/{order}"), nothing);
    orders.on(s3::bucket("uploads").created(), nothing);
    orders.on(s3::bucket("uploads").created(), nothing);
    orders.on(schedule::rule("nightly"), nothing);
    orders.on(schedule::rule("nightly"), nothing);
    orders.on(raw::when("/job", "a"), nothing);
    orders.on(raw::when("/job", "a"), nothing);
    orders.fallback(nothing);
    orders.fallback([](deps<mail&>) {});
    routes more;
    more.on(sqs::queue("late"), chain{access_log{}}, nothing);
    orders.add(std::move(more));
    const mail post;
    orders.provide(post);
    orders.provide(post);
    const auto said = mistakes_of(orders);
    const std::string_view expected[] = {
        "there are two fallbacks",
        "two objects of type const (anonymous namespace)::mail are provided",
        "'sqs queue orders' (route 0) and 'sqs queue orders' (route 1) are ambiguous",
        "'sqs queue ord*' asks for deps<(anonymous namespace)::ledger&>, which was not provided",
        "'sqs queue o*s' asks for deps<const (anonymous namespace)::ledger&>",
        "'sqs queue o*s' asks for deps<(anonymous namespace)::mail&>",
        "'fallback' asks for deps<(anonymous namespace)::mail&>",
        "'sqs queue returns-eu-*' (route 5) is unreachable: "
        "'sqs queue arn:aws:sqs:*:*:returns*' (route 4) takes all",
        "'http GET /orders/{id}' asks for http::path<\"order\">, which its pattern lacks",
        "/orders/{order}",
        "'s3 bucket uploads ObjectCreated:*' (route 8) and "
        "'s3 bucket uploads ObjectCreated:*' (route 9) are ambiguous",
        "'schedule rule nightly' (route 10) and 'schedule rule nightly' (route 11) are ambiguous",
        "'raw /job = a' (route 12) and 'raw /job = a' (route 13) are ambiguous",
        "'sqs queue late': access_log stands inside deadline_guard but belongs outside of it",
    };
    for (const auto each : expected) {
        CAPTURE(each);
        CHECK_MESSAGE(said.find(each) != std::string::npos, said);
    }
    CHECK(said.starts_with("14 mistakes in the app:\n"));
}

TEST_CASE("build() names objects by their keys, and misses none that may be missing") {
    app orders;
    orders.on(sqs::queue("orders"),
              [](deps<keyed<"audit", ledger&>, keyed<"old", const ledger*>, mail*>) {});
    ledger books;
    ledger more;
    orders.provide(books).provide<"archive">(books);
    CHECK(mistakes_of(orders)
          == "1 mistake in the app:\n  'sqs queue orders' asks for deps<keyed<\"audit\", "
             "(anonymous namespace)::ledger&>>, which was not provided");
    app twice;
    twice.on(sqs::queue("orders"), [](deps<keyed<"audit", ledger&>>) {});
    twice.provide(books).provide<"audit">(books).provide<"audit">(more);
    CHECK(mistakes_of(twice)
          == "1 mistake in the app:\n  two objects of type (anonymous namespace)::ledger with the "
             "key \"audit\" are provided");
}

TEST_CASE("one mistake is not called mistakes, and an app can be mended and built") {
    app orders;
    ledger books;
    orders.on(sqs::queue("orders"), [](deps<ledger&>) {});
    CHECK(mistakes_of(orders).starts_with("1 mistake in the app:\n"));
    orders.provide(books);
    CHECK(mistakes_of(orders).empty());
    CHECK(mistakes_of(orders).empty()); // building again changes nothing
}

TEST_CASE("what differs is not ambiguous") {
    app orders;
    orders.on(sqs::queue("orders"), nothing)
        .on(sqs::queue("orders-*"), nothing)
        .on(sqs::queue("*-orders"), nothing) // other rank: fewer letters match by chance
        .on(sns::topic("orders"), nothing)
        .on(s3::bucket("uploads"), nothing)
        .on(s3::bucket("uploads").created(), nothing)
        .on(s3::bucket("uploads").created().suffix(".csv"), nothing)
        .on(s3::bucket("uploads").created().suffix(".json"), nothing)
        .on(s3::bucket("uploads").created().prefix("in/").suffix(".csv"), nothing)
        .on(schedule::rule("nightly"), nothing)
        .on(schedule::name("nightly"), nothing)
        .on(eventbridge::source("shop"), nothing)
        .on(eventbridge::source("shop").detail_type("Paid"), nothing)
        .on(eventbridge::detail_type("Paid"), nothing)
        .on(http::get("/a"), nothing)
        .on(http::post("/a"), nothing)
        .on(http::get("/{b}"), nothing)
        .on(http::get("/{c+}"), nothing)
        .on(raw::when("/job", "a"), nothing)
        .on(raw::when("/job", "b"), nothing)
        .on(raw::any, nothing);
    const auto said = mistakes_of(orders);
    // "orders-*" and "*-orders" pin down seven characters each, and "orders--orders" matches both
    CHECK(said
          == "1 mistake in the app:\n"
             "  'sqs queue orders-*' (route 1) and 'sqs queue *-orders' (route 2) are ambiguous");
}

TEST_CASE("a program without a route says so before its first event") {
    app none;
    CHECK(mistakes_of(none) == "1 mistake in the app:\n  there is no route");
    testing::world w;
    CHECK_FALSE(none.start(w.platform()));
    app fallen;
    fallen.fallback(nothing);
    CHECK(mistakes_of(fallen).empty());
}

TEST_CASE("a built app takes no more routes and objects") {
    app orders;
    orders.on(sqs::queue("returns"), nothing);
    REQUIRE(orders.build());
    ledger books;
    CHECK_THROWS_AS(orders.on(sqs::queue("orders"), nothing), failure);
    CHECK_THROWS_AS(orders.fallback(nothing), failure);
    CHECK_THROWS_AS(orders.provide(books), failure);
    routes more;
    more.on(sqs::queue("orders"), nothing);
    CHECK_THROWS_AS(orders.add(std::move(more)), failure);
}

TEST_CASE("an app with mistakes fails to start, and every invocation with the same error") {
    fakes::world w;
    app orders;
    orders.on(sqs::queue("orders"), [](deps<ledger&>) {});
    CHECK(orders.start(w.platform).error().code == errc::bad_app);
    const auto reply =
        orders.handle_copy(w.memory, testing::sqs_batch().message("").json(), w.context);
    REQUIRE(reply.function_error);
    CHECK(reply.function_error->code == errc::bad_app);
}

// ---- precedence -------------------------------------------------------------------------------

TEST_CASE("the most specific route takes the event, in whatever order routes were added") {
    std::string last;
    const auto to = [&](std::string name) { return named{&last, std::move(name)}; };
    const auto add_all = [&](auto& orders, bool forwards) {
        const std::vector<std::function<void()>> steps = {
            [&] { orders.on(sqs::queue("orders"), to("orders")); },
            [&] { orders.on(sqs::queue("orders*"), to("orders*")); },
            [&] { orders.on(sqs::queue("*"), to("*")); },
            [&] {
                orders.on(sqs::queue("arn:aws:sqs:eu-central-1:123456789012:orders"), to("arn"));
            },
            [&] { orders.on(s3::bucket("uploads"), to("bucket")); },
            [&] { orders.on(s3::bucket("up*").created().suffix(".csv"), to("up* .csv")); },
            [&] { orders.on(s3::bucket("uploads").created(), to("created")); },
            [&] { orders.on(s3::bucket("uploads").created().suffix(".csv"), to("csv")); },
            [&] { orders.on(s3::bucket("uploads").prefix("in/"), to("in/")); },
            [&] { orders.on(eventbridge::source("shop.*"), to("shop.*")); },
            [&] { orders.on(eventbridge::source("shop.orders"), to("shop.orders")); },
            [&] { orders.on(eventbridge::source("shop.orders").detail_type("Paid"), to("Paid")); },
            [&] { orders.on(http::get("/orders/new"), to("GET new")); },
            [&] { orders.on(http::get("/orders/{id}"), to("GET id")); },
            [&] { orders.on(http::get("/{all+}"), to("GET all")); },
            [&] { orders.on(raw::any, to("any")); },
            [&] { orders.on(raw::when("/job", "nightly"), to("nightly")); },
        };
        for (std::size_t i = 0; i < steps.size(); ++i) {
            steps[forwards ? i : steps.size() - 1 - i]();
        }
    };
    struct row {
        std::string event;
        std::string_view taken_by;
    };
    const auto s3_key = [](std::string bucket, std::string key) {
        return testing::s3_notification(std::move(bucket)).created(std::move(key)).json();
    };
    const row rows[] = {
        {testing::sqs_batch("orders").message("").json(), "arn"},
        {testing::sqs_batch("orders-eu").message("").json(), "orders*"},
        {testing::sqs_batch("returns").message("").json(), "*"},
        {s3_key("uploads", "a.txt"), "created"},
        {s3_key("uploads", "a.csv"), "csv"},
        {s3_key("uploads", "in/a.csv"), "in/"},
        {s3_key("up-2", "a.csv"), "up* .csv"},
        {testing::s3_notification("uploads").removed("a.txt").json(), "bucket"},
        {testing::eventbridge_event("shop.orders", "Paid").json(), "Paid"},
        {testing::eventbridge_event("shop.orders", "Placed").json(), "shop.orders"},
        {testing::eventbridge_event("shop.returns", "Paid").json(), "shop.*"},
        {testing::get("/orders/new").json(), "GET new"},
        {testing::get("/orders/7").json(), "GET id"},
        {testing::get("/orders/7/lines").json(), "GET all"},
        {R"({"job":"nightly"})", "nightly"},
        {R"({"job":"weekly"})", "any"},
        {R"("just a text")", "any"},
        {"17", "any"},
    };
    for (const bool forwards : {true, false}) {
        app orders;
        add_all(orders, forwards);
        for (const auto& [event, taken_by] : rows) {
            last = "nobody";
            CAPTURE(event);
            const auto reply = testing::invoke(orders, event);
            CHECK(reply.succeeded());
            CHECK(last == taken_by);
        }
    }
}

TEST_CASE("a schedule is for its own routes first and for EventBridge's after them") {
    std::string last;
    app both;
    both.on(schedule::rule("nightly"), named{&last, "rule"});
    both.on(schedule::name("nightly"), named{&last, "schedule"});
    both.on(eventbridge::source("aws.*"), named{&last, "eventbridge"});
    CHECK(testing::invoke(both, testing::schedule_event("nightly")).succeeded());
    CHECK(last == "rule");
    CHECK(testing::invoke(both, testing::schedule_event("nightly").from_scheduler()).succeeded());
    CHECK(last == "schedule");
    CHECK(testing::invoke(both, testing::schedule_event("weekly")).succeeded());
    CHECK(last == "eventbridge");
}

// ---- the routing table ------------------------------------------------------------------------

TEST_CASE("the routing table lists routes in the order in which they are tried, with all layers") {
    app orders{chain{per_invocation{access_log{}}, access_log{}}};
    orders.on(sqs::queue("*"), nothing);
    orders.on(sqs::queue("orders"), chain{deadline_guard{}}, nothing);
    orders.fallback(nothing);
    REQUIRE(orders.build());
    const auto table = orders.table();
    REQUIRE(table.size() == 3);
    using names = std::vector<std::string_view>;
    CHECK(table[0].text == "sqs queue orders");
    CHECK(table[0].layers
          == names{"per_invocation<headrace::access_log>", "access_log", "deadline_guard"});
    CHECK(table[1].text == "sqs queue *");
    CHECK(table[1].layers == names{"per_invocation<headrace::access_log>", "access_log"});
    CHECK(table[2].text == "fallback");
}
