// SPDX-License-Identifier: BSL-1.0
#include "samples.hpp"
#include "wire_arity.hpp"

#include <headrace/sources/sqs.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <string_view>

using namespace headrace;
using namespace std::chrono_literals;

TEST_CASE("a message of a standard queue is read in all its members") {
    const auto event = samples::decoded<sqs::event>("sqs");
    REQUIRE(event->records.size() == 3);
    const sqs::message& m = event->records[0];
    CHECK(m.message_id.size() == 36);
    CHECK(m.receipt_handle.size() > 400);
    CHECK(m.body.starts_with(R"({"id":1001,)"));
    CHECK(*m.attributes.approximate_receive_count.value() == 1);
    CHECK(m.attributes.sender_id == "AROAQ3EGTORDERSHOP7XZ:orders-api");
    const auto sent = m.attributes.sent_timestamp.time();
    const auto received = m.attributes.approximate_first_receive_timestamp.time();
    REQUIRE(sent.has_value());
    REQUIRE(received.has_value());
    CHECK(*received - *sent == 35ms);
    CHECK(m.attributes.sequence_number.data() == nullptr);
    CHECK(m.message_attributes.empty());
    CHECK(m.md5_of_body.size() == 32);
    CHECK(m.event_source == "aws:sqs");
    CHECK(m.event_source_arn == "arn:aws:sqs:eu-central-1:123456789012:orders");
    CHECK(m.queue_name() == "orders");
    CHECK(m.aws_region == "eu-central-1");
    CHECK_FALSE(m.is_fifo());
}

TEST_CASE("a message of a FIFO queue has its group, number and deduplication id") {
    const auto event = samples::decoded<sqs::event>("sqs-fifo");
    REQUIRE(event->records.size() == 3);
    for (const sqs::message& m : event->records) {
        CHECK(m.is_fifo());
        CHECK(m.queue_name() == "orders.fifo");
        CHECK(m.attributes.message_deduplication_id.size() == 64);
        CHECK(m.attributes.sequence_number.size() == 20);
    }
    CHECK(event->records[0].attributes.message_group_id == "customer-17");
    CHECK(event->records[1].attributes.message_group_id == "customer-42");
}

TEST_CASE("a message group alone does not make a queue a FIFO queue") {
    const auto event = samples::decoded<sqs::event>("sqs-fair");
    CHECK(event->records[0].attributes.message_group_id == "blue-river");
    CHECK_FALSE(event->records[0].is_fifo());
}

TEST_CASE("message attributes have their type with its label, and text or bytes") {
    const auto event = samples::decoded<sqs::event>("sqs-attributes");
    const sqs::message& m = event->records[0];
    CHECK(m.attributes.aws_trace_header.starts_with("Root=1-"));
    CHECK(m.md5_of_message_attributes.size() == 32);
    const auto& all = m.message_attributes;
    REQUIRE(all.size() == 6);
    const auto get = [&](std::string_view name) {
        const sqs::attribute* found = all.find(name);
        REQUIRE(found != nullptr);
        return *found;
    };
    CHECK(get("tenant").string_value == "blue-river");
    CHECK(get("tenant").base_type() == "String");
    CHECK(get("weight").data_type == "Number.float");
    CHECK(get("weight").base_type() == "Number");
    CHECK(get("weight").string_value == "12.750");
    const auto png = get("thumbnail");
    CHECK(png.base_type() == "Binary");
    CHECK(png.string_value.data() == nullptr);
    const auto bytes = png.binary_value.bytes(event.memory());
    REQUIRE(bytes.has_value());
    CHECK(bytes->size() == 8);
    CHECK(std::to_integer<int>((*bytes)[0]) == 0x89);
    CHECK(sqs::attribute().base_type().empty());
}

