// SPDX-License-Identifier: BSL-1.0
#include <headrace/app.hpp>
#include <headrace/http.hpp>
#include <headrace/sources/catalogue.hpp>
#include <headrace/sources/eventbridge.hpp>
#include <headrace/sources/recognise.hpp>
#include <headrace/sources/s3.hpp>
#include <headrace/sources/schedule.hpp>
#include <headrace/sources/sns.hpp>
#include <headrace/sources/sqs.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/doctest.hpp>
#include <headrace/testing/invoke.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;

namespace {

struct order {
    std::uint64_t id = 0;
    std::string customer;
    static void wire(auto& self, auto&& field) {
        field("id", self.id);
        field("customer", self.customer);
    }
};

// Recognised as this source, decoded, and nothing of it unknown to our types.
void check_source(std::string_view json, std::string_view source) {
    CAPTURE(json);
    workspace memory;
    const auto d = memory.load(json);
    REQUIRE(d);
    const auto* known = recognise(*d);
    REQUIRE(known != nullptr);
    CHECK(known->info->id == source);
    const auto* types = find_in_catalogue(source);
    REQUIRE(types != nullptr);
    CHECK(types->round_trip(*d, memory));
    CHECK(types->unknown(*d, memory).empty());
}

const http::door every_door[] = {http::door::v2, http::door::rest, http::door::furl,
                                 http::door::alb};

} // namespace

TEST_CASE("what is built is recognised as its source and decodes without a rest") {
    using namespace testing;
    check_source(sqs_batch().message("{}").json(), "sqs");
    check_source(sqs_batch("a.fifo").message({.group = "g", .attributes = {{"a", "b"}}}).json(),
                 "sqs");
    check_source(kinesis_batch().record("{}").record({.data = "", .key = "k"}).json(), "kinesis");
    check_source(kinesis_batch("a").shard("s").consumer("c").record("x").json(), "kinesis");
    check_source(sns_notification().subject("s").attribute("a", "b").json(), "sns");
    check_source(sns_notification().subject("s").attribute("a", "b").envelope(), "sns.envelope");
    check_source(s3_notification().created("a b/ü+.csv").removed("x").json(), "s3");
    check_source(schedule_event("nightly").json(), "eventbridge.scheduled");
    check_source(schedule_event("nightly").from_scheduler("group").json(), "scheduler");
    check_source(eventbridge_event("shop", "Order Placed").detail("{\"id\":1}").json(),
                 "eventbridge");
    const auto request = [](http::door d) {
        return post("/a%20b").through(d).query("q", "1").cookie("c", "2").header("x", "y").body(
            "z");
    };
    check_source(request(http::door::v2).json(), "http.v2");
    check_source(request(http::door::rest).json(), "http.rest");
    check_source(request(http::door::furl).json(), "http.furl");
    check_source(request(http::door::alb).json(), "http.alb");
    check_source(request(http::door::v2).through_multi_value_alb().json(), "http.alb");
    check_source(get("/").json(), "http.v2");
}

TEST_CASE("a message has what the test says and realistic values for the rest") {
    const auto built = testing::sqs_batch("orders.fifo")
                           .message(order{7, "ada"})
                           .message({.body = "two",
                                     .id = "m-2",
                                     .group = "customer-1",
                                     .deliveries = 3,
                                     .attributes = {{"tenant", "blue"}},
                                     .sent = testing::start_of_time - 1h})
                           .json();
    const auto e = decode<sqs::event>(built);
    REQUIRE(e);
    REQUIRE((*e)->records.size() == 2);
    const auto& first = (*e)->records[0];
    CHECK(first.body == R"({"id":7,"customer":"ada"})");
    CHECK(first.message_id == "message-0");
    CHECK(first.queue_name() == "orders.fifo");
    CHECK(first.is_fifo());
    CHECK(*first.attributes.approximate_receive_count.value() == 1);
    CHECK(*first.attributes.sent_timestamp.time() == testing::start_of_time);
    CHECK(!first.receipt_handle.empty());
    const auto& second = (*e)->records[1];
    CHECK(second.message_id == "m-2");
    CHECK(second.attributes.message_group_id == "customer-1");
    CHECK(*second.attributes.approximate_receive_count.value() == 3);
    CHECK(second.message_attributes.find("tenant")->string_value == "blue");
    CHECK(*second.attributes.sent_timestamp.time() == testing::start_of_time - 1h);
    CHECK(second.attributes.sequence_number > first.attributes.sequence_number);
}

