// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/http/response.hpp>
#include <headrace/layers/access_log.hpp>
#include <headrace/routing/detail/call_line.hpp>

namespace headrace::detail {

void write_access_line(const call& c, const outcome* o, std::chrono::nanoseconds took) {
    const auto& ctx = c.context();
    const bool fine = o != nullptr && o->succeeded();
    const auto level = fine ? log_level::info : log_level::warn;
    if (!ctx.log.enabled(level)) return;
    call_line line;
    line.add("source", c.source());
    line.add("outcome", o == nullptr ? std::string_view("threw") : to_string(o->verdict()));
    const auto* response = o == nullptr ? nullptr : o->reply().get_if<http::response>();
    if (response != nullptr) line.add("status", response->status);
    line.add("durationMs", took);
    line.add("coldStart", ctx.cold_start);
    line.add_if_there("route", c.route());
    line.add_record(ctx.log, c);
    line.add_if_there("traceId", ctx.trace_id);
    line.write(ctx.log, level, c.scope() == scope::record ? "record" : "invocation");
}

} // namespace headrace::detail
