// SPDX-License-Identifier: BSL-1.0
#pragma once

// What does Amazon SQS send? A batch of messages of one queue, standard or FIFO.
// https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html

#include <headrace/base/types.hpp>
#include <headrace/json/codec.hpp>
#include <headrace/json/text.hpp>
#include <headrace/json/time.hpp>
#include <headrace/routing/detail/resource_pattern.hpp>
#include <headrace/routing/record_item.hpp>
#include <headrace/routing/source.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace headrace {
struct record_result;
}

namespace headrace::sqs {

/// What the sender attached to a message, by name.
/// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
struct attribute {
    std::string_view string_value; ///< of String and Number
    base64 binary_value;           ///< of Binary
    std::span<const std::string_view> string_list_values;
    std::span<const base64> binary_list_values;
    std::string_view data_type; ///< "String", "Number", "Binary", each maybe with ".label" behind

    /// "Number" of "Number.float".
    [[nodiscard]] std::string_view base_type() const noexcept;

    static void wire(auto& self, auto&& field) {
        field("stringValue", self.string_value);
        field("binaryValue", self.binary_value);
        field("stringListValues", self.string_list_values);
        field("binaryListValues", self.binary_list_values);
        field("dataType", self.data_type);
    }
};

/// What SQS itself says about a message.
/// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
struct system_attributes {
    number_text<std::uint32_t> approximate_receive_count; ///< 1 for the first delivery
    std::string_view aws_trace_header;                    ///< of AWS X-Ray
    epoch_ms sent_timestamp;
    std::string_view sequence_number;  ///< FIFO; 128 bits, so it stays text
    std::string_view message_group_id; ///< FIFO, and standard queues with fair delivery
    std::string_view sender_id;
    std::string_view message_deduplication_id; ///< FIFO
    epoch_ms approximate_first_receive_timestamp;
    std::string_view dead_letter_queue_source_arn; ///< where a redriven message came from

    static void wire(auto& self, auto&& field) {
        field("ApproximateReceiveCount", self.approximate_receive_count);
        field("AWSTraceHeader", self.aws_trace_header);
        field("SentTimestamp", self.sent_timestamp);
        field("SequenceNumber", self.sequence_number);
        field("MessageGroupId", self.message_group_id);
        field("SenderId", self.sender_id);
        field("MessageDeduplicationId", self.message_deduplication_id);
        field("ApproximateFirstReceiveTimestamp", self.approximate_first_receive_timestamp);
        field("DeadLetterQueueSourceArn", self.dead_letter_queue_source_arn);
    }
};

/// One message.
struct message {
    std::string_view message_id; ///< the same in every delivery of the message
    std::string_view receipt_handle;
    std::string_view body;
    system_attributes attributes;
    string_map<attribute> message_attributes;
    std::string_view md5_of_message_attributes;
    std::string_view md5_of_body;
    std::string_view event_source; ///< "aws:sqs"
    std::string_view event_source_arn;
    std::string_view aws_region;

    /// "orders.fifo" of "arn:aws:sqs:eu-central-1:123456789012:orders.fifo".
    [[nodiscard]] std::string_view queue_name() const noexcept;
    [[nodiscard]] static std::span<const source_operations> arrives_in() noexcept;
    /// Is it from a FIFO queue? (A message group alone does not tell: standard queues have them.)
    [[nodiscard]] bool is_fifo() const noexcept;

    static void wire(auto& self, auto&& field) {
        field("messageId", self.message_id).required();
        field("receiptHandle", self.receipt_handle);
        field("body", self.body);
        field("attributes", self.attributes);
        field("messageAttributes", self.message_attributes);
        field("md5OfMessageAttributes", self.md5_of_message_attributes);
        field("md5OfBody", self.md5_of_body);
        field("eventSource", self.event_source);
        field("eventSourceARN", self.event_source_arn);
        field("awsRegion", self.aws_region);
    }
};

/// The whole payload.
struct event {
    std::span<const message> records;

    static constexpr source_info about{
        .id = "sqs",
        .title = "Amazon SQS",
        .delivery = delivery::polled,
        .docs = "https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html",
        .family = source_family::queue,
        .header = "headrace/sources/sqs.hpp"};
    static constexpr auto recognised = source::records_from("aws:sqs", "Records/0/messageId");
    /// A FIFO queue's messages are a family of their own.
    [[nodiscard]] static source_family family_of(std::span<const message> batch) noexcept;
    [[nodiscard]] static record_item item_of(const message& m);
    [[nodiscard]] static std::string sought(const message& m);
    /// Notifications of topics, and events that others send to queues.
    static constexpr bool carries_events = true;
    /// Has the failed ones come back when they should, if the app was given a visibility_backoff.
    static void after_batch(const call& c, std::span<const message> batch,
                            std::span<const record_result> ledger);
    static std::span<const sample> samples();
    static outcome dispatch(dispatcher& d, call& c, const document& json);

    static void wire(auto& self, auto&& field) { field("Records", self.records); }
};

// ---- routes -----------------------------------------------------------------------------------

/// Takes the messages of a queue.
class queue_matcher {
public:
    using subject = message;
    using provides = types<message, event>;
    static constexpr headrace::delivery delivered = headrace::delivery::polled;

    explicit queue_matcher(std::string name_or_arn) : queue_(std::move(name_or_arn)) {}
    [[nodiscard]] bool matches(const message& m) const noexcept {
        return queue_.matches(m.event_source_arn, m.queue_name());
    }
    [[nodiscard]] std::string describe() const { return queue_.describe("sqs queue"); }
    [[nodiscard]] std::uint64_t rank() const noexcept { return queue_.rank(); }
    [[nodiscard]] bool overlaps(const queue_matcher& o) const { return queue_.overlaps(o.queue_); }
    [[nodiscard]] bool covers(const queue_matcher& o) const { return queue_.covers(o.queue_); }

private:
    detail::resource_pattern queue_;
};

/// Messages of the queue with this name ("orders", "orders-*") or ARN ("arn:aws:sqs:*:*:orders").
/// Handlers can ask for message, event and body<T>.
[[nodiscard]] queue_matcher queue(std::string name_or_arn);

} // namespace headrace::sqs