TEST_CASE("a key is given as it is and arrives as it is") {
    const auto e = decode<s3::event>(
        testing::s3_notification("uploads").created("a b/ü+50%.csv", 17).removed("c").json());
    REQUIRE(e);
    REQUIRE((*e)->records.size() == 2);
    const auto& created = (*e)->records[0].s3;
    CHECK(created.object.key.text() == "a+b/%C3%BC%2B50%25.csv");
    CHECK(created.object.key.text(e->memory()) == "a b/ü+50%.csv");
    CHECK(created.object.size == 17);
    CHECK(created.bucket.name == "uploads");
    CHECK((*e)->records[1].event_name == "ObjectRemoved:Delete");
    CHECK(!(*e)->records[1].s3.object.size);
}

TEST_CASE("builders nest as envelopes do") {
    app<> shop;
    std::string key;
    std::string body;
    shop.on(s3::bucket("uploads"), [&](const s3::record& r) { key = r.s3.object.key.text(); });
    shop.on(sns::topic("orders"), [&](headrace::body<order> o) { body = o->customer; });
    const auto uploaded = testing::s3_notification("uploads").created("a.csv").json();
    const auto told = testing::sns_notification("uploads").message(uploaded);
    CHECK(testing::invoke(shop, uploaded).succeeded());
    CHECK(std::exchange(key, "") == "a.csv");
    CHECK(testing::invoke(shop, told).succeeded());
    CHECK(std::exchange(key, "") == "a.csv");
    CHECK(testing::invoke(shop, testing::sqs_batch("any").message(told.envelope()))
              .failed_records()
              .empty());
    CHECK(key == "a.csv");
    CHECK(testing::invoke(shop, testing::sns_notification("orders").message(order{7, "ada"}))
              .succeeded());
    CHECK(body == "ada");
}

TEST_CASE("schedules and bus events carry their time, name and detail") {
    const auto when = testing::start_of_time + 24h;
    const auto rule = decode<schedule::event>(testing::schedule_event("nightly").at(when).json());
    REQUIRE(rule);
    CHECK((*rule)->rule_name() == "nightly");
    CHECK((*rule)->time.text() == "2026-11-25T22:30:47Z");
    const auto scheduler = decode<schedule::event>(
        testing::schedule_event("nightly").from_scheduler("reports").json());
    REQUIRE(scheduler);
    CHECK((*scheduler)->schedule_name() == "nightly");
    CHECK((*scheduler)->schedule_group() == "reports");
    const auto bus = decode<eventbridge::event>(
        testing::eventbridge_event("shop", "Order Placed").detail(order{7, "ada"}).at(when).json());
    REQUIRE(bus);
    CHECK((*bus)->source == "shop");
    CHECK((*bus)->detail_type == "Order Placed");
    CHECK((*bus)->detail.text() == R"({"id":7,"customer":"ada"})");
}

TEST_CASE("the same request means the same through every front door") {
    for (const auto door : every_door) {
        CAPTURE(http::to_string(door));
        app<> shop;
        shop.on(http::post("/orders/{name}"),
                [&](http::path<"name"> name, http::query<"tag", std::vector<std::string_view>> tags,
                    http::header<"x-trace"> trace, body<order> o, const http::request& r) {
                    CHECK(r.door() == door);
                    CHECK(*name == "green tea");
                    CHECK(*tags == std::vector<std::string_view>{"1+1 & ü"});
                    CHECK(*trace == "t");
                    CHECK(o->customer == "ada");
                    CHECK(r.cookies().first("sid") == "31f");
                    CHECK(r.cookies().first("seen") == "yes");
                    CHECK(r.client_ip() == "203.0.113.7");
                    CHECK(r.content_type() == "application/json");
                });
        const auto reply = testing::invoke(shop, testing::post("/orders/green%20tea")
                                                     .through(door)
                                                     .query("tag", "1+1 & ü")
                                                     .header("X-Trace", "t")
                                                     .cookie("sid", "31f")
                                                     .cookie("seen", "yes")
                                                     .body(order{7, "ada"}));
        CHECK(reply.status() == 204);
    }
}

