// SPDX-License-Identifier: BSL-1.0
#include "samples.hpp"
#include "wire_arity.hpp"

#include <headrace/app.hpp>
#include <headrace/idempotency.hpp>
#include <headrace/json/decode.hpp>
#include <headrace/json/workspace.hpp>
#include <headrace/sources/kinesis.hpp>
#include <headrace/sources/recognise.hpp>
#include <headrace/sources/s3.hpp>
#include <headrace/sources/sqs.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/invoke.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;

namespace {

using texts = std::vector<std::string>;

struct order {
    std::uint64_t id = 0;
    std::string_view customer;
    static void wire(auto& self, auto&& field) {
        field("id", self.id).required();
        field("customer", self.customer);
    }
};

// A batch of which only what a test is about is there.
std::string batch_of(std::string_view records) {
    return R"({"Records":[)" + std::string(records) + "]}";
}

std::string_view source_of(std::string_view json) {
    workspace memory;
    const auto d = memory.load(json);
    REQUIRE(d);
    const auto* const source = recognise(*d);
    return source != nullptr ? source->info->id : std::string_view();
}

// Puts down whose records are handled; the order 14 is refused.
struct clerk {
    texts handled;
    app<> orders;

    clerk() {
        orders.on(kinesis::stream("orders"),
                  [this](body<order> o, const kinesis::record& r) -> outcome {
                      handled.emplace_back(r.kinesis.partition_key);
                      if (o->id == 14) return error::permanent("no such customer");
                      return outcome::ok();
                  });
    }
    testing::kinesis_batch batch() const { return testing::kinesis_batch("orders"); }
};

testing::kinesis_record put(std::string_view name, std::string data) {
    return {.data = std::move(data), .key = std::string(name), .sequence = std::string(name)};
}

} // namespace

TEST_CASE("a record is read in all its members") {
    const auto event = samples::decoded<kinesis::event>("kinesis");
    REQUIRE(event->records.size() == 3);
    const kinesis::record& r = event->records[0];
    CHECK(r.kinesis.schema_version == "1.0");
    CHECK(r.kinesis.partition_key == "customer-17");
    CHECK(r.kinesis.sequence_number.size() == 56);
    CHECK(r.kinesis.encryption_type.data() == nullptr);
    const auto arrived = r.kinesis.approximate_arrival_timestamp.time();
    REQUIRE(arrived.has_value());
    CHECK(arrived->time_since_epoch() == 1'795'559'447'168ms);
    CHECK(r.event_source == "aws:kinesis");
    CHECK(r.event_version == "1.0");
    CHECK(r.event_id == "shardId-000000000006:" + std::string(r.kinesis.sequence_number));
    CHECK(r.event_name == "aws:kinesis:record");
    CHECK(r.invoke_identity_arn == "arn:aws:iam::123456789012:role/orders-worker");
    CHECK(r.aws_region == "eu-central-1");
    CHECK(r.event_source_arn == "arn:aws:kinesis:eu-central-1:123456789012:stream/orders");
    CHECK(r.stream_arn() == r.event_source_arn);
    CHECK(r.stream_name() == "orders");
    CHECK(r.shard_id() == "shardId-000000000006");
    CHECK(*event->records[2].kinesis.approximate_arrival_timestamp.time() - *arrived == 834ms);
}

TEST_CASE("the data is bytes, decoded when it is asked for") {
    const auto event = samples::decoded<kinesis::event>("kinesis-batch");
    REQUIRE(event->records.size() == 4);
    const auto text = event->records[1].kinesis.data.bytes(event.memory());
    REQUIRE(text.has_value());
    CHECK(text->size() == std::string_view("an order by hand, and no JSON").size());
    const auto broken = event->records[2].kinesis.data.bytes(event.memory());
    REQUIRE_FALSE(broken.has_value());
    CHECK(broken.error().code == errc::bad_value);
    const auto as_order = [&](std::size_t i) {
        return kinesis::event::item_of(event->records[i]).body.as<order>(event.memory());
    };
    REQUIRE(as_order(0));
    CHECK(as_order(0)->id == 1005);
    CHECK(as_order(0)->customer == "Ada Verne");
    CHECK(as_order(1).error().code == errc::syntax);
    CHECK(as_order(2).error().code == errc::bad_value);
}

