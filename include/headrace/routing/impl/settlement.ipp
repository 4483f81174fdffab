// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/routing/settlement.hpp>

#include <utility>

namespace headrace {

std::string_view to_string(record_end end) noexcept {
    switch (end) {
    case record_end::ok: return "ok";
    case record_end::drop: return "drop";
    case record_end::retry: return "retry";
    case record_end::defer: return "defer";
    case record_end::rejected: return "rejected";
    case record_end::parked: return "parked";
    case record_end::not_begun: return "not_begun";
    }
    return "unknown";
}

record_end end_of(const outcome& o) noexcept {
    if (!o.begun()) return record_end::not_begun;
    switch (o.verdict()) {
    case verdict::ok: return record_end::ok;
    case verdict::drop: return record_end::drop;
    case verdict::retry: return record_end::retry;
    case verdict::defer: return record_end::defer;
    case verdict::reject: break;
    }
    return o.parked() ? record_end::parked : record_end::rejected;
}

outcome settled(outcome o, const settlement_rule& rule) {
    const bool goes = rule.what == settlement::acknowledge || rule.what == settlement::reply;
    if (goes == o.acknowledges()) [[likely]]
        return o;
    if (goes) return outcome();
    return outcome(error::bug("its source has it delivered again"));
}

std::string describe(const settlement_rule& rule) {
    std::string again = rule.timed ? "comes again (timed)" : "comes again";
    switch (rule.what) {
    case settlement::acknowledge: return "goes";
    case settlement::redeliver_record: return again;
    case settlement::redeliver_group:
        return detail::format<"{}, with the rest of its group">(again);
    case settlement::redeliver_rest: return detail::format<"{}, with all that follows">(again);
    case settlement::redeliver_partition:
        return detail::format<"{}, with the rest of its partition">(again);
    case settlement::function_error:
        return rule.family == source_family::whole_batch ? "function error: all come again"
                                                         : "function error";
    case settlement::reply: return "200 with the value, or 204";
    case settlement::problem: break;
    }
    std::string text = rule.status == 0 ? "status of its class" : std::to_string(rule.status);
    if (rule.timed) text += ", Retry-After";
    return text;
}

} // namespace headrace
