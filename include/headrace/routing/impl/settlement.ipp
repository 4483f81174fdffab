// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/routing/settlement.hpp>

namespace headrace {

std::string_view to_string(source_family family) noexcept {
    switch (family) {
    case source_family::queue: return "queue";
    case source_family::fifo_queue: return "fifo_queue";
    case source_family::stream: return "stream";
    case source_family::partitioned: return "partitioned";
    case source_family::asynchronous: return "asynchronous";
    case source_family::synchronous: return "synchronous";
    }
    return "unknown";
}

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
    switch (o.verdict()) {
    case verdict::ok: return record_end::ok;
    case verdict::drop: return record_end::drop;
    case verdict::retry: return record_end::retry;
    case verdict::defer: return record_end::defer;
    case verdict::reject: break;
    }
    return o.parked() ? record_end::parked : record_end::rejected;
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
    case settlement::function_error: return "function error";
    case settlement::reply: return "200 with the value, or 204";
    case settlement::problem: break;
    }
    std::string text = rule.status == 0 ? "status of its class" : std::to_string(rule.status);
    if (rule.timed) text += ", Retry-After";
    return text;
}

} // namespace headrace
