// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/access_log.hpp>

#include <array>

namespace headrace::detail {

void write_access_line(const call& c, const outcome* o, std::chrono::nanoseconds took) {
    const auto& ctx = c.context();
    const bool fine = o != nullptr && o->succeeded();
    const auto level = fine ? log_level::info : log_level::warn;
    if (!ctx.log.enabled(level)) return;
    std::array<log_member, 8> members{
        log_member{"source", c.source()},
        log_member{"outcome", o == nullptr ? std::string_view("threw") : to_string(o->verdict())},
        log_member{"durationMs", took},
        log_member{"coldStart", ctx.cold_start},
        log_member{"", ""},
        log_member{"", ""},
        log_member{"", ""},
        log_member{"", ""},
    };
    std::size_t count = 4;
    const auto add_if_there = [&](std::string_view name, std::string_view text) {
        if (!text.empty()) members[count++] = {name, text};
    };
    add_if_there("route", c.route());
    add_if_there("record", c.record_id());
    add_if_there("traceId", ctx.trace_id);
    ctx.log.write(level, c.scope() == scope::record ? "record" : "invocation",
                  std::span(members).first(count));
}

} // namespace headrace::detail
