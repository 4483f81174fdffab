// SPDX-License-Identifier: BSL-1.0
#include "samples.hpp"
#include "wire_arity.hpp"

#include <headrace/sources/schedule.hpp>

#include <doctest/doctest.h>

#include <array>
#include <string_view>

using namespace headrace;

TEST_CASE("the schedule of a rule is read in all its members") {
    const auto event = samples::decoded<schedule::rule_event>("schedule-rule");
    CHECK(event->id.size() == 36);
    CHECK(event->detail_type == "Scheduled Event");
    CHECK(event->source == "aws.events");
    CHECK(event->time.time().has_value());
    CHECK(event->detail.text() == "{}");
    CHECK(event->rule_name() == "nightly");
    CHECK(event->schedule_name().empty());
    CHECK(event->schedule_group().empty());
}

TEST_CASE("EventBridge Scheduler sends its detail as a string") {
    const auto event = samples::decoded<schedule::scheduler_event>("scheduler");
    CHECK(event->source == "aws.scheduler");
    CHECK(event->detail.text() == R"("{}")");
    CHECK(event->schedule_name() == "nightly");
    CHECK(event->schedule_group() == "reports");
    CHECK(event->rule_name().empty());
}

TEST_CASE("one type takes the events of both") {
    const auto name = [](const schedule::event& e) {
        return e.rule_name().empty() ? e.schedule_name() : e.rule_name();
    };
    const auto rule = samples::decoded<schedule::rule_event>("schedule-rule");
    const auto scheduler = samples::decoded<schedule::scheduler_event>("scheduler");
    CHECK(name(*rule) == "nightly");
    CHECK(name(*scheduler) == "nightly");
    static_assert(sizeof(schedule::rule_event) == sizeof(schedule::event));
    static_assert(sizeof(schedule::scheduler_event) == sizeof(schedule::event));
}

TEST_CASE("names come from the first resource, whatever its form") {
    struct row {
        std::string_view arn, rule, schedule, group;
    };
    const row rows[] = {
        {"arn:aws:events:eu-central-1:123456789012:rule/nightly", "nightly", "", ""},
        {"arn:aws:events:eu-central-1:123456789012:rule/orders/nightly", "nightly", "", ""},
        {"arn:aws-cn:scheduler:cn-north-1:123456789012:schedule/default/n-1", "", "n-1", "default"},
        {"arn:aws:scheduler:eu-central-1:123456789012:schedule/nightly", "", "nightly", ""},
        {"arn:aws:events:eu-central-1:123456789012:rule/", "", "", ""},
        {"arn:aws:sqs:eu-central-1:123456789012:orders", "", "", ""},
        {"nightly", "", "", ""},
        {"", "", "", ""},
    };
    for (const row& each : rows) {
        CAPTURE(each.arn);
        const std::array resources{each.arn, std::string_view("arn:aws:events:::rule/second")};
        schedule::event e;
        e.resources = resources;
        CHECK(e.rule_name() == each.rule);
        CHECK(e.schedule_name() == each.schedule);
        CHECK(e.schedule_group() == each.group);
    }
    CHECK(schedule::event().rule_name().empty());
    CHECK(schedule::event().schedule_group().empty());
}

TEST_CASE("the wire lists name every member") { CHECK(wire_fault<schedule::event>() == ""); }

TEST_CASE("schedules are matched by the name of a rule or of Scheduler's schedule") {
    const auto rule = samples::decoded<schedule::rule_event>("schedule-rule");
    const auto scheduler = samples::decoded<schedule::scheduler_event>("scheduler");
    for (const auto pattern : {"nightly", "night*"}) {
        CAPTURE(pattern);
        CHECK(schedule::rule(pattern).matches(*rule));
        CHECK_FALSE(schedule::rule(pattern).matches(*scheduler));
        CHECK(schedule::name(pattern).matches(*scheduler));
        CHECK_FALSE(schedule::name(pattern).matches(*rule));
    }
    CHECK(schedule::rule("arn:aws:events:*:*:rule/nightly").matches(*rule));
    CHECK(schedule::name("arn:aws:scheduler:*:*:schedule/reports/*").matches(*scheduler));
    CHECK_FALSE(schedule::rule("hourly").matches(*rule));
    CHECK_FALSE(schedule::rule("*").matches(schedule::event()));
    CHECK(schedule::rule("nightly").describe() == "schedule rule nightly");
    CHECK(schedule::name("nightly").describe() == "schedule name nightly");
    CHECK(schedule::rule("nightly").rank() > schedule::rule("night*").rank());
    CHECK(schedule::rule("night*").overlaps(schedule::rule("nightly")));
    CHECK_FALSE(schedule::rule("nightly").overlaps(schedule::name("nightly")));
    CHECK(schedule::name("night*").covers(schedule::name("nightly")));
    CHECK_FALSE(schedule::name("night*").covers(schedule::rule("nightly")));
}
