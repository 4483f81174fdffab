// SPDX-License-Identifier: BSL-1.0
#pragma once

// What does Amazon SNS send? One notification of one topic; the same text, slightly otherwise
// spelled, is the body of an SQS message or an HTTP request when a queue or an endpoint subscribes
// without raw delivery.
// https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
// https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html

#include <headrace/base/types.hpp>
#include <headrace/json/codec.hpp>
#include <headrace/json/text.hpp>
#include <headrace/json/time.hpp>
#include <headrace/routing/detail/resource_pattern.hpp>
#include <headrace/routing/record_item.hpp>
#include <headrace/routing/source.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace headrace::sns {

/// What the publisher attached to a message, by name.
struct attribute {
    std::string_view type;  ///< "String", "String.Array", "Number", "Binary"
    std::string_view value; ///< of a String.Array: a JSON array

    /// The bytes of a Binary. Errors: missing, bad_value.
    [[nodiscard]] result<std::span<const std::byte>> bytes(workspace& memory) const;

    static void wire(auto& self, auto&& field) {
        field("Type", self.type);
        field("Value", self.value);
    }
};

/// One published message, or what SNS asks of a new subscriber.
struct notification {
    std::string_view type;            ///< "Notification", "SubscriptionConfirmation", ...
    std::string_view message_id;      ///< the same for every subscriber and delivery
    std::string_view sequence_number; ///< FIFO; 128 bits, so it stays text
    std::string_view token;           ///< of confirmations
    std::string_view topic_arn;
    std::string_view subject;
    std::string_view message;
    std::string_view subscribe_url; ///< of confirmations
    iso_time timestamp;
    std::string_view signature_version;        ///< absent on FIFO topics, as are the next two
    std::string_view signature;                ///< base64
    std::string_view signing_cert_url;         ///< to Lambda: SigningCertUrl
    std::string_view signing_cert_url_capital; ///< elsewhere: SigningCertURL
    std::string_view unsubscribe_url;          ///< to Lambda: UnsubscribeUrl
    std::string_view unsubscribe_url_capital;  ///< elsewhere: UnsubscribeURL
    string_map<attribute> message_attributes;

    /// "orders" of "arn:aws:sns:eu-central-1:123456789012:orders".
    [[nodiscard]] std::string_view topic_name() const noexcept;
    [[nodiscard]] static std::span<const source_operations> arrives_in() noexcept;
    /// The URL in whichever spelling it came.
    [[nodiscard]] std::string_view certificate_link() const noexcept;
    [[nodiscard]] std::string_view unsubscribe_link() const noexcept;

    static void wire(auto& self, auto&& field) {
        field("Type", self.type);
        field("MessageId", self.message_id);
        field("SequenceNumber", self.sequence_number);
        field("Token", self.token);
        field("TopicArn", self.topic_arn);
        field("Subject", self.subject);
        field("Message", self.message);
        field("SubscribeURL", self.subscribe_url);
        field("Timestamp", self.timestamp);
        field("SignatureVersion", self.signature_version);
        field("Signature", self.signature);
        field("SigningCertUrl", self.signing_cert_url);
        field("SigningCertURL", self.signing_cert_url_capital);
        field("UnsubscribeUrl", self.unsubscribe_url);
        field("UnsubscribeURL", self.unsubscribe_url_capital);
        field("MessageAttributes", self.message_attributes);
    }
};

/// A notification as it stands in the body of an SQS message or of an HTTP request.
struct envelope : notification {
    static constexpr source_info about{
        .id = "sns.envelope",
        .title = "Amazon SNS notification in a message body",
        .delivery = delivery::nested,
        .docs = "https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html",
        .family = source_family::asynchronous,
        .header = "headrace/sources/sns.hpp"};
    /// How the text is told from any other JSON in a queue.
    static constexpr auto recognised = source::recognised_by(
        source::when(source::is("Type", "Notification"), source::has("TopicArn")),
        source::when(source::is("Type", "SubscriptionConfirmation"), source::has("TopicArn")),
        source::when(source::is("Type", "UnsubscribeConfirmation"), source::has("TopicArn")));
    [[nodiscard]] static record_item item_of(const notification& n);
    [[nodiscard]] static std::string sought(const notification& n);
    [[nodiscard]] static const notification& handed_out(const envelope& e) noexcept { return e; }
    static constexpr bool carries_events = true;
    static std::span<const sample> samples();
    static outcome dispatch(dispatcher& d, call& c, const document& json);
};

/// One element of the payload. SNS sends one at a time.
struct record {
    std::string_view event_source; ///< "aws:sns"
    std::string_view event_version;
    std::string_view event_subscription_arn;
    notification sns;

    static void wire(auto& self, auto&& field) {
        field("EventSource", self.event_source);
        field("EventVersion", self.event_version);
        field("EventSubscriptionArn", self.event_subscription_arn);
        field("Sns", self.sns);
    }
};

/// The whole payload.
struct event {
    std::span<const record> records;

    static constexpr source_info about{
        .id = "sns",
        .title = "Amazon SNS",
        .delivery = delivery::asynchronous,
        .docs = "https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html",
        .family = source_family::asynchronous,
        .header = "headrace/sources/sns.hpp"};
    static constexpr auto recognised = source::records_from("aws:sns", "Records/0/Sns");
    [[nodiscard]] static record_item item_of(const record& r) { return envelope::item_of(r.sns); }
    [[nodiscard]] static std::string sought(const record& r) { return envelope::sought(r.sns); }
    [[nodiscard]] static const notification& handed_out(const record& r) noexcept { return r.sns; }
    static constexpr bool carries_events = true; ///< what others publish to topics
    static std::span<const sample> samples();
    static outcome dispatch(dispatcher& d, call& c, const document& json);

    static void wire(auto& self, auto&& field) { field("Records", self.records); }
};

// ---- routes -----------------------------------------------------------------------------------

/// Takes the notifications of a topic.
class topic_matcher {
public:
    using subject = notification;
    using provides = types<notification>;
    static constexpr headrace::delivery delivered = headrace::delivery::asynchronous;

    explicit topic_matcher(std::string name_or_arn) : topic_(std::move(name_or_arn)) {}
    [[nodiscard]] bool matches(const notification& n) const noexcept {
        return topic_.matches(n.topic_arn, n.topic_name());
    }
    [[nodiscard]] std::string describe() const { return topic_.describe("sns topic"); }
    [[nodiscard]] std::uint64_t rank() const noexcept { return topic_.rank(); }
    [[nodiscard]] bool overlaps(const topic_matcher& o) const { return topic_.overlaps(o.topic_); }
    [[nodiscard]] bool covers(const topic_matcher& o) const { return topic_.covers(o.topic_); }

private:
    detail::resource_pattern topic_;
};

/// Notifications of the topic with this name or ARN, direct or through a queue.
/// Handlers can ask for notification and body<T>, which is its Message.
[[nodiscard]] inline topic_matcher topic(std::string name_or_arn) {
    return topic_matcher(std::move(name_or_arn));
}

} // namespace headrace::sns
