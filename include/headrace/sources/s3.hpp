// SPDX-License-Identifier: BSL-1.0
#pragma once

// What does Amazon S3 send? A notification about one object of one bucket: to Lambda itself, or
// through SNS, SQS or both. (What S3 sends to EventBridge looks different: eventbridge.hpp.)
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html

#include <headrace/base/types.hpp>
#include <headrace/json/codec.hpp>
#include <headrace/json/text.hpp>
#include <headrace/json/text_map.hpp>
#include <headrace/json/time.hpp>
#include <headrace/routing/detail/glob.hpp>
#include <headrace/routing/record_item.hpp>
#include <headrace/routing/source.hpp>

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace headrace::s3 {

/// The names of events, without the "s3:" that some arrive with. Services grow: others may come.
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html
namespace event_name {
inline constexpr std::string_view created_put = "ObjectCreated:Put";
inline constexpr std::string_view created_post = "ObjectCreated:Post";
inline constexpr std::string_view created_copy = "ObjectCreated:Copy";
inline constexpr std::string_view created_multipart = "ObjectCreated:CompleteMultipartUpload";
inline constexpr std::string_view removed_delete = "ObjectRemoved:Delete";
inline constexpr std::string_view removed_marker = "ObjectRemoved:DeleteMarkerCreated";
inline constexpr std::string_view restore_post = "ObjectRestore:Post";
inline constexpr std::string_view restore_completed = "ObjectRestore:Completed";
inline constexpr std::string_view restore_delete = "ObjectRestore:Delete";
inline constexpr std::string_view reduced_redundancy_lost = "ReducedRedundancyLostObject";
inline constexpr std::string_view replication_failed = "Replication:OperationFailedReplication";
inline constexpr std::string_view replication_missed = "Replication:OperationMissedThreshold";
inline constexpr std::string_view replication_late =
    "Replication:OperationReplicatedAfterThreshold";
inline constexpr std::string_view replication_untracked = "Replication:OperationNotTracked";
inline constexpr std::string_view lifecycle_delete = "LifecycleExpiration:Delete";
inline constexpr std::string_view lifecycle_marker = "LifecycleExpiration:DeleteMarkerCreated";
inline constexpr std::string_view lifecycle_transition = "LifecycleTransition";
inline constexpr std::string_view intelligent_tiering = "IntelligentTiering";
inline constexpr std::string_view tagging_put = "ObjectTagging:Put";
inline constexpr std::string_view tagging_delete = "ObjectTagging:Delete";
inline constexpr std::string_view acl_put = "ObjectAcl:Put";
} // namespace event_name

/// Who did it, or whose it is.
struct identity {
    std::string_view principal_id;

    static void wire(auto& self, auto&& field) { field("principalId", self.principal_id); }
};

struct request_info {
    std::string_view source_ip_address; ///< an address, or a service: "s3.amazonaws.com"

    static void wire(auto& self, auto&& field) { field("sourceIPAddress", self.source_ip_address); }
};

/// What AWS Support asks for when a request is to be followed up.
struct response_info {
    std::string_view request_id;
    std::string_view host_id;

    static void wire(auto& self, auto&& field) {
        field("x-amz-request-id", self.request_id);
        field("x-amz-id-2", self.host_id);
    }
};

struct bucket_info {
    std::string_view name;
    identity owner_identity;
    std::string_view arn;
    text_map<> aws_generated_tags; ///< since version 2.5 of the structure

    static void wire(auto& self, auto&& field) {
        field("name", self.name);
        field("ownerIdentity", self.owner_identity);
        field("arn", self.arn);
        field("awsGeneratedTags", self.aws_generated_tags);
    }
};

/// A hexadecimal number of any length that orders the writes and deletes of one key.
class sequencer : public detail::kept_text<sequencer> {
public:
    using kept_text::kept_text;
    /// Which came later? As numbers: the shorter one is padded with zeros on its left. Unordered
    /// where one of the two is absent or not hexadecimal.
    [[nodiscard]] std::partial_ordering compare(const sequencer& other) const noexcept;
};

struct object_info {
    form_key key;                      ///< .text(memory) is the key itself
    std::optional<std::uint64_t> size; ///< bytes; absent when the object is gone
    std::string_view etag;             ///< absent when the object is gone
    std::string_view version_id;       ///< in buckets with versions
    s3::sequencer sequencer;

    static void wire(auto& self, auto&& field) {
        field("key", self.key);
        field("size", self.size);
        field("eTag", self.etag);
        field("versionId", self.version_id);
        field("sequencer", self.sequencer);
    }
};

/// Bucket and object.
struct entity {
    std::string_view schema_version;
    std::string_view configuration_id; ///< of the bucket's notification configuration
    bucket_info bucket;
    object_info object;

    static void wire(auto& self, auto&& field) {
        field("s3SchemaVersion", self.schema_version);
        field("configurationId", self.configuration_id);
        field("bucket", self.bucket);
        field("object", self.object);
    }
};

/// Of ObjectRestore:Completed.
struct restore_data {
    iso_time expiry_time;
    std::string_view storage_class;

    static void wire(auto& self, auto&& field) {
        field("lifecycleRestorationExpiryTime", self.expiry_time);
        field("lifecycleRestoreStorageClass", self.storage_class);
    }
};

struct glacier_data {
    std::optional<restore_data> restore;

    static void wire(auto& self, auto&& field) { field("restoreEventData", self.restore); }
};

/// Of Replication:*.
struct replication_data {
    std::string_view rule_id;
    std::string_view destination_bucket; ///< an ARN
    std::string_view operation;          ///< "OBJECT_PUT", ...
    iso_time request_time;
    std::string_view failure_reason;
    number_text<std::uint32_t> threshold; ///< minutes
    iso_time replication_time;

    static void wire(auto& self, auto&& field) {
        field("replicationRuleId", self.rule_id);
        field("destinationBucket", self.destination_bucket);
        field("s3Operation", self.operation);
        field("requestTime", self.request_time);
        field("failureReason", self.failure_reason);
        field("threshold", self.threshold);
        field("replicationTime", self.replication_time);
    }
};

struct transition_data {
    std::string_view destination_storage_class;

    static void wire(auto& self, auto&& field) {
        field("destinationStorageClass", self.destination_storage_class);
    }
};

/// Of LifecycleTransition.
struct lifecycle_data {
    std::optional<transition_data> transition;

    static void wire(auto& self, auto&& field) { field("transitionEventData", self.transition); }
};

/// Of IntelligentTiering.
struct intelligent_tiering_data {
    std::string_view destination_access_tier;

    static void wire(auto& self, auto&& field) {
        field("destinationAccessTier", self.destination_access_tier);
    }
};

/// One notification.
struct record {
    std::string_view event_version; ///< of the structure: "2.1" to "2.6" and counting
    std::string_view event_source;  ///< "aws:s3"
    std::string_view aws_region;
    iso_time event_time;
    std::string_view event_name; ///< as it came; name() is without "s3:"
    identity user_identity;
    request_info request_parameters;
    response_info response_elements;
    entity s3;
    std::optional<glacier_data> glacier;
    std::optional<restore_data> restore; ///< some send it here instead of inside `glacier`
    std::optional<replication_data> replication;
    std::optional<lifecycle_data> lifecycle;
    std::optional<intelligent_tiering_data> intelligent_tiering;

    /// One of event_name, or one that came later.
    [[nodiscard]] std::string_view name() const noexcept;
    /// ObjectCreated:*
    [[nodiscard]] bool is_created() const noexcept;
    /// ObjectRemoved:* and LifecycleExpiration:*, deleted by somebody or by a rule of the bucket.
    [[nodiscard]] bool is_removed() const noexcept;
    /// LifecycleExpiration:*, deleted by a rule of the bucket.
    [[nodiscard]] bool is_expired() const noexcept;

    static void wire(auto& self, auto&& field) {
        field("eventVersion", self.event_version);
        field("eventSource", self.event_source);
        field("awsRegion", self.aws_region);
        field("eventTime", self.event_time);
        field("eventName", self.event_name);
        field("userIdentity", self.user_identity);
        field("requestParameters", self.request_parameters);
        field("responseElements", self.response_elements);
        field("s3", self.s3);
        field("glacierEventData", self.glacier);
        field("restoreEventData", self.restore);
        field("replicationEventData", self.replication);
        field("lifecycleEventData", self.lifecycle);
        field("intelligentTieringEventData", self.intelligent_tiering);
    }
};

/// What matchers look at: a record and its key, decoded once.
struct record_view {
    const record& item;
    std::string_view key;
    [[nodiscard]] static std::span<const source_operations> arrives_in() noexcept;
};

/// The whole payload.
struct event {
    std::span<const record> records;

    static constexpr source_info about{
        .id = "s3",
        .title = "Amazon S3",
        .delivery = delivery::asynchronous,
        .docs = "https://docs.aws.amazon.com/lambda/latest/dg/with-s3.html",
        .family = source_family::asynchronous,
        .header = "headrace/sources/s3.hpp"};
    static constexpr auto recognised = source::records_from("aws:s3", "Records/0/s3");
    [[nodiscard]] static record_item item_of(const record& r);
    [[nodiscard]] static std::string sought(const record& r);
    [[nodiscard]] static record_view subject_of(const record& r, workspace& memory);
    static std::span<const sample> samples();
    static outcome dispatch(dispatcher& d, call& c, const document& json);

    static void wire(auto& self, auto&& field) { field("Records", self.records); }
};

/// What S3 sends to a queue or topic when notifications are configured: there is nothing to do.
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
struct test_event {
    std::string_view service; ///< "Amazon S3"
    std::string_view event;   ///< "s3:TestEvent"
    iso_time time;
    std::string_view bucket; ///< its name
    std::string_view request_id;
    std::string_view host_id;

    static constexpr source_info about{.id = "s3.test",
                                       .title = "Amazon S3 test message",
                                       .delivery = delivery::nested,
                                       .docs =
                                           "https://docs.aws.amazon.com/AmazonS3/latest/userguide/"
                                           "notification-content-structure.html",
                                       .family = source_family::asynchronous,
                                       .header = "headrace/sources/s3.hpp"};
    static constexpr auto recognised =
        source::recognised_by(source::when(source::is("Event", "s3:TestEvent")));
    static std::span<const sample> samples();
    static outcome dispatch(dispatcher& d, call& c, const document& json);

    static void wire(auto& self, auto&& field) {
        field("Service", self.service);
        field("Event", self.event);
        field("Time", self.time);
        field("Bucket", self.bucket);
        field("RequestId", self.request_id);
        field("HostId", self.host_id);
    }
};

// ---- routes -----------------------------------------------------------------------------------

/// Takes records by bucket, event name, and the beginning and end of the key. The most specific
/// route is taken: by bucket, then the longest prefix, then the longest suffix, then event name.
class bucket_matcher {
public:
    using subject = record_view;
    using provides = types<record, event>;
    static constexpr headrace::delivery delivered = headrace::delivery::asynchronous;
    static constexpr bool has_body = false;

    explicit bucket_matcher(std::string name) : bucket_(std::move(name)) {}

    /// Only ObjectCreated:*
    [[nodiscard]] bucket_matcher created() const { return named({"ObjectCreated:*"}); }
    /// Only ObjectRemoved:* and LifecycleExpiration:*, as record::is_removed().
    [[nodiscard]] bucket_matcher removed() const {
        return named({"ObjectRemoved:*", "LifecycleExpiration:*"});
    }
    /// Only events of this name, without "s3:" in front: "ObjectRestore:Completed", "Object*".
    [[nodiscard]] bucket_matcher event_named(std::string name) const {
        return named({std::move(name)});
    }
    /// Only keys (decoded) that begin with `text`.
    [[nodiscard]] bucket_matcher prefix(std::string text) const {
        bucket_matcher m = *this;
        m.prefix_ = std::move(text);
        return m;
    }
    /// Only keys (decoded) that end with `text`.
    [[nodiscard]] bucket_matcher suffix(std::string text) const {
        bucket_matcher m = *this;
        m.suffix_ = std::move(text);
        return m;
    }

    [[nodiscard]] bool matches(const record_view& r) const noexcept;
    [[nodiscard]] std::string describe() const;
    [[nodiscard]] std::uint64_t rank() const noexcept;
    [[nodiscard]] bool overlaps(const bucket_matcher& other) const;
    [[nodiscard]] bool covers(const bucket_matcher& other) const;

private:
    [[nodiscard]] bucket_matcher named(std::vector<std::string> names) const;
    detail::glob bucket_;
    std::vector<detail::glob> events_; ///< any of these; none: every event
    std::string prefix_;
    std::string suffix_;
};

/// Records of the bucket with this name ("uploads", "uploads-*"), direct or inside SNS and SQS.
/// Handlers can ask for record and event.
[[nodiscard]] inline bucket_matcher bucket(std::string name) {
    return bucket_matcher(std::move(name));
}

} // namespace headrace::s3
