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
    // Room for all; only the first `count` are written.
    const log_member none{"", ""};
    std::array<log_member, 8> members{none, none, none, none, none, none, none, none};
    std::size_t count = 0;
    const auto add = [&](std::string_view name, log_value value) {
        members[count++] = {name, value};
    };
    const auto add_if_there = [&](std::string_view name, std::string_view text) {
        if (!text.empty()) add(name, text);
    };
    add("source", c.source());
    add("outcome", o == nullptr ? std::string_view("threw") : to_string(o->verdict()));
    const auto* response = o == nullptr ? nullptr : std::get_if<http::response>(&o->reply());
    if (response != nullptr) add("status", response->status);
    add("durationMs", took);
    add("coldStart", ctx.cold_start);
    add_if_there("route", c.route());
    add_if_there("record", c.record_id());
    add_if_there("traceId", ctx.trace_id);
    ctx.log.write(level, c.scope() == scope::record ? "record" : "invocation",
                  std::span(members).first(count));
}

} // namespace headrace::detail