TEST_CASE("a consumer with enhanced fan-out reads the stream that its ARN begins with") {
    const auto event = samples::decoded<kinesis::event>("kinesis-fan-out");
    const kinesis::record& read = event->records[0];
    CHECK(read.event_source_arn.ends_with("/consumer/billing:1790000000"));
    CHECK(read.stream_arn() == "arn:aws:kinesis:eu-central-1:123456789012:stream/orders");
    CHECK(read.stream_name() == "orders");
    CHECK(read.kinesis.encryption_type == "KMS");
    struct row {
        std::string_view arn, stream;
    };
    const row rows[] = {
        {"arn:aws:kinesis:eu-central-1:1:stream/consumer", "consumer"},
        {"arn:aws:kinesis:eu-central-1:1:stream/consumer/consumer/consumer:1", "consumer"},
        {"arn:aws-cn:kinesis:cn-north-1:1:stream/a.b_c-d", "a.b_c-d"},
        {"orders", ""},
        {"", ""},
    };
    for (const row& each : rows) {
        CAPTURE(each.arn);
        kinesis::record r;
        r.event_source_arn = each.arn;
        CHECK(r.stream_name() == each.stream);
    }
}

TEST_CASE("a record whose eventID names no shard has none") {
    kinesis::record r;
    CHECK(r.shard_id().empty());
    r.event_id = "4966";
    CHECK(r.shard_id().empty());
}

TEST_CASE("an absent, null or empty sequence number is an error of its record") {
    for (const std::string_view payload :
         {R"({})", R"({"sequenceNumber":null})", R"({"sequenceNumber":""})"}) {
        CAPTURE(payload);
        const auto made = decode<kinesis::event>(batch_of(
            R"({"kinesis":{"sequenceNumber":"1"}},{"kinesis":)" + std::string(payload) + "}"));
        REQUIRE_FALSE(made.has_value());
        CHECK(made.error().code == errc::missing);
        CHECK(made.error().pointer == "/Records/1/kinesis/sequenceNumber");
    }
}

TEST_CASE("the wire lists of a stream's records name every member") {
    CHECK(wire_fault<kinesis::payload>() == "");
    CHECK(wire_fault<kinesis::record>() == "");
    CHECK(wire_fault<kinesis::event>() == "");
}

TEST_CASE("a batch is recognised by its source or by its payload, unless it is of a window") {
    CHECK(source_of(batch_of(R"({"eventSource":"aws:kinesis"})")) == "kinesis");
    CHECK(source_of(batch_of(R"({"eventSource":"kinesalite:kinesis","kinesis":{}})")) == "kinesis");
    CHECK(source_of(batch_of(R"({"kinesis":{}})")) == "kinesis");
    CHECK(source_of(R"({"Records":[{"kinesis":{}}],"window":null})") == "kinesis");
    CHECK(source_of(batch_of(R"({"eventSource":"aws:dynamodb","dynamodb":{}})")) == "");
    for (const std::string_view json :
         {R"({"Records":[{"eventSource":"aws:kinesis","kinesis":{}}],"window":{},"state":{}})",
          R"({"window":{},"state":{},"Records":[{"eventSource":"aws:kinesis","kinesis":{}}]})"}) {
        CAPTURE(json);
        CHECK(source_of(json) == "");
    }
}

// ---- routes -------------------------------------------------------------------------------------

TEST_CASE("streams are matched by name or ARN, and by shard, with wildcards") {
    struct row {
        std::string_view stream, shard;
        bool plain, fan_out;
    };
    const row rows[] = {
        {"orders", "*", true, true},
        {"ord*", "*", true, true},
        {"order", "*", false, false},
        {"orders/consumer/billing:1790000000", "*", false, false},
        {"arn:aws:kinesis:eu-central-1:123456789012:stream/orders", "*", true, true},
        {"arn:aws:kinesis:*:*:stream/o*", "*", true, true},
        {"arn:aws:kinesis:eu-west-1:*:stream/orders", "*", false, false},
        {"orders", "shardId-000000000006", true, false},
        {"orders", "shardId-*2", false, true},
        {"*", "shardId-00000000000?", true, true},
    };
    const auto plain = samples::decoded<kinesis::event>("kinesis");
    const auto fan_out = samples::decoded<kinesis::event>("kinesis-fan-out");
    for (const row& each : rows) {
        CAPTURE(each.stream);
        CAPTURE(each.shard);
        const auto matcher =
            kinesis::stream(std::string(each.stream)).shard(std::string(each.shard));
        CHECK(matcher.matches(plain->records[0]) == each.plain);
        CHECK(matcher.matches(fan_out->records[0]) == each.fan_out);
    }
    CHECK(kinesis::stream("orders").describe() == "kinesis stream orders");
    CHECK(kinesis::stream("orders").shard("s-1").describe() == "kinesis stream orders shard s-1");
}

