// SPDX-License-Identifier: BSL-1.0
#include <headrace/layers/sinks/aws.hpp>

#include <headrace/app.hpp>
#include <headrace/sources/sqs.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/invoke.hpp>

#include "records.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace headrace;

namespace {

struct sent {
    std::string to;
    std::string body;
    std::vector<std::pair<std::string, std::string>> attributes; // "name:type"
    std::string group;
    std::string deduplication_id;

    [[nodiscard]] std::string attribute(std::string_view name) const {
        for (const auto& [each, value] : attributes) {
            if (each == name) return value;
        }
        return "none";
    }
};

// Records what it is asked to do.
struct fake_client {
    std::vector<sent> all;
    std::optional<error> refusal;

    result<void> note(std::string_view to, std::string_view body,
                      std::span<const message_attribute> attributes, std::string_view group,
                      std::string_view id) {
        if (refusal) return *refusal;
        auto& s = all.emplace_back();
        s.to = to;
        s.body = body;
        for (const auto& [name, type, value] : attributes) {
            s.attributes.emplace_back(std::string(name).append(":").append(type), value);
        }
        s.group = group;
        s.deduplication_id = id;
        return {};
    }
    result<void> send_message(const queue_message& m) {
        return note(m.queue_url, m.body, m.attributes, m.group, m.deduplication_id);
    }
    result<void> publish(const topic_message& m) {
        return note(m.topic_arn, m.message, m.attributes, m.group, m.deduplication_id);
    }
    result<void> put_object(const bucket_object& o) {
        if (o.content_type != "application/json") return error::bug("another type");
        return note(std::string(o.bucket).append("/").append(o.key), o.body, {}, {}, {});
    }
};

constexpr std::string_view url = "https://sqs.eu-central-1.amazonaws.com/1/orders-dead";
constexpr std::string_view topic = "arn:aws:sns:eu-central-1:1:orders-dead";

} // namespace

static_assert(dead_letter_sink<sqs_sink<fake_client>> && dead_letter_sink<sns_sink<fake_client>>
              && dead_letter_sink<s3_sink<fake_client>>);

TEST_CASE("a queue gets the message as it was, and beside it why it was rejected") {
    fake_client client;
    const sinks::some_record one;
    CHECK(sqs_sink{client, std::string(url)}.write(one.about));
    CHECK(sns_sink{client, std::string(topic)}.write(one.about));
    REQUIRE(client.all.size() == 2);
    CHECK(client.all[0].to == url);
    CHECK(client.all[1].to == topic);
    for (const auto& s : client.all) {
        CHECK(s.body == "{}");
        CHECK(s.attributes
              == decltype(s.attributes){{"ErrorMessage:String", "the total is negative"},
                                        {"ErrorClass:String", "invalid"},
                                        {"ErrorCode:String", "custom"},
                                        {"RequestID:String", "request-1"},
                                        {"RecordID:String", "b94fdc5d-33ad"},
                                        {"Source:String", "sqs"}});
        CHECK(s.group.empty());
        CHECK(s.deduplication_id.empty());
    }
}

TEST_CASE("the attributes of the sender stay, and the reason takes the room that is left") {
    fake_client client;
    sinks::some_record one;
    const std::vector<std::string> names = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
    std::vector<message_attribute> own;
    for (const auto& name : names) own.push_back({name, "Number.int", "17"});
    one.about.attributes = std::span(own).first(9);
    const sqs_sink sink{client, std::string(url)};
    CHECK(sink.write(one.about));
    REQUIRE(client.all.back().attributes.size() == 10);
    CHECK(client.all.back().attribute("i:Number.int") == "17");
    CHECK(client.all.back().attribute("ErrorMessage:String") == "the total is negative");

    one.about.attributes = own;
    CHECK(sink.write(one.about));
    CHECK(client.all.back().attributes.size() == 10);
    CHECK(client.all.back().attribute("ErrorMessage:String") == "none");

    own.front() = {"ErrorClass", "String", "mine"};
    one.about.attributes = std::span(own).first(1);
    CHECK(sink.write(one.about));
    CHECK(client.all.back().attribute("ErrorClass:String") == "mine");
}

