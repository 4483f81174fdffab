// SPDX-License-Identifier: BSL-1.0
#pragma once

// How does a test make an event that is just right? Builders with realistic defaults: say only what
// the test is about. json() is the event as Lambda delivers it.
//   testing::sqs_batch("orders").message(order{17, "ada"}).message("not JSON")
//   testing::post("/orders").header("x-trace", "7").body(order{17, "ada"})
//   testing::s3_notification("uploads").created("in/today.csv")

#include <headrace/base/platform.hpp>
#include <headrace/http/door.hpp>
#include <headrace/json/decode.hpp>
#include <headrace/json/wire.hpp>
#include <headrace/testing/world.hpp>

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace headrace::testing {

/// Names with values, in order.
using name_values = std::vector<std::pair<std::string, std::string>>;

namespace building {
/// A text as it is, any other value as JSON.
template <class T> std::string text_of(const T& value) {
    if constexpr (std::convertible_to<const T&, std::string_view>)
        return std::string(std::string_view(value));
    else
        return encode(value);
}
} // namespace building

// ---- Amazon SQS ---------------------------------------------------------------------------------

/// One message: testing::sqs_message{.body = "{}", .group = "customer-17"}.
struct sqs_message {
    std::string body = "{}";
    std::string id = {};          ///< empty: "message-0", "message-1", ... by its place
    std::string group = {};       ///< MessageGroupId
    std::uint32_t deliveries = 1; ///< ApproximateReceiveCount
    name_values attributes = {};  ///< message attributes of type String
    time_point sent = start_of_time;
};

/// A batch of messages of one queue. A name that ends in ".fifo" makes it a FIFO queue.
class sqs_batch {
public:
    explicit sqs_batch(std::string queue = "orders") : queue_(std::move(queue)) {}
    sqs_batch& message(sqs_message m);
    /// A body that is text, or any value that can be written as JSON.
    template <class T> sqs_batch& message(const T& body) {
        return message(sqs_message{.body = building::text_of(body)});
    }
    [[nodiscard]] std::string json() const;

private:
    std::string queue_;
    std::vector<sqs_message> messages_;
};

// ---- Amazon Kinesis Data Streams ----------------------------------------------------------------

/// One record: testing::kinesis_record{.data = "{}", .key = "customer-17"}.
struct kinesis_record {
    std::string data = "{}"; ///< as it is; travels as base64
    std::string key = "key"; ///< partition key
    std::string sequence{};  ///< empty: ascending numbers by its place
    time_point arrived = start_of_time;
};

/// A batch of records of one shard.
class kinesis_batch {
public:
    explicit kinesis_batch(std::string stream = "orders") : stream_(std::move(stream)) {}
    kinesis_batch& record(kinesis_record r);
    /// Data that is text, or any value that can be written as JSON.
    template <class T> kinesis_batch& record(const T& data) {
        return record(kinesis_record{.data = building::text_of(data)});
    }
    /// shardId-000000000000 if not said.
    kinesis_batch& shard(std::string id);
    /// Read by a consumer with enhanced fan-out.
    kinesis_batch& consumer(std::string name);
    [[nodiscard]] std::string json() const;

private:
    std::string stream_;
    std::string shard_ = "shardId-000000000000";
    std::string consumer_;
    std::vector<kinesis_record> records_;
};

// ---- Amazon SNS ---------------------------------------------------------------------------------

/// One notification of a topic.
class sns_notification {
public:
    explicit sns_notification(std::string topic = "orders") : topic_(std::move(topic)) {}
    sns_notification& message(std::string text);
    /// Text, or any value that can be written as JSON.
    template <class T> sns_notification& message(const T& body) {
        return message(building::text_of(body));
    }
    sns_notification& subject(std::string text);
    /// MessageId.
    sns_notification& id(std::string text);
    /// A message attribute of type String.
    sns_notification& attribute(std::string name, std::string value);
    /// To Lambda itself.
    [[nodiscard]] std::string json() const;
    /// As the body of an SQS message, where the queue has no raw delivery.
    [[nodiscard]] std::string envelope() const;

private:
    std::string topic_;
    std::string message_ = "{}";
    std::string id_ = "2b7c8a10-93de-4f6b-8c51-7e0a9d4f3b26";
    std::optional<std::string> subject_;
    name_values attributes_;
};

// ---- Amazon S3 ----------------------------------------------------------------------------------

/// A notification of a bucket. Keys are given as they are; the event has them encoded.
class s3_notification {
public:
    explicit s3_notification(std::string bucket = "uploads") : bucket_(std::move(bucket)) {}
    s3_notification& created(std::string key, std::uint64_t bytes = 1024);
    s3_notification& removed(std::string key);
    /// Any other event: "ObjectTagging:Put".
    s3_notification& event(std::string name, std::string key);
    [[nodiscard]] std::string json() const;

private:
    struct record {
        std::string name;
        std::string key;
        std::optional<std::uint64_t> bytes;
    };
    std::string bucket_;
    std::vector<record> records_;
};

// ---- HTTP ---------------------------------------------------------------------------------------

/// A request through one of the front doors. The path is given as in a URL, percent-encoded; query
/// parameters as they are. Headers, parameters and cookies may be repeated.
class http_request {
public:
    http_request(std::string method, std::string path)
        : method_(std::move(method)), path_(std::move(path)) {}

    /// An HTTP API (payload format 2.0) if not said.
    http_request& through(http::door front);
    /// A load balancer with multi-value headers enabled.
    http_request& through_multi_value_alb();
    /// Sent by whoever has this name, as the door's authorizer says it: the subject of a token, and
    /// of a function URL the IAM user who has signed. Load balancers have no authorizer.
    http_request& caller(std::string name);
    http_request& header(std::string name, std::string value);
    http_request& query(std::string name, std::string value);
    http_request& cookie(std::string name, std::string value);
    http_request& body(std::string text, std::string content_type = "application/json");
    /// Text, or any value that can be written as JSON.
    template <class T>
    http_request& body(const T& value, std::string content_type = "application/json") {
        return body(building::text_of(value), std::move(content_type));
    }
    /// A body that is no text: travels as base64.
    http_request& bytes(std::string data, std::string content_type = "application/octet-stream");
    [[nodiscard]] std::string json() const;

private:
    friend class http_writer;
    std::string method_;
    std::string path_;
    http::door door_ = http::door::v2;
    std::string caller_;
    name_values headers_;
    name_values query_;
    name_values cookies_;
    std::optional<std::string> body_;
    bool multi_value_ = false;
    bool base64_ = false;
};

[[nodiscard]] inline http_request get(std::string path) { return {"GET", std::move(path)}; }
[[nodiscard]] inline http_request post(std::string path) { return {"POST", std::move(path)}; }
[[nodiscard]] inline http_request put(std::string path) { return {"PUT", std::move(path)}; }
[[nodiscard]] inline http_request patch(std::string path) { return {"PATCH", std::move(path)}; }
[[nodiscard]] inline http_request del(std::string path) { return {"DELETE", std::move(path)}; }

// ---- Amazon EventBridge -------------------------------------------------------------------------

/// A schedule that fires: the rule or schedule of this name.
class schedule_event {
public:
    explicit schedule_event(std::string rule) : name_(std::move(rule)) {}
    /// From EventBridge Scheduler, in this group, instead of from a rule.
    schedule_event& from_scheduler(std::string group = "default");
    schedule_event& at(time_point when);
    [[nodiscard]] std::string json() const;

private:
    std::string name_;
    std::optional<std::string> group_;
    time_point when_ = start_of_time;
};

/// Any other event of an event bus.
class eventbridge_event {
public:
    eventbridge_event(std::string source, std::string detail_type)
        : source_(std::move(source)), detail_type_(std::move(detail_type)) {}
    /// JSON text.
    eventbridge_event& detail(std::string json);
    /// JSON text, or any value that can be written as JSON.
    template <class T> eventbridge_event& detail(const T& value) {
        return detail(building::text_of(value));
    }
    eventbridge_event& at(time_point when);
    [[nodiscard]] std::string json() const;

private:
    std::string source_;
    std::string detail_type_;
    std::string detail_ = "{}";
    time_point when_ = start_of_time;
};

} // namespace headrace::testing
