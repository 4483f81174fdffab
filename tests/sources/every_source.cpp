// SPDX-License-Identifier: BSL-1.0
// What becomes of an event depends on the routes of the app: the sources that they bring, and what
// is said to all others.
#include <headrace/sources/every_source.hpp>

#include <headrace/app.hpp>
#include <headrace/http.hpp>
#include <headrace/layers/dead_letter.hpp>
#include <headrace/layers/fallback.hpp>
#include <headrace/layers/sinks/memory.hpp>
#include <headrace/routing/dispatch.hpp>
#include <headrace/sources/catalogue.hpp>
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
#include <string>
#include <string_view>
#include <vector>

using namespace headrace;

namespace {

using ids = std::vector<std::string_view>;

// The sources of the catalogue that an app can dispatch.
ids brought_by(router& app) {
    REQUIRE(app.build());
    ids all;
    for (const auto& source : catalogue()) {
        if (app.built().dispatch_of(*source.info) != nullptr) all.push_back(source.info->id);
    }
    return all;
}

// In an envelope of SNS in a message of a queue.
std::string in_a_queue(const std::string& text) {
    return testing::sqs_batch("q").message(text).json();
}
std::string in_a_topic(const std::string& text) {
    return testing::sns_notification("t").message(text).envelope();
}

// What a user can write instead of sqs::queue.
struct any_message {
    using subject = sqs::message;
    using provides = types<sqs::message>;
    bool matches(const sqs::message&) const { return true; }
    std::string describe() const { return "any message"; }
    std::uint64_t rank() const { return 0; }
    bool overlaps(const any_message&) const { return true; }
    bool covers(const any_message&) const { return true; }
};

} // namespace

TEST_CASE("a route brings the events that its subject arrives in, and no others") {
    const auto with = [](auto route) {
        app one;
        one.on(std::move(route), [] {});
        return brought_by(one);
    };
    CHECK(with(sqs::queue("q")) == ids{"sqs"});
    CHECK(with(sns::topic("t")) == ids{"sqs", "sns", "sns.envelope"});
    CHECK(with(s3::bucket("b")) == ids{"sqs", "s3", "sns", "sns.envelope", "s3.test"});
    CHECK(with(schedule::rule("r"))
          == ids{"sqs", "sns", "eventbridge.scheduled", "scheduler", "sns.envelope"});
    CHECK(
        with(eventbridge::source("s"))
        == ids{"sqs", "sns", "eventbridge.scheduled", "scheduler", "eventbridge", "sns.envelope"});
    CHECK(with(http::get("/")) == ids{"http.alb", "http.furl", "http.v2", "http.rest"});
    CHECK(with(raw::any) == ids{});
}

TEST_CASE("a fallback is a route to everything") {
    app one;
    one.fallback([](const call&) {});
    const auto brought = brought_by(one);
    CHECK(brought.size() == catalogue().size());
}

TEST_CASE("a matcher of the user's own brings what its subject arrives in") {
    app one;
    one.on(any_message{}, [] {});
    CHECK(brought_by(one) == ids{"sqs"});
}

TEST_CASE("what is inside of a message is looked for where a route brings it") {
    const auto file = testing::s3_notification("uploads").created("k").json();
    app files;
    int handled = 0;
    files.on(s3::bucket("uploads"), [&] { ++handled; });
    CHECK(testing::invoke(files, in_a_queue(file)).failed_records().empty());
    CHECK(testing::invoke(files, in_a_queue(in_a_topic(file))).failed_records().empty());
    CHECK(handled == 2);

    // A queue's app that knows nothing of buckets has a message that no route takes.
    app orders;
    orders.on(sqs::queue("orders"), [&] { ++handled; });
    testing::world w;
    CHECK(testing::invoke(orders, in_a_queue(file), w).failed_records().size() == 1);
    CHECK(w.log.lines().front().find("no route takes queue q") != std::string::npos);
    CHECK(handled == 2);
}

