// SPDX-License-Identifier: BSL-1.0
#pragma once

// Rejected records in a queue, a topic or a bucket. headrace has no AWS client: each sink is given
// one, a class of yours with one function that calls the SDK that you use.

#include <headrace/base/result.hpp>
#include <headrace/layers/dead_letter.hpp>

#include <concepts>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace headrace {

// ---- Amazon SQS ---------------------------------------------------------------------------------

/// A message to send. Borrows everything, for the time of one call.
/// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
struct queue_message {
    std::string_view queue_url;
    std::string_view body;
    std::span<const message_attribute> attributes; ///< at most ten
    std::string_view group;                        ///< MessageGroupId, for FIFO queues
    std::string_view deduplication_id;             ///< MessageDeduplicationId, for FIFO queues
};
/// Sends one message and returns when SQS has it. Called from several threads at once.
template <class C>
concept queue_client = requires(C& c, const queue_message& m) {
    { c.send_message(m) } -> std::same_as<result<void>>;
};

namespace detail {

/// What a message about a rejected record consists of, beside where it goes.
struct outgoing {
    std::string body;
    std::vector<std::string> texts; ///< owns values of `attributes`
    std::vector<message_attribute> attributes;
    std::string group;
    std::string deduplication_id;
};
[[nodiscard]] outgoing compose(const rejected_record& r, bool fifo);
[[nodiscard]] std::string object_key(std::string_view prefix, const rejected_record& r);

} // namespace detail

/// Sends the original message, so that moving it back to its queue (a redrive) is all that it takes
/// to have it handled again: its body and attributes as they were, and beside them why it was
/// rejected, in as many of these as the limit of ten attributes leaves room for: ErrorMessage (cut
/// after 1,024 bytes), ErrorClass, ErrorCode, RequestID, RecordID, Source. What was no message of a
/// queue is sent as the event that it came in.
/// In a FIFO queue the message group stays the same, and a record that is written twice within five
/// minutes arrives once.
template <class Client> class sqs_sink {
    static_assert(queue_client<Client>,
                  "the client of sqs_sink has  result<void> send_message(const queue_message&)"
                  "  see docs/howto/dead_letters.md");

public:
    sqs_sink(Client& client, std::string queue_url)
        : client_(&client), queue_url_(std::move(queue_url)) {}

    result<void> write(const rejected_record& r) const {
        const auto m = detail::compose(r, queue_url_.ends_with(".fifo"));
        return client_->send_message(
            {queue_url_, m.body, m.attributes, m.group, m.deduplication_id});
    }

private:
    Client* client_;
    std::string queue_url_;
};
template <class Client> sqs_sink(Client&, std::string) -> sqs_sink<Client>;

// ---- Amazon SNS ---------------------------------------------------------------------------------

/// A message to publish. Borrows everything, for the time of one call.
/// https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
struct topic_message {
    std::string_view topic_arn;
    std::string_view message;
    std::span<const message_attribute> attributes;
    std::string_view group;            ///< MessageGroupId, for FIFO topics
    std::string_view deduplication_id; ///< MessageDeduplicationId, for FIFO topics
};
/// Publishes one message and returns when SNS has it. Called from several threads at once.
template <class C>
concept topic_client = requires(C& c, const topic_message& m) {
    { c.publish(m) } -> std::same_as<result<void>>;
};

/// Publishes the same as sqs_sink sends.
template <class Client> class sns_sink {
    static_assert(topic_client<Client>,
                  "the client of sns_sink has  result<void> publish(const topic_message&)"
                  "  see docs/howto/dead_letters.md");

public:
    sns_sink(Client& client, std::string topic_arn)
        : client_(&client), topic_arn_(std::move(topic_arn)) {}

    result<void> write(const rejected_record& r) const {
        const auto m = detail::compose(r, topic_arn_.ends_with(".fifo"));
        return client_->publish({topic_arn_, m.body, m.attributes, m.group, m.deduplication_id});
    }

private:
    Client* client_;
    std::string topic_arn_;
};
template <class Client> sns_sink(Client&, std::string) -> sns_sink<Client>;

// ---- Amazon S3 ----------------------------------------------------------------------------------

/// An object to store. Borrows everything, for the time of one call.
/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
struct bucket_object {
    std::string_view bucket;
    std::string_view key;
    std::string_view body;
    std::string_view content_type;
};
/// Stores one object and returns when S3 has it. Called from several threads at once.
template <class C>
concept bucket_client = requires(C& c, const bucket_object& o) {
    { c.put_object(o) } -> std::same_as<result<void>>;
};

/// Stores to_json(record) as PREFIX2026/11/24/sqs-RECORD-HASH.json: RECORD is the record's id or
/// else the request's, HASH a number from the record's text, so that records without ids do not
/// overwrite each other, and one that is written twice on a day is there once.
template <class Client> class s3_sink {
    static_assert(bucket_client<Client>,
                  "the client of s3_sink has  result<void> put_object(const bucket_object&)"
                  "  see docs/howto/dead_letters.md");

public:
    s3_sink(Client& client, std::string bucket, std::string prefix = {})
        : client_(&client), bucket_(std::move(bucket)), prefix_(std::move(prefix)) {}

    result<void> write(const rejected_record& r) const {
        const std::string key = detail::object_key(prefix_, r);
        return client_->put_object({bucket_, key, to_json(r), "application/json"});
    }

private:
    Client* client_;
    std::string bucket_;
    std::string prefix_;
};
template <class Client> s3_sink(Client&, std::string) -> s3_sink<Client>;
template <class Client> s3_sink(Client&, std::string, std::string) -> s3_sink<Client>;

} // namespace headrace
