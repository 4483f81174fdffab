// SPDX-License-Identifier: BSL-1.0
#include "samples.hpp"
#include "wire_arity.hpp"

#include <headrace/json/decode.hpp>
#include <headrace/sources/s3.hpp>
#include <headrace/sources/sns.hpp>
#include <headrace/sources/sqs.hpp>

#include <doctest/doctest.h>

#include <compare>
#include <string>
#include <string_view>

using namespace headrace;

TEST_CASE("the notification about a new object is read in all its members") {
    const auto event = samples::decoded<s3::event>("s3-put");
    REQUIRE(event->records.size() == 1);
    const s3::record& r = event->records[0];
    CHECK(r.event_version == "2.5");
    CHECK(r.event_source == "aws:s3");
    CHECK(r.aws_region == "eu-central-1");
    CHECK(iso_text(*r.event_time.time()) == "2026-11-24T22:30:47.618Z");
    CHECK(r.event_name == s3::event_name::created_put);
    CHECK(r.is_created());
    CHECK_FALSE(r.is_removed());
    CHECK_FALSE(r.is_expired());
    CHECK(r.user_identity.principal_id == "AWS:AROAQ3EGTORDERSHOP7XZ:importer");
    CHECK(r.request_parameters.source_ip_address == "10.24.7.19");
    CHECK(r.response_elements.request_id.size() == 16);
    CHECK(r.response_elements.host_id.size() == 76);
    CHECK(r.s3.schema_version == "1.0");
    CHECK(r.s3.configuration_id == "orders-import");
    CHECK(r.s3.bucket.name == "orders-uploads");
    CHECK(r.s3.bucket.owner_identity.principal_id == "A3ORDERSHOP2OX");
    CHECK(r.s3.bucket.arn == "arn:aws:s3:::orders-uploads");
    CHECK(r.s3.object.key.text() == "in/2026-11-24/orders.csv");
    CHECK(r.s3.object.size == 18342u);
    CHECK(r.s3.object.etag.size() == 32);
    CHECK(r.s3.object.version_id.data() == nullptr);
    CHECK(r.s3.object.sequencer.text() == "0067B1F0A4C29E3D11");
    CHECK_FALSE(r.glacier);
    CHECK_FALSE(r.replication);
}

TEST_CASE("keys are decoded, sizes pass 4 GiB and generated tags keep their colons") {
    const auto event = samples::decoded<s3::event>("s3-multipart");
    const s3::entity& e = event->records[0].s3;
    CHECK(e.object.key.text() == "in/Best%C3%A4nde+Q4+%28100%25%29.csv");
    CHECK(e.object.key.text(event.memory()) == "in/Bestände Q4 (100%).csv");
    CHECK(e.object.size == 6'442'450'944u);
    REQUIRE(e.bucket.aws_generated_tags.find("aws:cloudformation:stack-name") != nullptr);
    CHECK(*e.bucket.aws_generated_tags.find("aws:cloudformation:stack-name") == "orders");
}

TEST_CASE("a record of any version of the structure is read, whatever members it has besides") {
    for (const std::string version : {"2.0", "2.1", "2.3", "2.4", "2.6", "2.17", "3.0"}) {
        const auto event = decode<s3::event>(
            R"({"Records":[{"eventVersion":")" + version
            + R"(","eventSource":"aws:s3","eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"b",)"
              R"("later":{"a":[1]}},"object":{"key":"k","later":null}},"later":"x"}]})");
        REQUIRE(event);
        CHECK((*event)->records[0].event_version == version);
        CHECK((*event)->records[0].s3.object.key.text() == "k");
    }
}

TEST_CASE("the notification about a deleted object has no size and no etag") {
    const auto event = samples::decoded<s3::event>("s3-delete");
    const s3::record& r = event->records[0];
    CHECK(r.is_removed());
    CHECK_FALSE(r.s3.object.size);
    CHECK(r.s3.object.etag.data() == nullptr);
    const auto marker = samples::decoded<s3::event>("s3-delete-marker");
    CHECK(marker->records[0].is_removed());
    CHECK(marker->records[0].event_name == s3::event_name::removed_marker);
}

