// SPDX-License-Identifier: BSL-1.0
#include "samples.hpp"
#include "wire_arity.hpp"

#include <headrace/sources/eventbridge.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string_view>

using namespace headrace;

namespace {

struct order_placed {
    struct order {
        std::uint64_t id = 0;
        std::string_view customer;
        static void wire(auto& self, auto&& field) {
            field("id", self.id).required();
            field("customer", self.customer);
        }
    };
    order placed;
    std::string_view channel;
    static void wire(auto& self, auto&& field) {
        field("order", self.placed);
        field("channel", self.channel);
    }
};

} // namespace

TEST_CASE("an event of one's own application is read in all its members") {
    const auto event = samples::decoded<eventbridge::event>("eventbridge");
    CHECK(event->version.text() == R"("0")");
    CHECK(event->id.size() == 36);
    CHECK(event->detail_type == "Order Placed");
    CHECK(event->source == "com.example.orders");
    CHECK(event->account == "123456789012");
    CHECK(event->time.text() == "2026-11-24T22:30:47Z");
    CHECK(event->region == "eu-central-1");
    CHECK(event->resources.empty());
    CHECK(event->replay_name.data() == nullptr);
    const auto detail = event->detail.as<order_placed>(event.memory());
    REQUIRE(detail.has_value());
    CHECK(detail->placed.id == 1001);
    CHECK(detail->placed.customer == "Ada Verne");
    CHECK(detail->channel == "web");
}

TEST_CASE("a replayed event names its replay") {
    const auto event = samples::decoded<eventbridge::event>("eventbridge-replay");
    CHECK(event->replay_name == "after-the-outage");
}

TEST_CASE("the resources of a service's event are listed") {
    const auto event = samples::decoded<eventbridge::event>("eventbridge-s3");
    REQUIRE(event->resources.size() == 1);
    CHECK(event->resources[0] == "arn:aws:s3:::orders-uploads");
}

TEST_CASE("versions may be numbers and details may be anything or absent") {
    const auto made =
        decode<eventbridge::event>(R"({"version":1,"detail-type":"x","source":"y","detail":"{}"})");
    REQUIRE(made.has_value());
    CHECK((*made)->version.text() == "1");
    CHECK((*made)->detail.text() == R"("{}")");
    const auto none = decode<eventbridge::event>(R"({"detail-type":"x","source":"y"})");
    REQUIRE(none.has_value());
    CHECK((*none)->detail.empty());
}

TEST_CASE("the wire lists name every member") { CHECK(wire_fault<eventbridge::event>() == ""); }

TEST_CASE("events are matched by source and detail-type, with wildcards") {
    const auto event = samples::decoded<eventbridge::event>("eventbridge");
    const auto ours = eventbridge::source("com.example.orders");
    CHECK(ours.matches(*event));
    CHECK(ours.detail_type("Order Placed").matches(*event));
    CHECK(eventbridge::detail_type("Order *").source("com.example.*").matches(*event));
    CHECK(eventbridge::source("*").matches(*event));
    CHECK_FALSE(ours.detail_type("Order Shipped").matches(*event));
    CHECK_FALSE(eventbridge::source("com.example").matches(*event));
    CHECK(ours.detail_type("Order *").describe() == "eventbridge com.example.orders / Order *");
    CHECK(ours.detail_type("Order Placed").rank() > ours.rank());
    CHECK(ours.rank() > eventbridge::detail_type("Order Placed").rank());
    CHECK(ours.overlaps(eventbridge::detail_type("Order Placed")));
    CHECK(ours.covers(ours.detail_type("Order Placed")));
    CHECK_FALSE(ours.covers(eventbridge::detail_type("Order Placed")));
    CHECK_FALSE(ours.overlaps(eventbridge::source("com.example.bills")));
}