TEST_CASE("a route of a shard goes before that of its stream, one of a stream before a pattern") {
    const auto orders = kinesis::stream("orders");
    const auto one = orders.shard("shardId-000000000001");
    CHECK(one.rank() > orders.rank());
    CHECK(one.rank() > orders.shard("shardId-*").rank());
    CHECK(orders.rank() > kinesis::stream("orders*").shard("shardId-000000000001").rank());
    CHECK(orders.covers(one));
    CHECK_FALSE(one.covers(orders));
    CHECK(one.overlaps(orders.shard("*1")));
    CHECK_FALSE(one.overlaps(orders.shard("*2")));
    CHECK(kinesis::stream("o*").overlaps(kinesis::stream("*s")));
    CHECK_FALSE(kinesis::stream("orders").overlaps(kinesis::stream("clicks")));
}

TEST_CASE("a route of a stream brings its batches and nothing else") {
    app streams;
    streams.on(kinesis::stream("orders"), [] {});
    REQUIRE(streams.build());
    for (const auto& source : known_sources()) {
        const bool brought = streams.built().dispatch_of(*source.info) != nullptr;
        CHECK(brought == (source.info->id == "kinesis"));
    }
}

TEST_CASE("an app without a route to streams fails, and the error names their header") {
    app queues;
    queues.on(sqs::queue("orders"), [] {});
    const auto reply = testing::invoke(queues, testing::kinesis_batch("orders").record("{}"));
    REQUIRE(reply.error());
    CHECK(reply.error()->code == errc::no_route);
    CHECK(reply.error()->message
          == "this app has no route to what kinesis sends; <headrace/sources/kinesis.hpp> has such "
             "routes");
}

// ---- from the event to the reply ----------------------------------------------------------------

TEST_CASE("a batch of which all succeed leaves an empty list") {
    clerk c;
    const auto reply = testing::invoke(
        c.orders, c.batch().record(put("1", R"({"id":1})")).record(put("2", R"({"id":2})")));
    CHECK(reply.text() == R"({"batchItemFailures":[]})");
    CHECK(c.handled == texts{"1", "2"});
    CHECK(testing::invoke(c.orders, samples::text<kinesis::event>("kinesis")).text()
          == R"({"batchItemFailures":[]})");
}

TEST_CASE("the first failure is the checkpoint, and nothing behind it begins") {
    clerk c;
    const auto reply = testing::invoke(c.orders, c.batch()
                                                     .record(put("1", R"({"id":1})"))
                                                     .record(put("2", R"({"id":2})"))
                                                     .record(put("3", R"({"id":14})"))
                                                     .record(put("4", R"({"id":4})"))
                                                     .record(put("5", R"({"id":14})")));
    CHECK(reply.text() == R"({"batchItemFailures":[{"itemIdentifier":"3"}]})");
    CHECK(c.handled == texts{"1", "2", "3"});
}

TEST_CASE("a partition key does not make an order of its own") {
    clerk c;
    const auto reply = testing::invoke(
        c.orders, c.batch()
                      .record({.data = R"({"id":14})", .key = "a", .sequence = "1"})
                      .record({.data = R"({"id":2})", .key = "b", .sequence = "2"}));
    CHECK(reply.text() == R"({"batchItemFailures":[{"itemIdentifier":"1"}]})");
    CHECK(c.handled == texts{"a"});
}

TEST_CASE("data that is no base64 or no JSON ends the batch at its record, and only there") {
    clerk c;
    const auto event = samples::decoded<kinesis::event>("kinesis-batch");
    const auto number = [&](std::size_t i) {
        return std::string(event->records[i].kinesis.sequence_number);
    };
    testing::world w;
    const auto text = samples::text<kinesis::event>("kinesis-batch");
    CHECK(testing::invoke(c.orders, text, w).failed_records() == texts{number(1)});
    CHECK(c.handled.size() == 1);

    // Whoever takes text stops at what is none.
    app lines;
    texts seen;
    lines.on(kinesis::stream("orders"),
             [&](body<std::string_view> line) { seen.emplace_back(*line); });
    CHECK(testing::invoke(lines, text, w).failed_records() == texts{number(2)});
    REQUIRE(seen.size() == 2);
    CHECK(seen[0].starts_with(R"({"id":1005,)"));
    CHECK(seen[1] == "an order by hand, and no JSON");

    // Whoever takes bytes need not decode them.
    app bytes;
    int taken = 0;
    bytes.on(kinesis::stream("orders"), [&](const kinesis::record&) { ++taken; });
    CHECK(testing::invoke(bytes, text, w).failed_records().empty());
    CHECK(taken == 4);
}