TEST_CASE("bytes travel as base64") {
    const std::string bytes("\0\xFF\x01", 3);
    for (const auto door : every_door) {
        CAPTURE(http::to_string(door));
        app<> shop;
        shop.on(http::put("/image"), [&](const http::request& r) {
            CHECK(*r.body() == bytes);
            http::response back;
            back.body = bytes;
            return back.header("content-type", "image/png");
        });
        const auto reply =
            testing::invoke(shop, testing::put("/image").through(door).bytes(bytes, "image/png"));
        CHECK(reply.status() == 200);
        CHECK(reply.body() == bytes);
        CHECK(reply.header("Content-Type") == "image/png");
    }
}

TEST_CASE("there is a builder for each common method") {
    app<> shop;
    shop.on(http::get("/x"), [](call&) { return "get"; });
    shop.on(http::post("/x"), [](call&) { return "post"; });
    shop.on(http::put("/x"), [](call&) { return "put"; });
    shop.on(http::patch("/x"), [](call&) { return "patch"; });
    shop.on(http::del("/x"), [](call&) { return "delete"; });
    shop.on(http::method("REPORT", "/x"), [](call&) { return "report"; });
    CHECK(testing::invoke(shop, testing::get("/x")).body() == "get");
    CHECK(testing::invoke(shop, testing::post("/x")).body() == "post");
    CHECK(testing::invoke(shop, testing::put("/x")).body() == "put");
    CHECK(testing::invoke(shop, testing::patch("/x")).body() == "patch");
    CHECK(testing::invoke(shop, testing::del("/x")).body() == "delete");
    CHECK(testing::invoke(shop, testing::http_request("REPORT", "/x")).body() == "report");
}

TEST_CASE("a request says who has sent it, as the authorizer of its door would") {
    app who;
    who.on(http::get("/me"), [](const call& c) { return c.principal(); });
    const auto asked = [&](http::door door) {
        return testing::invoke(who, testing::get("/me").through(door).caller("ada")).body();
    };
    const auto token = R"({"kind":"jwt","id":"ada","issuer":"https://issuer.example.com"})";
    CHECK(asked(http::door::v2) == token);
    CHECK(asked(http::door::rest) == token);
    CHECK(asked(http::door::furl) == R"({"kind":"iam","id":"arn:aws:iam::123456789012:user/ada"})");
    CHECK(asked(http::door::alb) == "{}");
    CHECK(testing::invoke(who, testing::get("/me")).body() == "{}");
}

TEST_CASE("a body is text of any type, or any value that is JSON") {
    using namespace testing;
    const std::string text = R"({"id":7,"customer":"ada"})";
    const std::string_view view = text;
    const order value{7, "ada"};
    const std::vector<order> list{value, value};
    const std::string expected[] = {text, "[" + text + "," + text + "]"};
    const auto http_body = [](const http_request& r) {
        app<> shop;
        shop.on(http::post("/"), [](body<std::string_view> b) { return std::string(*b); });
        return testing::invoke(shop, r).body();
    };
    CHECK(http_body(post("/").body(view)) == expected[0]);
    CHECK(http_body(post("/").body(text)) == expected[0]);
    CHECK(http_body(post("/").body(text.c_str())) == expected[0]);
    CHECK(http_body(post("/").body(value)) == expected[0]);
    CHECK(http_body(post("/").body(list)) == expected[1]);
    CHECK(post("/").body(view, "text/plain").json() == post("/").body(text, "text/plain").json());
    CHECK(sqs_batch().message(view).json() == sqs_batch().message(value).json());
    CHECK(sns_notification().message(view).json() == sns_notification().message(value).json());
    CHECK(sns_notification().message(list).json()
          == sns_notification().message(expected[1]).json());
    CHECK(eventbridge_event("a", "b").detail(view).json()
          == eventbridge_event("a", "b").detail(value).json());
}