TEST_CASE("a reason becomes text that an attribute takes") {
    fake_client client;
    sinks::some_record one;
    const sqs_sink sink{client, std::string(url)};
    one.reason.message = "line\nline";
    CHECK(sink.write(one.about));
    CHECK(client.all.back().attribute("ErrorMessage:String") == "line line");
    one.reason.message = std::string(1'023, 'x') + "\u00e9";
    CHECK(sink.write(one.about));
    CHECK(client.all.back().attribute("ErrorMessage:String") == std::string(1'023, 'x'));
    one.reason.message = std::string(1'022, 'x') + "\u00e9";
    CHECK(sink.write(one.about));
    CHECK(client.all.back().attribute("ErrorMessage:String") == one.reason.message);
    one.reason.message.clear(); // SQS takes no empty value
    CHECK(sink.write(one.about));
    CHECK(client.all.back().attribute("ErrorMessage:String") == "none");
}

TEST_CASE("a FIFO queue keeps the group, and takes the same record once") {
    fake_client client;
    sinks::some_record one;
    one.about.group = "customer-17";
    const sqs_sink sink{client, std::string(url) + ".fifo"};
    CHECK(sink.write(one.about));
    CHECK(client.all.back().group == "customer-17");
    CHECK(client.all.back().deduplication_id == "b94fdc5d-33ad");
}

TEST_CASE("records of other sources become the event that they came in") {
    fake_client client;
    const error why = error::invalid("no");
    rejected_record r{.at = testing::start_of_time,
                      .source = "s3",
                      .route = {},
                      .record_id = "of the message around it",
                      .request_id = {},
                      .function_arn = {},
                      .reason = why,
                      .record = R"({"s3":1})",
                      .listed = true};
    const sns_sink sink{client, std::string(topic) + ".fifo"};
    CHECK(sink.write(r));
    CHECK(client.all.back().body == R"({"Records":[{"s3":1}]})");
    CHECK(client.all.back().group == "s3");
    const auto first = client.all.back().deduplication_id;
    r.record = R"({"s3":2})";
    CHECK(sink.write(r));
    CHECK(client.all.back().deduplication_id.size() == 16);
    CHECK(client.all.back().deduplication_id != first);
}

TEST_CASE("a bucket gets an object for each record, named after day, source, record and content") {
    fake_client client;
    sinks::some_record one;
    const s3_sink sink{client, "dead-letters", "orders/"};
    CHECK(sink.write(one.about));
    const auto first = client.all.back();
    CHECK(first.body == to_json(one.about));
    CHECK(first.to.starts_with("dead-letters/orders/2026/11/24/sqs-b94fdc5d-33ad-"));
    CHECK(first.to.ends_with(".json"));
    CHECK(sink.write(one.about)); // once more: the same object
    CHECK(client.all.back().to == first.to);
    one.about.record = "{}";
    CHECK(sink.write(one.about));
    CHECK(client.all.back().to != first.to);
    one.about.record_id = "../odd name";
    CHECK(sink.write(one.about));
    CHECK(client.all.back().to.find("/sqs-.._odd_name-") != std::string::npos);
    one.about.record_id = {};
    CHECK(s3_sink{client, "dead-letters"}.write(one.about));
    CHECK(client.all.back().to.starts_with("dead-letters/2026/11/24/sqs-request-1-"));
}

TEST_CASE("what a client refuses is the sink's failure") {
    fake_client client;
    client.refusal = error::throttled("slow down", std::chrono::seconds(1));
    const sinks::some_record one;
    CHECK(sqs_sink{client, "url"}.write(one.about).error().message == "slow down");
    CHECK(sns_sink{client, "arn"}.write(one.about).error().message == "slow down");
    CHECK(s3_sink{client, "bucket"}.write(one.about).error().message == "slow down");
}

TEST_CASE("a message that is sent on by a sink can be moved back to its queue") {
    fake_client client;
    const sqs_sink sink{client, std::string(url)};
    bool mended = false;
    std::string kind;
    app orders{chain{dead_letter{sink}}};
    orders.on(sqs::queue("orders"), [&](const sqs::message& m) -> outcome {
        if (!mended) return outcome::reject("not today");
        kind = m.message_attributes.find("kind")->string_value;
        return {};
    });
    const testing::sqs_message order{.body = "{\"id\":17}", .attributes = {{"kind", "gift"}}};
    CHECK(testing::invoke(orders, testing::sqs_batch().message(order)).failed_records().empty());
    REQUIRE(client.all.size() == 1);
    CHECK(client.all[0].body == order.body);
    CHECK(client.all[0].attribute("kind:String") == "gift");
    CHECK(client.all[0].attribute("ErrorMessage:String") == "not today");
    mended = true;
    const testing::sqs_message back{
        .body = client.all[0].body,
        .attributes = {{"kind", client.all[0].attribute("kind:String")}}};
    CHECK(testing::invoke(orders, testing::sqs_batch().message(back)).failed_records().empty());
    CHECK(kind == "gift");
}