TEST_CASE("a record that cannot be read is the checkpoint; one without a name fails the batch") {
    clerk c;
    const std::string good = R"({"kinesis":{"sequenceNumber":"1","partitionKey":"1",)"
                             R"("data":"eyJpZCI6MX0="},"eventSource":"aws:kinesis",)"
                             R"("eventSourceARN":"arn:aws:kinesis:r:1:stream/orders"})";
    const auto with = [&](std::string_view other) {
        return testing::invoke(c.orders, batch_of(good + "," + std::string(other)));
    };
    CHECK(with(R"({"kinesis":{"sequenceNumber":"2","data":7},"eventSource":"aws:kinesis"})").text()
          == R"({"batchItemFailures":[{"itemIdentifier":"2"}]})");
    CHECK(c.handled == texts{"1"});
    const auto nameless = with(R"({"kinesis":{"data":""},"eventSource":"aws:kinesis"})");
    REQUIRE(nameless.error());
    CHECK(nameless.error()->pointer == "/Records/1/kinesis/sequenceNumber");
    CHECK(c.handled == texts{"1"});
}

TEST_CASE(
    "a record of another known source makes the batch malformed, one of an unknown does not") {
    clerk c;
    const auto with = [&](std::string_view source) {
        std::string record = R"({"kinesis":{"sequenceNumber":"1","partitionKey":"1",)"
                             R"("data":"eyJpZCI6MX0="},"eventSource":"aws:kinesis",)"
                             R"("eventSourceARN":"arn:aws:kinesis:r:1:stream/orders"},)"
                             R"({"kinesis":{"sequenceNumber":"2","partitionKey":"2",)"
                             R"("data":"eyJpZCI6Mn0="},"eventSource":")";
        record +=
            std::string(source) + R"(","eventSourceARN":"arn:aws:kinesis:r:1:stream/orders"})";
        return testing::invoke(c.orders, batch_of(record));
    };
    CHECK(with("kinesalite:kinesis").text() == R"({"batchItemFailures":[]})");
    CHECK(c.handled == texts{"1", "2"});
    const auto mixed = with("aws:sqs");
    REQUIRE(mixed.error());
    CHECK(mixed.error()->kind == error_class::malformed);
    CHECK(c.handled == texts{"1", "2"});
}

TEST_CASE("a stream that no route takes stops at its first record") {
    clerk c;
    testing::world w;
    const auto reply =
        testing::invoke(c.orders, testing::kinesis_batch("clicks").record(put("7", "{}")), w);
    CHECK(reply.text() == R"({"batchItemFailures":[{"itemIdentifier":"7"}]})");
    CHECK(w.log.lines().front().find("no route takes stream clicks and shard shardId-000000000000")
          != std::string::npos);
}

TEST_CASE("what lies in a stream is not opened: its records are for routes of the stream") {
    app files;
    int handled = 0;
    files.on(s3::bucket("uploads"), [&] { ++handled; });
    files.on(kinesis::stream("clicks"), [&] { ++handled; });
    const auto file = testing::s3_notification("uploads").created("k").json();
    CHECK(testing::invoke(files, testing::kinesis_batch("orders").record(put("1", file)))
              .failed_records()
          == texts{"1"});
    CHECK(handled == 0);
    CHECK(testing::invoke(files, file).succeeded());
    CHECK(handled == 1);
}

TEST_CASE("the natural key is the stream with the eventID, whoever reads it") {
    idempotency::memory_store seen;
    app<chain<idempotent<>>> once{chain{idempotent{seen}}};
    int handled = 0;
    once.on(kinesis::stream("*"), [&] { ++handled; });
    const auto times = [&](const testing::kinesis_batch& batch) {
        const int before = handled;
        CHECK(testing::invoke(once, batch).failed_records().empty());
        return handled - before;
    };
    const auto batch = [](std::string stream) {
        return testing::kinesis_batch(std::move(stream)).record(put("1", "a"));
    };
    CHECK(times(batch("orders")) == 1);
    CHECK(times(batch("orders")) == 0);
    CHECK(times(batch("orders").consumer("billing")) == 0);
    CHECK(times(batch("orders").record(put("2", "a"))) == 1); // with a new one in another batch
    CHECK(times(batch("orders").shard("shardId-000000000001")) == 1);
    CHECK(times(batch("clicks")) == 1);
}
