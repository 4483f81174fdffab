// SPDX-License-Identifier: BSL-1.0
#pragma once

// What arrives when a schedule fires? The EventBridge envelope without details, from one of two
// services: a rule on an event bus, or EventBridge Scheduler. (A schedule with custom input sends
// that input and nothing else: raw.hpp.)
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html
// https://docs.aws.amazon.com/scheduler/latest/UserGuide/getting-started.html

#include <headrace/base/types.hpp>
#include <headrace/json/codec.hpp>
#include <headrace/json/time.hpp>
#include <headrace/routing/detail/resource_pattern.hpp>
#include <headrace/routing/record_item.hpp>
#include <headrace/routing/source.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace headrace::eventbridge {
struct event;
}

namespace headrace::schedule {

/// The whole payload, of either service.
struct event {
    raw_json version;
    std::string_view id;          ///< the same when Lambda tries again
    std::string_view detail_type; ///< "Scheduled Event"
    std::string_view source;      ///< "source" on the wire: "aws.events" or "aws.scheduler"
    std::string_view account;
    iso_time time;
    std::string_view region;
    std::span<const std::string_view> resources; ///< the rule's or the schedule's ARN
    raw_json detail;                             ///< {} of a rule, and the string "{}" of Scheduler
    std::string_view replay_name;

    /// "nightly" of ".../rule/nightly" and of ".../rule/bus/nightly"; empty for Scheduler.
    [[nodiscard]] std::string_view rule_name() const noexcept;
    /// "nightly" of ".../schedule/group/nightly"; empty for a rule.
    [[nodiscard]] std::string_view schedule_name() const noexcept;
    /// "group" of ".../schedule/group/nightly"; empty for a rule.
    [[nodiscard]] std::string_view schedule_group() const noexcept;

    [[nodiscard]] static std::span<const source_operations> arrives_in() noexcept;
    /// Routes of eventbridge are asked second: it is such an event as well.
    using otherwise = eventbridge::event;
    [[nodiscard]] static record_item item_of(const event& e);
    [[nodiscard]] static std::string sought(const event& e);
    [[nodiscard]] static const event& handed_out(const event& e) noexcept { return e; }

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

/// The event as it comes from a rule. Handlers take schedule::event.
struct rule_event : event {
    static constexpr source_info about{
        .id = "eventbridge.scheduled",
        .title = "Amazon EventBridge rule with a schedule",
        .delivery = delivery::asynchronous,
        .docs = "https://docs.aws.amazon.com/eventbridge/latest/userguide/"
                "eb-create-rule-schedule.html",
        .family = source_family::asynchronous,
        .header = "headrace/sources/schedule.hpp"};
    static constexpr auto recognised = source::recognised_by(source::when(
        source::is("detail-type", "Scheduled Event"), source::is("source", "aws.events")));
    static std::span<const sample> samples();
    static outcome dispatch(dispatcher& d, call& c, const document& json);
};

/// The event as it comes from EventBridge Scheduler. Handlers take schedule::event.
struct scheduler_event : event {
    static constexpr source_info about{
        .id = "scheduler",
        .title = "Amazon EventBridge Scheduler",
        .delivery = delivery::asynchronous,
        .docs = "https://docs.aws.amazon.com/scheduler/latest/UserGuide/getting-started.html",
        .family = source_family::asynchronous,
        .header = "headrace/sources/schedule.hpp"};
    static constexpr auto recognised = source::recognised_by(source::when(
        source::is("detail-type", "Scheduled Event"), source::is("source", "aws.scheduler")));
    static std::span<const sample> samples();
    static outcome dispatch(dispatcher& d, call& c, const document& json);
};

// ---- routes -----------------------------------------------------------------------------------

/// Takes the events of one kind of schedule by name.
class schedule_matcher {
public:
    using subject = event;
    using provides = types<event>;
    static constexpr headrace::delivery delivered = headrace::delivery::asynchronous;
    enum class kind : std::uint8_t { rule, schedule };

    schedule_matcher(kind what, std::string name_or_arn)
        : what_(what), name_(std::move(name_or_arn)) {}
    [[nodiscard]] bool matches(const event& e) const noexcept;
    [[nodiscard]] std::string describe() const;
    [[nodiscard]] std::uint64_t rank() const noexcept { return name_.rank(); }
    [[nodiscard]] bool overlaps(const schedule_matcher& o) const {
        return what_ == o.what_ && name_.overlaps(o.name_);
    }
    [[nodiscard]] bool covers(const schedule_matcher& o) const {
        return what_ == o.what_ && name_.covers(o.name_);
    }

private:
    kind what_;
    detail::resource_pattern name_;
};

/// Events of the EventBridge rule with this name or ARN. Handlers can ask for event.
[[nodiscard]] inline schedule_matcher rule(std::string name_or_arn) {
    return {schedule_matcher::kind::rule, std::move(name_or_arn)};
}
/// Events of the EventBridge Scheduler schedule with this name or ARN. Handlers can ask for event.
/// A schedule with input of its own sends just that input: see raw::when.
[[nodiscard]] inline schedule_matcher name(std::string name_or_arn) {
    return {schedule_matcher::kind::schedule, std::move(name_or_arn)};
}

} // namespace headrace::schedule