TEST_CASE("lists in message attributes are read as well") {
    const auto made = decode<sqs::event>(
        R"({"Records":[{"messageId":"m","messageAttributes":{"a":{"stringListValues":["x",""],)"
        R"("binaryListValues":["AQ==","Ag=="],"dataType":"Binary"}}}]})");
    REQUIRE(made.has_value());
    const auto& event = *made;
    const auto* a = event->records[0].message_attributes.find("a");
    REQUIRE(a != nullptr);
    REQUIRE(a->string_list_values.size() == 2);
    CHECK(a->string_list_values[0] == "x");
    REQUIRE(a->binary_list_values.size() == 2);
    CHECK(a->binary_list_values[1].bytes(event.memory())->size() == 1);
}

TEST_CASE("a message from a dead-letter queue knows where it came from") {
    const auto event = samples::decoded<sqs::event>("sqs-redriven");
    const sqs::message& m = event->records[0];
    CHECK(m.queue_name() == "orders-dead-letters");
    CHECK(m.attributes.dead_letter_queue_source_arn
          == "arn:aws:sqs:eu-central-1:123456789012:orders");
    CHECK(*m.attributes.approximate_receive_count.value() == 4);
}

TEST_CASE("an absent, null or empty messageId is an error of its record") {
    for (const std::string_view message :
         {R"({})", R"({"messageId":null})", R"({"messageId":""})"}) {
        CAPTURE(message);
        const auto made =
            decode<sqs::event>(R"({"Records":[{"messageId":"m"},)" + std::string(message) + "]}");
        REQUIRE_FALSE(made.has_value());
        CHECK(made.error().code == errc::missing);
        CHECK(made.error().pointer == "/Records/1/messageId");
    }
}

TEST_CASE("a message needs nothing but its messageId") {
    const auto made = decode<sqs::event>(R"({"Records":[{"messageId":"m"}]})");
    REQUIRE(made.has_value());
    const auto& event = *made;
    const sqs::message& m = event->records[0];
    CHECK(m.queue_name().empty());
    CHECK_FALSE(m.is_fifo());
    CHECK(m.attributes.approximate_receive_count.value().error().code == errc::missing);
}

TEST_CASE("a queue that is not named by an ARN has no name") {
    sqs::message m;
    for (const std::string_view arn : {"", "orders", "arn:aws:sqs", "arn:aws:sqs:eu-central-1:1"}) {
        CAPTURE(arn);
        m.event_source_arn = arn;
        CHECK(m.queue_name().empty());
    }
}

TEST_CASE("the wire lists name every member") {
    CHECK(wire_fault<sqs::attribute>() == "");
    CHECK(wire_fault<sqs::system_attributes>() == "");
    CHECK(wire_fault<sqs::message>() == "");
    CHECK(wire_fault<sqs::event>() == "");
}

TEST_CASE("queues are matched by name or ARN, with wildcards") {
    struct row {
        std::string_view pattern;
        bool plain, fifo;
    };
    const row rows[] = {
        {"orders", true, false},
        {"orders*", true, true},
        {"orders.fifo", false, true},
        {"order", false, false},
        {"arn:aws:sqs:eu-central-1:123456789012:orders", true, false},
        {"arn:aws:sqs:*:*:orders*", true, true},
        {"arn:aws:sqs:eu-west-1:*:orders", false, false},
        {"*", true, true},
    };
    const auto plain = samples::decoded<sqs::event>("sqs");
    const auto fifo = samples::decoded<sqs::event>("sqs-fifo");
    for (const row& each : rows) {
        CAPTURE(each.pattern);
        const auto matcher = sqs::queue(std::string(each.pattern));
        CHECK(matcher.matches(plain->records[0]) == each.plain);
        CHECK(matcher.matches(fifo->records[0]) == each.fifo);
        CHECK(matcher.describe() == "sqs queue " + std::string(each.pattern));
    }
    CHECK(sqs::queue("orders").rank() > sqs::queue("orders*").rank());
    CHECK(sqs::queue("orders*").overlaps(sqs::queue("*.fifo")));
    CHECK(sqs::queue("orders*").covers(sqs::queue("orders.fifo")));
    CHECK_FALSE(sqs::queue("orders").covers(sqs::queue("orders*")));
}
