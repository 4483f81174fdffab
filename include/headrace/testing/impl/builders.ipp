// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/json/detail/percent.hpp>
#include <headrace/json/text.hpp>
#include <headrace/json/time.hpp>
#include <headrace/sources/eventbridge.hpp>
#include <headrace/sources/kinesis.hpp>
#include <headrace/sources/s3.hpp>
#include <headrace/sources/schedule.hpp>
#include <headrace/sources/sns.hpp>
#include <headrace/sources/sqs.hpp>
#include <headrace/testing/builders.hpp>

#include <chrono>
#include <deque>
#include <utility>

namespace headrace::testing {

namespace building {

inline constexpr std::string_view region = "eu-central-1";
inline constexpr std::string_view account = "123456789012";

/// Keeps the texts that events borrow until they are encoded.
class text_keeper {
public:
    std::string_view keep(std::string text) { return texts_.emplace_back(std::move(text)); }

private:
    std::deque<std::string> texts_;
};

inline std::string arn(std::string_view service, std::string_view resource) {
    return detail::format<"arn:aws:{}:{}:{}:{}">(service, region, account, resource);
}

inline std::string milliseconds(time_point when) {
    const auto since = std::chrono::floor<std::chrono::milliseconds>(when.time_since_epoch());
    return std::to_string(since.count());
}

// "2026-11-24T22:30:47Z", as EventBridge writes it.
inline std::string iso_seconds(time_point when) {
    std::string text = iso_text(when);
    text.erase(text.size() - 5, 4);
    return text;
}

} // namespace building

// ---- Amazon SQS ---------------------------------------------------------------------------------

sqs_batch& sqs_batch::message(sqs_message m) {
    if (m.id.empty()) m.id = detail::format<"message-{}">(messages_.size());
    messages_.push_back(std::move(m));
    return *this;
}

std::string sqs_batch::json() const {
    using attribute_entry = string_map<sqs::attribute>::entry;
    building::text_keeper texts;
    std::deque<std::vector<attribute_entry>> lists;
    std::vector<sqs::message> records;
    const bool is_fifo = queue_.ends_with(".fifo");
    for (const auto& each : messages_) {
        auto& attributes = lists.emplace_back();
        for (const auto& [name, value] : each.attributes) {
            auto& entry = attributes.emplace_back();
            entry.key = name;
            entry.value.string_value = value;
            entry.value.data_type = "String";
        }
        sqs::message m;
        m.message_id = each.id;
        m.receipt_handle = "AQEBw0Zk2Yp1c7Xn5rVb8sQd3LfJtHgEoUiMaKyWxNcRz6vPjSlTuDqBhOeIm9Fg==";
        m.body = each.body;
        m.attributes.approximate_receive_count =
            number_text<std::uint32_t>(texts.keep(std::to_string(each.deliveries)));
        m.attributes.sent_timestamp = epoch_ms(texts.keep(building::milliseconds(each.sent)));
        m.attributes.approximate_first_receive_timestamp = m.attributes.sent_timestamp;
        m.attributes.sender_id = "AIDAEXAMPLESENDER001";
        if (!each.group.empty()) m.attributes.message_group_id = each.group;
        if (is_fifo) {
            m.attributes.sequence_number =
                texts.keep(detail::format<"18895301127664639{}">(100 + records.size()));
            m.attributes.message_deduplication_id = each.id;
        }
        m.message_attributes = string_map<sqs::attribute>(attributes);
        m.md5_of_body = "9e107d9d372bb6826bd81d3542a419d6";
        m.event_source = "aws:sqs";
        m.event_source_arn = texts.keep(building::arn("sqs", queue_));
        m.aws_region = building::region;
        records.push_back(m);
    }
    return encode(sqs::event{records});
}

// ---- Amazon Kinesis Data Streams ----------------------------------------------------------------

kinesis_batch& kinesis_batch::record(kinesis_record r) {
    if (r.sequence.empty())
        r.sequence = detail::format<"4966375048162903172055873130822643098512074096158344{}">(
            1000 + records_.size());
    records_.push_back(std::move(r));
    return *this;
}

kinesis_batch& kinesis_batch::shard(std::string id) {
    shard_ = std::move(id);
    return *this;
}

kinesis_batch& kinesis_batch::consumer(std::string name) {
    consumer_ = std::move(name);
    return *this;
}

std::string kinesis_batch::json() const {
    building::text_keeper texts;
    workspace memory;
    auto reader = building::arn("kinesis", "stream/" + stream_);
    if (!consumer_.empty()) reader += detail::format<"/consumer/{}:1790000000">(consumer_);
    std::vector<kinesis::record> records;
    for (const auto& each : records_) {
        kinesis::record r;
        r.kinesis.schema_version = "1.0";
        r.kinesis.partition_key = each.key;
        r.kinesis.sequence_number = each.sequence;
        r.kinesis.data = base64(texts.keep(base64_encode(each.data)));
        // A bare number with a fraction.
        auto seconds = building::milliseconds(each.arrived);
        seconds.insert(seconds.size() - 3, 1, '.');
        r.kinesis.approximate_arrival_timestamp =
            raw_json(texts.keep(std::move(seconds))).as<epoch_seconds>(memory).value();
        r.event_source = "aws:kinesis";
        r.event_version = "1.0";
        r.event_id = texts.keep(detail::format<"{}:{}">(shard_, each.sequence));
        r.event_name = "aws:kinesis:record";
        r.invoke_identity_arn = "arn:aws:iam::123456789012:role/worker";
        r.aws_region = building::region;
        r.event_source_arn = reader;
        records.push_back(r);
    }
    return encode(kinesis::event{records});
}

// ---- Amazon SNS ---------------------------------------------------------------------------------

namespace building {

// What the two forms of a notification have in common.
inline sns::notification notify(std::string_view topic_arn, std::string_view message,
                                std::string_view id) {
    sns::notification n;
    n.type = "Notification";
    n.message_id = id;
    n.topic_arn = topic_arn;
    n.message = message;
    n.signature_version = "1";
    n.signature = "RVhBTVBMRQ==";
    return n;
}

inline constexpr std::string_view certificate_url =
    "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-example.pem";
inline constexpr std::string_view unsubscribe_url =
    "https://sns.eu-central-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=example";

inline std::vector<string_map<sns::attribute>::entry> attribute_entries(const name_values& given) {
    std::vector<string_map<sns::attribute>::entry> entries;
    for (const auto& [name, value] : given) {
        entries.push_back({name, {.type = "String", .value = value}});
    }
    return entries;
}

} // namespace building

sns_notification& sns_notification::message(std::string text) {
    message_ = std::move(text);
    return *this;
}

sns_notification& sns_notification::subject(std::string text) {
    subject_ = std::move(text);
    return *this;
}

sns_notification& sns_notification::id(std::string text) {
    id_ = std::move(text);
    return *this;
}

sns_notification& sns_notification::attribute(std::string name, std::string value) {
    attributes_.emplace_back(std::move(name), std::move(value));
    return *this;
}

std::string sns_notification::json() const {
    const std::string topic = building::arn("sns", topic_);
    const std::string time = iso_text(start_of_time);
    const std::string subscription = topic + ":6f0d2c9b-example";
    const auto attributes = building::attribute_entries(attributes_);
    sns::record r;
    r.event_source = "aws:sns";
    r.event_version = "1.0";
    r.event_subscription_arn = subscription;
    r.sns = building::notify(topic, message_, id_);
    r.sns.timestamp = iso_time(time);
    if (subject_) r.sns.subject = *subject_;
    r.sns.signing_cert_url = building::certificate_url;
    r.sns.unsubscribe_url = building::unsubscribe_url;
    r.sns.message_attributes = string_map<sns::attribute>(attributes);
    return encode(sns::event{{&r, 1}});
}

std::string sns_notification::envelope() const {
    const std::string topic = building::arn("sns", topic_);
    const std::string time = iso_text(start_of_time);
    const auto attributes = building::attribute_entries(attributes_);
    sns::notification n = building::notify(topic, message_, id_);
    n.timestamp = iso_time(time);
    if (subject_) n.subject = *subject_;
    n.signing_cert_url_capital = building::certificate_url;
    n.unsubscribe_url_capital = building::unsubscribe_url;
    if (!attributes.empty()) n.message_attributes = string_map<sns::attribute>(attributes);
    return encode(n);
}

// ---- Amazon S3 ----------------------------------------------------------------------------------

s3_notification& s3_notification::created(std::string key, std::uint64_t bytes) {
    records_.push_back({std::string(s3::event_name::created_put), std::move(key), bytes});
    return *this;
}

s3_notification& s3_notification::removed(std::string key) {
    return event(std::string(s3::event_name::removed_delete), std::move(key));
}

s3_notification& s3_notification::event(std::string name, std::string key) {
    records_.push_back({std::move(name), std::move(key), std::nullopt});
    return *this;
}

std::string s3_notification::json() const {
    building::text_keeper texts;
    const auto time = texts.keep(iso_text(start_of_time));
    std::vector<s3::record> records;
    for (const auto& each : records_) {
        s3::record r;
        r.event_version = "2.5";
        r.event_source = "aws:s3";
        r.aws_region = building::region;
        r.event_time = iso_time(time);
        r.event_name = each.name;
        r.user_identity.principal_id = "AWS:AIDAEXAMPLEUPLOADER1";
        r.request_parameters.source_ip_address = "203.0.113.7";
        r.response_elements.request_id = "4C1F0E9A7B3D5268";
        r.response_elements.host_id = "RVhBTVBMRS1ob3N0LWlk";
        r.s3.schema_version = "1.0";
        r.s3.configuration_id = "to-lambda";
        r.s3.bucket.name = bucket_;
        r.s3.bucket.owner_identity.principal_id = "A3EXAMPLEOWNER";
        r.s3.bucket.arn = texts.keep("arn:aws:s3:::" + bucket_);
        std::string key;
        headrace::detail::append_percent_encoded(key, each.key, headrace::detail::plus_sign::space,
                                                 "/!*'()");
        r.s3.object.key = form_key(texts.keep(std::move(key)));
        r.s3.object.size = each.bytes;
        if (each.bytes) r.s3.object.etag = "d41d8cd98f00b204e9800998ecf8427e";
        r.s3.object.sequencer =
            s3::sequencer(texts.keep(detail::format<"0067B1F0A4C29E3D{}">(10 + records.size())));
        records.push_back(r);
    }
    return encode(s3::event{records});
}

// ---- Amazon EventBridge -------------------------------------------------------------------------

schedule_event& schedule_event::from_scheduler(std::string group) {
    group_ = std::move(group);
    return *this;
}

schedule_event& schedule_event::at(time_point when) {
    when_ = when;
    return *this;
}

std::string schedule_event::json() const {
    const std::string resource =
        group_ ? detail::format<"schedule/{}/{}">(*group_, name_) : "rule/" + name_;
    const std::string arn = building::arn(group_ ? "scheduler" : "events", resource);
    const std::string time = building::iso_seconds(when_);
    const std::string_view resources[] = {arn};
    schedule::event e;
    e.version = raw_json("\"0\"");
    e.id = "c0a8f5d2-6b1e-4f37-9d84-2e5a7c9b1f60";
    e.detail_type = "Scheduled Event";
    e.source = group_ ? "aws.scheduler" : "aws.events";
    e.account = building::account;
    e.time = iso_time(time);
    e.region = building::region;
    e.resources = resources;
    e.detail = raw_json(group_ ? "\"{}\"" : "{}");
    return encode(e);
}

eventbridge_event& eventbridge_event::detail(std::string json) {
    detail_ = std::move(json);
    return *this;
}

eventbridge_event& eventbridge_event::at(time_point when) {
    when_ = when;
    return *this;
}

std::string eventbridge_event::json() const {
    const std::string time = building::iso_seconds(when_);
    const std::vector<std::string_view> none(1);
    eventbridge::event e;
    e.version = raw_json("\"0\"");
    e.id = "e81b4f07-2c6d-4a95-b3f8-9d0e7a5c1b42";
    e.detail_type = detail_type_;
    e.source = source_;
    e.account = building::account;
    e.time = iso_time(time);
    e.region = building::region;
    e.resources = std::span(none).first(0);
    e.detail = raw_json(detail_);
    return encode(e);
}

} // namespace headrace::testing
