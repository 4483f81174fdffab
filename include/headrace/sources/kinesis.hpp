// SPDX-License-Identifier: BSL-1.0
#pragma once

// What does Amazon Kinesis Data Streams send? A batch of records of one shard, in their order.
// https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html

#include <headrace/base/types.hpp>
#include <headrace/json/codec.hpp>
#include <headrace/json/text.hpp>
#include <headrace/json/time.hpp>
#include <headrace/routing/detail/glob.hpp>
#include <headrace/routing/detail/resource_pattern.hpp>
#include <headrace/routing/record_item.hpp>
#include <headrace/routing/source.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace headrace::kinesis {

/// What a producer has put into the stream, and what Kinesis says about it.
/// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_Record.html
struct payload {
    std::string_view schema_version; ///< "1.0"
    std::string_view partition_key;
    std::string_view sequence_number; ///< about 56 digits, so it stays text
    base64 data;
    epoch_seconds approximate_arrival_timestamp; ///< with a fraction: 1545084650.987
    std::string_view encryption_type;            ///< "NONE" or "KMS"; mostly absent

    static void wire(auto& self, auto&& field) {
        field("kinesisSchemaVersion", self.schema_version);
        field("partitionKey", self.partition_key);
        field("sequenceNumber", self.sequence_number).required();
        field("data", self.data);
        field("approximateArrivalTimestamp", self.approximate_arrival_timestamp);
        field("encryptionType", self.encryption_type);
    }
};

/// One record of a shard.
struct record {
    payload kinesis;
    std::string_view event_source; ///< "aws:kinesis"
    std::string_view event_version;
    std::string_view event_id;   ///< the shard, a colon and the sequence number
    std::string_view event_name; ///< "aws:kinesis:record"
    std::string_view invoke_identity_arn;
    std::string_view aws_region;
    std::string_view event_source_arn; ///< of the stream, or of a consumer with enhanced fan-out

    /// "shardId-000000000006".
    [[nodiscard]] std::string_view shard_id() const noexcept;
    /// The stream's own ARN, whoever reads it: "arn:aws:kinesis:eu-central-1:123456789012:
    /// stream/orders" of ".../stream/orders/consumer/billing:1795559447".
    [[nodiscard]] std::string_view stream_arn() const noexcept;
    /// "orders" of that.
    [[nodiscard]] std::string_view stream_name() const noexcept;
    [[nodiscard]] static std::span<const source_operations> arrives_in() noexcept;

    static void wire(auto& self, auto&& field) {
        field("kinesis", self.kinesis).required();
        field("eventSource", self.event_source);
        field("eventVersion", self.event_version);
        field("eventID", self.event_id);
        field("eventName", self.event_name);
        field("invokeIdentityArn", self.invoke_identity_arn);
        field("awsRegion", self.aws_region);
        field("eventSourceARN", self.event_source_arn);
    }
};

/// The whole payload.
struct event {
    std::span<const record> records;

    static constexpr source_info about{
        .id = "kinesis",
        .title = "Amazon Kinesis Data Streams",
        .delivery = delivery::polled,
        .docs = "https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html",
        .family = source_family::stream,
        .header = "headrace/sources/kinesis.hpp"};
    /// Batches of a tumbling window are others: their reply has a state, which would be lost here.
    /// https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html
    static constexpr auto recognised = source::recognised_by(
        source::when(source::is("Records/0/eventSource", "aws:kinesis"), source::has_no("window")),
        source::when(source::has("Records/0/kinesis"), source::has_no("window")));
    [[nodiscard]] static record_item item_of(const record& r);
    [[nodiscard]] static std::string sought(const record& r);
    static std::span<const sample> samples();
    static outcome dispatch(dispatcher& d, call& c, const document& json);

    static void wire(auto& self, auto&& field) { field("Records", self.records); }
};

// ---- routes -----------------------------------------------------------------------------------

/// Takes the records of a stream.
class stream_matcher {
public:
    using subject = record;
    using provides = types<record, event>;
    static constexpr headrace::delivery delivered = headrace::delivery::polled;

    explicit stream_matcher(std::string name_or_arn) : stream_(std::move(name_or_arn)) {}
    /// Only those of the shard with this id, or of those that the pattern fits:
    /// "shardId-00000000000?".
    [[nodiscard]] stream_matcher shard(std::string id) const {
        stream_matcher m = *this;
        m.shard_ = detail::glob(std::move(id));
        return m;
    }

    [[nodiscard]] bool matches(const record& r) const noexcept;
    [[nodiscard]] std::string describe() const;
    [[nodiscard]] std::uint64_t rank() const noexcept;
    [[nodiscard]] bool overlaps(const stream_matcher& other) const;
    [[nodiscard]] bool covers(const stream_matcher& other) const;

private:
    detail::resource_pattern stream_;
    detail::glob shard_{"*"};
};

/// Records of the stream with this name ("orders", "orders-*") or ARN
/// ("arn:aws:kinesis:*:*:stream/orders"), also where a consumer with enhanced fan-out reads it.
/// Handlers can ask for record, event and body<T>, which is the data as JSON.
[[nodiscard]] stream_matcher stream(std::string name_or_arn);

} // namespace headrace::kinesis