TEST_CASE("a known source without a route fails the invocation, and the error names its header") {
    struct row {
        std::string event;
        std::string_view source;
        std::string_view header;
    };
    const row rows[] = {
        {testing::sqs_batch("q").message("1").json(), "sqs", "headrace/sources/sqs.hpp"},
        {testing::sns_notification("t").json(), "sns", "headrace/sources/sns.hpp"},
        {testing::s3_notification("b").created("k").json(), "s3", "headrace/sources/s3.hpp"},
        {testing::eventbridge_event("s", "d").json(), "eventbridge",
         "headrace/sources/eventbridge.hpp"},
        {testing::schedule_event("r").json(), "eventbridge.scheduled",
         "headrace/sources/schedule.hpp"},
    };
    for (const auto& [event, source, header] : rows) {
        CAPTURE(source);
        app shop;
        shop.on(http::get("/"), [] {});
        testing::world w;
        const auto reply = testing::invoke(shop, event, w);
        REQUIRE(reply.error());
        CHECK(reply.error()->code == errc::no_route);
        CHECK(reply.error()->message
              == "this app has no route to what " + std::string(source) + " sends; <"
                     + std::string(header) + "> has such routes");
        REQUIRE(w.log.lines().size() == 1);
        CHECK(w.log.lines().front().find(R"("source":")" + std::string(source) + '"')
              != std::string::npos);
    }
}

TEST_CASE("no layer lets go what nobody has looked at, but a sink that has taken it in does") {
    const auto calm = [](call&, const error&) { return outcome(); };
    app quiet{chain{fallback{calm}}};
    quiet.on(http::get("/"), [] {});
    CHECK_FALSE(testing::invoke(quiet, testing::sqs_batch("q").message("1").json()).succeeded());
    CHECK_FALSE(testing::invoke(quiet, testing::sns_notification("t").json()).succeeded());

    memory_sink rejected;
    app kept{chain{dead_letter{rejected}}};
    kept.on(http::get("/"), [] {});
    // A batch has messages that are not told apart: it comes again as it is.
    CHECK_FALSE(testing::invoke(kept, testing::sqs_batch("q").message("1").json()).succeeded());
    CHECK(rejected.size() == 0);
    CHECK(testing::invoke(kept, testing::sns_notification("t").json()).succeeded());
    CHECK(rejected.size() == 1);
}

TEST_CASE("an app without HTTP routes answers requests with 404 in the form of their door") {
    app orders;
    orders.on(sqs::queue("orders"), [] {});
    for (const auto door : {http::door::v2, http::door::furl, http::door::rest, http::door::alb}) {
        testing::world w;
        const auto reply = testing::invoke(orders, testing::get("/x").through(door), w);
        CHECK(reply.status() == 404);
        CHECK(reply.header("content-type").starts_with("application/problem+json"));
        CHECK(reply.body() == R"({"title":"Not Found","status":404})");
        REQUIRE(w.log.lines().size() == 1);
        CHECK(w.log.lines().front().find("<headrace/http.hpp> has such routes")
              != std::string::npos);
    }
    const auto reply = testing::invoke(orders, testing::get("/x").through_multi_value_alb());
    CHECK(reply.status() == 404);
    CHECK(reply.header("content-type").starts_with("application/problem+json"));
    // A load balancer reads one of the two, by how its target group is set.
    CHECK(reply.text().find(R"("headers":{"content-type":)") != std::string::npos);
    CHECK(reply.text().find(R"("multiValueHeaders":{"content-type":[)") != std::string::npos);
}

TEST_CASE("a source whose caller waits and that has no such answer fails, as an authorizer must") {
    static constexpr source_info authorizer{.id = "authorizer",
                                            .title = "somebody who asks whether to let them in",
                                            .delivery = delivery::synchronous,
                                            .family = source_family::synchronous,
                                            .header = "headrace/authorizer.hpp"};
    app shop{chain{fallback{[](call&, const error&) { return outcome(); }}}};
    shop.on(http::get("/"), [] {});
    REQUIRE(shop.build());
    testing::world w;
    workspace memory;
    context ctx = w.make_context();
    call c(ctx, memory, shop.built().objects());
    c.found().source = &authorizer;
    const auto o = dispatcher(shop.built(), memory).unrouted(c, authorizer);
    CHECK_FALSE(o.acknowledges());
    REQUIRE(o.error() != nullptr);
    CHECK(o.error()->message.find("<headrace/authorizer.hpp>") != std::string::npos);
}

TEST_CASE("a batch without records needs no route") {
    app shop;
    shop.on(http::get("/"), [] {});
    CHECK(testing::invoke(shop, std::string_view(R"({"Records":[]})")).text()
          == R"({"batchItemFailures":[]})");
}
