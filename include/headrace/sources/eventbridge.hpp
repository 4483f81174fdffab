// SPDX-License-Identifier: BSL-1.0
#pragma once

// What does Amazon EventBridge send? The same envelope around the details of every service and of
// your own applications. Schedules have it too: schedule.hpp.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html

#include <headrace/base/types.hpp>
#include <headrace/json/codec.hpp>
#include <headrace/json/time.hpp>
#include <headrace/routing/detail/glob.hpp>
#include <headrace/routing/record_item.hpp>
#include <headrace/routing/source.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace headrace::eventbridge {

/// The whole payload.
struct event {
    raw_json version; ///< "0", or a number where others write it
    std::string_view id;
    std::string_view detail_type;
    std::string_view source; ///< "source" on the wire: "aws.ec2", "com.example.orders", ...
    std::string_view account;
    iso_time time;
    std::string_view region;
    std::span<const std::string_view> resources; ///< ARNs
    raw_json detail;                             ///< .as<T>(memory) decodes it
    std::string_view replay_name;                ///< of events replayed from an archive

    static constexpr source_info about{
        .id = "eventbridge",
        .title = "Amazon EventBridge",
        .delivery = delivery::asynchronous,
        .docs = "https://docs.aws.amazon.com/eventbridge/latest/userguide/"
                "eb-events-structure.html",
        .family = source_family::asynchronous,
        .header = "headrace/sources/eventbridge.hpp"};
    static constexpr auto recognised =
        source::recognised_by(source::when(source::has("detail-type"), source::has("source")));
    [[nodiscard]] static record_item item_of(const event& e);
    [[nodiscard]] static std::string sought(const event& e);
    [[nodiscard]] static std::span<const source_operations> arrives_in() noexcept;
    static std::span<const sample> samples();
    static outcome dispatch(dispatcher& d, call& c, const document& json);

    static void wire(auto& self, auto&& field) {
        field("version", self.version);
        field("id", self.id);
        field("detail-type", self.detail_type);
        field("source", self.source);
        field("account", self.account);
        field("time", self.time);
        field("region", self.region);
        field("resources", self.resources);
        field("detail", self.detail);
        field("replay-name", self.replay_name);
    }
};

// ---- routes -----------------------------------------------------------------------------------

/// Takes events by source and detail-type; the source decides first which route is the most
/// specific.
class event_matcher {
public:
    using subject = event;
    using provides = types<event>;
    static constexpr headrace::delivery delivered = headrace::delivery::asynchronous;

    event_matcher(std::string source, std::string detail_type)
        : source_(std::move(source)), detail_type_(std::move(detail_type)) {}

    /// Only events with this source, wildcards allowed.
    [[nodiscard]] event_matcher source(std::string text) const {
        return {std::move(text), detail_type_.text()};
    }
    /// Only events with this detail-type, wildcards allowed.
    [[nodiscard]] event_matcher detail_type(std::string text) const {
        return {source_.text(), std::move(text)};
    }

    [[nodiscard]] bool matches(const event& e) const noexcept {
        return source_.matches(e.source) && detail_type_.matches(e.detail_type);
    }
    [[nodiscard]] std::string describe() const {
        return "eventbridge " + source_.text() + " / " + detail_type_.text();
    }
    [[nodiscard]] std::uint64_t rank() const noexcept {
        return std::uint64_t{source_.rank()} << 16 | detail_type_.rank();
    }
    [[nodiscard]] bool overlaps(const event_matcher& o) const {
        return source_.overlaps(o.source_) && detail_type_.overlaps(o.detail_type_);
    }
    [[nodiscard]] bool covers(const event_matcher& o) const {
        return source_.covers(o.source_) && detail_type_.covers(o.detail_type_);
    }

private:
    detail::glob source_;
    detail::glob detail_type_;
};

/// Events with this source: eventbridge::source("shop.orders").detail_type("Order Placed").
/// Handlers can ask for event and body<T>, which is its detail.
[[nodiscard]] inline event_matcher source(std::string text) { return {std::move(text), "*"}; }
/// Events with this detail-type.
[[nodiscard]] inline event_matcher detail_type(std::string text) { return {"*", std::move(text)}; }

} // namespace headrace::eventbridge
