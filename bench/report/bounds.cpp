// SPDX-License-Identifier: BSL-1.0

#include "measurement.hpp"

#include <array>

namespace headrace::bench {

namespace {

bool any_order(std::string_view event) {
    return event.ends_with("-reverse") || event.ends_with("-unknown");
}
bool as_delivered(std::string_view event) { return !any_order(event); }
// The first of many records decides.
bool decided_early(std::string_view event) {
    return event.starts_with("sqs-10") && !event.ends_with("-unknown");
}

bool is_key(std::string_view event) { return event.starts_with("key-"); }
bool is_replay(std::string_view event) { return event.starts_with("replay-"); }

struct rule {
    std::string_view family;
    bool (*applies)(std::string_view event);
    bound limit;
};

// docs/reference/benchmarks.md has the same list in words.
constexpr std::array rules{
    rule{"decode", as_delivered, {1.1, true}},
    rule{"decode", any_order, {1.3, true}},
    rule{"recognise", decided_early, {0.05, true}},
    rule{"dispatch", [](std::string_view event) { return event == "v2"; }, {1.8}},
    rule{"chain", [](std::string_view event) { return event == "5"; }, {4}},
    rule{"route", [](std::string_view) { return true; }, {2.5}},
    rule{"batch", [](std::string_view event) { return event == "any"; }, {2}},
    rule{"batch", [](std::string_view event) { return event == "sleeping"; }, {1.05}},
    rule{"resilience", [](std::string_view event) { return event == "5"; }, {1.5, true}},
    rule{"idempotency", [](std::string_view event) { return event == "memory"; }, {2}},
    rule{"idempotency", is_key, {2}},
    rule{"idempotency", [](std::string_view event) { return event == "sqlite"; }, {1.3}},
    rule{"idempotency", is_replay, {1}},
};

} // namespace

std::optional<bound> bound_of(std::string_view family, std::string_view event) {
    for (const auto& each : rules) {
        if (each.family == family && each.applies(event)) return each.limit;
    }
    return std::nullopt;
}

} // namespace headrace::bench