TEST_CASE("event names are understood with and without their prefix") {
    struct row {
        std::string_view wire, name;
        bool created, removed, expired;
    };
    const row rows[] = {
        {"ObjectCreated:Put", s3::event_name::created_put, true, false, false},
        {"s3:ObjectCreated:Copy", s3::event_name::created_copy, true, false, false},
        {"s3:ObjectRemoved:Delete", s3::event_name::removed_delete, false, true, false},
        {"LifecycleExpiration:Delete", s3::event_name::lifecycle_delete, false, true, true},
        {"s3:LifecycleExpiration:DeleteMarkerCreated", s3::event_name::lifecycle_marker, false,
         true, true},
        {"LifecycleTransition", s3::event_name::lifecycle_transition, false, false, false},
        {"ObjectCreatedLater:Put", "ObjectCreatedLater:Put", false, false, false},
        {"", "", false, false, false},
    };
    for (const row& each : rows) {
        CAPTURE(each.wire);
        s3::record r;
        r.event_name = each.wire;
        CHECK(r.name() == each.name);
        CHECK(r.is_created() == each.created);
        CHECK(r.is_removed() == each.removed);
        CHECK(r.is_expired() == each.expired);
    }
}

TEST_CASE("each kind of event brings its own data") {
    const auto restored = samples::decoded<s3::event>("s3-restore");
    REQUIRE(restored->records[0].glacier);
    REQUIRE(restored->records[0].glacier->restore);
    CHECK(restored->records[0].glacier->restore->storage_class == "GLACIER");
    CHECK(iso_text(*restored->records[0].glacier->restore->expiry_time.time())
          == "2026-12-01T00:00:00.000Z");

    const auto replicated = samples::decoded<s3::event>("s3-replication");
    const auto& replication = replicated->records[0].replication;
    REQUIRE(replication);
    CHECK(replication->rule_id == "to-ireland");
    CHECK(replication->destination_bucket == "arn:aws:s3:::orders-uploads-ireland");
    CHECK(replication->operation == "OBJECT_PUT");
    CHECK(*replication->threshold.value() == 15);
    CHECK(replication->request_time.time().has_value());
    CHECK(replication->replication_time.time().has_value());

    const auto moved = samples::decoded<s3::event>("s3-lifecycle");
    CHECK(moved->records[0].name() == s3::event_name::lifecycle_transition);
    REQUIRE(moved->records[0].lifecycle);
    REQUIRE(moved->records[0].lifecycle->transition);
    CHECK(moved->records[0].lifecycle->transition->destination_storage_class == "DEEP_ARCHIVE");

    const auto tiered = samples::decoded<s3::event>("s3-tiering");
    CHECK(tiered->records[0].name() == s3::event_name::intelligent_tiering);
    REQUIRE(tiered->records[0].intelligent_tiering);
    CHECK(tiered->records[0].intelligent_tiering->destination_access_tier == "ARCHIVE_ACCESS");
}

TEST_CASE("sequencers of any length are compared as hexadecimal numbers") {
    using s3::sequencer;
    CHECK(sequencer("0067B1F0A4C29E3D11").compare(sequencer("0067B1F0A4D5170C2E"))
          == std::partial_ordering::less);
    CHECK(sequencer("10").compare(sequencer("9")) == std::partial_ordering::greater);
    CHECK(sequencer("000A").compare(sequencer("a")) == std::partial_ordering::equivalent);
    CHECK(sequencer("0").compare(sequencer("000")) == std::partial_ordering::equivalent);
    CHECK(sequencer("FF").compare(sequencer("0100")) == std::partial_ordering::less);
    CHECK(sequencer("b").compare(sequencer("A")) == std::partial_ordering::greater);
    for (const std::string_view text : {"", "xyz", "12 ", "-1"}) {
        CAPTURE(text);
        CHECK(sequencer(text).compare(sequencer("1")) == std::partial_ordering::unordered);
        CHECK(sequencer("1").compare(sequencer(text)) == std::partial_ordering::unordered);
    }
    CHECK(sequencer().compare(sequencer()) == std::partial_ordering::unordered);
    CHECK(sequencer("a") != sequencer("A"));
}

TEST_CASE("a notification in SNS in SQS is the notification itself") {
    const auto event = samples::decoded<sqs::event>("s3-in-sns-in-sqs");
    const auto envelope = decode<sns::envelope>(event.memory(), event->records[0].body);
    REQUIRE(envelope.has_value());
    const auto inner = decode<s3::event>(event.memory(), envelope->message);
    REQUIRE(inner.has_value());
    CHECK(inner->records[0].s3.object.key.text() == "in/2026-11-24/orders.csv");
    CHECK(encode(*inner) == envelope->message);
}

TEST_CASE("the test message of a new configuration is read") {
    const auto test = samples::decoded<s3::test_event>("s3-test");
    CHECK(test->service == "Amazon S3");
    CHECK(test->event == "s3:TestEvent");
    CHECK(test->bucket == "orders-uploads");
    CHECK(iso_text(*test->time.time()) == "2026-11-24T22:12:03.774Z");
    CHECK(test->request_id.size() == 16);
    CHECK(test->host_id.size() == 76);
}

