// SPDX-License-Identifier: BSL-1.0
#include "samples.hpp"
#include "wire_arity.hpp"

#include <headrace/sources/sns.hpp>
#include <headrace/sources/sqs.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace headrace;

TEST_CASE("a notification is read in all its members") {
    const auto event = samples::decoded<sns::event>("sns");
    REQUIRE(event->records.size() == 1);
    const sns::record& r = event->records[0];
    CHECK(r.event_source == "aws:sns");
    CHECK(r.event_version == "1.0");
    CHECK(r.event_subscription_arn.starts_with("arn:aws:sns:eu-central-1:123456789012:orders:"));
    CHECK(r.sns.type == "Notification");
    CHECK(r.sns.message_id.size() == 36);
    CHECK(r.sns.topic_name() == "orders");
    CHECK(r.sns.subject == "Order 1009");
    CHECK(r.sns.message.starts_with(R"({"id":1009,)"));
    CHECK(iso_text(*r.sns.timestamp.time()) == "2026-11-24T22:30:47.201Z");
    CHECK(r.sns.signature_version == "1");
    CHECK(r.sns.signature.size() == 344);
    CHECK(r.sns.certificate_link() == r.sns.signing_cert_url);
    CHECK(r.sns.unsubscribe_link() == r.sns.unsubscribe_url);
    CHECK(r.sns.certificate_link().starts_with("https://sns.eu-central-1."));
}

TEST_CASE("the attributes of a notification have a type and a value") {
    const auto event = samples::decoded<sns::event>("sns");
    const auto& all = event->records[0].sns.message_attributes;
    REQUIRE(all.size() == 4);
    CHECK(all.find("tenant")->type == "String");
    CHECK(all.find("tenant")->value == "blue-river");
    CHECK(all.find("channels")->type == "String.Array");
    const auto bytes = all.find("checksum")->bytes(event.memory());
    REQUIRE(bytes.has_value());
    CHECK(bytes->size() == 32);
    CHECK(all.find("channels")->bytes(event.memory()).error().code == errc::bad_value);
    CHECK(sns::attribute().bytes(event.memory()).error().code == errc::missing);
}

TEST_CASE("a notification without a subject has none") {
    const auto event = samples::decoded<sns::event>("sns-text");
    CHECK(event->records[0].sns.subject.data() == nullptr);
    CHECK(event->records[0].sns.message == "The weir is closed from 22:00 to 02:00.");
}

TEST_CASE("the envelope in a queue spells its links otherwise") {
    const auto event = samples::decoded<sqs::event>("sns-in-sqs");
    const auto envelope = decode<sns::envelope>(event.memory(), event->records[0].body);
    REQUIRE(envelope.has_value());
    CHECK(envelope->topic_name() == "orders");
    CHECK(envelope->signing_cert_url.empty());
    CHECK(envelope->certificate_link().starts_with("https://sns.eu-central-1."));
    CHECK(envelope->unsubscribe_link().starts_with("https://sns.eu-central-1."));
    CHECK(encode(*envelope) == event->records[0].body);
}

TEST_CASE("a FIFO topic numbers its notifications and does not sign them") {
    const auto event = samples::decoded<sqs::event>("sns-fifo-in-sqs");
    const auto envelope = decode<sns::envelope>(event.memory(), event->records[0].body);
    REQUIRE(envelope.has_value());
    CHECK(envelope->topic_name() == "orders.fifo");
    CHECK(envelope->sequence_number == "10000000000000003072");
    CHECK(envelope->signature.data() == nullptr);
    CHECK(envelope->certificate_link().empty());
}

TEST_CASE("what SNS asks of a new subscriber is read as well") {
    const auto asked = samples::decoded<sns::envelope>("sns-subscription");
    CHECK(asked->type == "SubscriptionConfirmation");
    CHECK(asked->token.size() == 360);
    CHECK(asked->subscribe_url.ends_with(asked->token));
}

TEST_CASE("with raw delivery the attributes are those of the SQS message") {
    const auto event = samples::decoded<sqs::event>("sns-in-sqs-raw");
    const sqs::message& m = event->records[0];
    CHECK(m.body.starts_with(R"({"id":1007,)"));
    CHECK(m.message_attributes.find("channels")->data_type == "String.Array");
}

TEST_CASE("the wire lists name every member") {
    CHECK(wire_fault<sns::attribute>() == "");
    CHECK(wire_fault<sns::notification>() == "");
    CHECK(wire_fault<sns::record>() == "");
    CHECK(wire_fault<sns::event>() == "");
}

TEST_CASE("topics are matched by name or ARN, with wildcards") {
    const auto event = samples::decoded<sns::event>("sns");
    const sns::notification& n = event->records[0].sns;
    for (const auto pattern :
         {"orders", "order?", "arn:aws:sns:eu-central-1:123456789012:orders", "arn:*:orders"}) {
        CAPTURE(pattern);
        CHECK(sns::topic(pattern).matches(n));
        CHECK(sns::topic(pattern).describe() == "sns topic " + std::string(pattern));
    }
    for (const auto pattern : {"order", "operations", "arn:aws:sns:eu-central-1:1:orders"}) {
        CAPTURE(pattern);
        CHECK_FALSE(sns::topic(pattern).matches(n));
    }
    CHECK(sns::topic("orders").rank() > sns::topic("order?").rank());
    CHECK(sns::topic("order?").overlaps(sns::topic("*s")));
    CHECK(sns::topic("order?").covers(sns::topic("orders")));
    CHECK_FALSE(sns::topic("orders").covers(sns::topic("order?")));
}
