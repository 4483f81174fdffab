// SPDX-License-Identifier: BSL-1.0
#pragma once

// ./dev generate writes this from samples/*.json.

#include <headrace/sources/schedule.hpp>

namespace headrace {

// clang-format off
std::span<const sample> schedule::rule_event::samples() {
    static constexpr sample all[] = {
        {"schedule-rule",
         R"({"version":"0","id":"a10077c6-0b68-4d8a-b4a4-3514aa100174","detail-type":)"
         R"("Scheduled Event","source":"aws.events","account":"123456789012","time":)"
         R"("2026-11-24T22:30:47Z","region":"eu-central-1","resources":[)"
         R"("arn:aws:events:eu-central-1:123456789012:rule/nightly"],"detail":{}})"},
    };
    return all;
}

std::span<const sample> schedule::scheduler_event::samples() {
    static constexpr sample all[] = {
        {"scheduler",
         R"({"version":"0","id":"2a76d5a2-2e09-4118-9b2a-4ad2f63a050d","detail-type":)"
         R"("Scheduled Event","source":"aws.scheduler","account":"123456789012","time":)"
         R"("2026-11-24T22:30:47Z","region":"eu-central-1","resources":[)"
         R"("arn:aws:scheduler:eu-central-1:123456789012:schedule/reports/nightly"],"detail":)"
         R"("{}"})"},
    };
    return all;
}

// clang-format on
} // namespace headrace