TEST_CASE("the wire lists name every member") {
    CHECK(wire_fault<s3::identity>() == "");
    CHECK(wire_fault<s3::request_info>() == "");
    CHECK(wire_fault<s3::response_info>() == "");
    CHECK(wire_fault<s3::bucket_info>() == "");
    CHECK(wire_fault<s3::object_info>() == "");
    CHECK(wire_fault<s3::entity>() == "");
    CHECK(wire_fault<s3::restore_data>() == "");
    CHECK(wire_fault<s3::glacier_data>() == "");
    CHECK(wire_fault<s3::replication_data>() == "");
    CHECK(wire_fault<s3::transition_data>() == "");
    CHECK(wire_fault<s3::lifecycle_data>() == "");
    CHECK(wire_fault<s3::intelligent_tiering_data>() == "");
    CHECK(wire_fault<s3::record>() == "");
    CHECK(wire_fault<s3::event>() == "");
    CHECK(wire_fault<s3::test_event>() == "");
}

TEST_CASE("buckets are matched by name, event, and both ends of the decoded key") {
    const auto matches = [](const s3::bucket_matcher& matcher, std::string_view sample) {
        const auto event = samples::decoded<s3::event>(sample);
        const s3::record& r = event->records[0];
        return matcher.matches({r, r.s3.object.key.text(event.memory())});
    };
    const auto uploads = s3::bucket("orders-uploads");
    CHECK(matches(uploads, "s3-put"));
    CHECK(matches(uploads, "s3-delete"));
    CHECK(matches(s3::bucket("orders-*"), "s3-put"));
    CHECK_FALSE(matches(s3::bucket("orders"), "s3-put"));
    CHECK(matches(uploads.created(), "s3-put"));
    CHECK_FALSE(matches(uploads.created(), "s3-delete"));
    CHECK(matches(uploads.removed(), "s3-delete"));
    CHECK(matches(uploads.removed(), "s3-delete-marker"));
    CHECK_FALSE(matches(uploads.removed(), "s3-put"));
    CHECK(matches(uploads.event_named("LifecycleTransition"), "s3-lifecycle"));
    CHECK_FALSE(matches(uploads.event_named("LifecycleTransition"), "s3-tiering"));
    CHECK(matches(uploads.prefix("in/Bestände Q4 (").suffix("%).csv"), "s3-multipart"));
    CHECK_FALSE(matches(uploads.prefix("in/Best%C3%A4nde"), "s3-multipart"));
    CHECK_FALSE(matches(uploads.suffix(".txt"), "s3-put"));
}

TEST_CASE("the more a bucket route asks for, the earlier it is asked") {
    const auto uploads = s3::bucket("uploads");
    CHECK(uploads.rank() > s3::bucket("upload*").prefix("in/").created().rank());
    CHECK(uploads.prefix("in/2026/").rank() > uploads.prefix("in/").suffix(".csv").rank());
    CHECK(uploads.suffix(".csv").rank() > uploads.created().rank());
    CHECK(uploads.created().rank() > uploads.rank());
    CHECK(uploads.event_named("ObjectCreated:Put").rank() > uploads.created().rank());
    CHECK(uploads.describe() == "s3 bucket uploads");
    CHECK(uploads.removed().prefix("in/").suffix(".csv").describe()
          == "s3 bucket uploads ObjectRemoved:*,LifecycleExpiration:* key in/*.csv");
}

TEST_CASE("bucket routes that take the same records are told") {
    const auto uploads = s3::bucket("uploads");
    CHECK(uploads.overlaps(s3::bucket("up*")));
    CHECK(uploads.created().overlaps(uploads.event_named("ObjectCreated:Put")));
    CHECK_FALSE(uploads.created().overlaps(uploads.removed()));
    CHECK(uploads.prefix("in/").overlaps(uploads.prefix("in/2026")));
    CHECK_FALSE(uploads.prefix("in/").overlaps(uploads.prefix("out/")));
    CHECK_FALSE(uploads.suffix(".csv").overlaps(uploads.suffix(".txt")));
    CHECK(uploads.covers(uploads.created().prefix("in/")));
    CHECK(uploads.created().covers(uploads.event_named("ObjectCreated:Put")));
    CHECK_FALSE(uploads.created().covers(uploads));
    CHECK_FALSE(uploads.prefix("in/2026").covers(uploads.prefix("in/")));
    CHECK(uploads.suffix("csv").covers(uploads.suffix(".csv")));
}
