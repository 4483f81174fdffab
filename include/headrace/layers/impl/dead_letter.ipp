// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/caught.hpp>
#include <headrace/json/time.hpp>
#include <headrace/json/writer.hpp>
#include <headrace/layers/dead_letter.hpp>
#include <headrace/routing/record_item.hpp>
#include <headrace/routing/source.hpp>

#include <algorithm>
#include <optional>
#include <vector>

namespace headrace {

namespace detail::parking {

// Is it a record that its source can let go, with nobody who waits to hear of it?
inline bool is_ours(const call& c, dead_letter_options options) {
    const bool is_record = c.scope() == scope::record;
    if (c.origin() == nullptr) return is_record;
    switch (c.origin()->delivery) {
    case delivery::synchronous: return false;
    case delivery::direct: return options.raw_payloads;
    case delivery::polled: return is_record;
    default: return true;
    }
}

// A queue's message is sent again by its body alone. The one that is being handled, not one around
// it.
inline const record_item* message_of(const call& c) {
    const bool of_queue = c.origin() != nullptr && c.origin()->family == source_family::queue;
    return of_queue ? c.item() : nullptr;
}

inline result<void> written(const call& c, const error& reason, sink_ref sink) {
    const auto original = c.original();
    if (!original) return original.error();
    const auto& ctx = c.context();
    rejected_record r{.at = ctx.world->clock.now(),
                      .source = c.source(),
                      .route = c.route(),
                      .record_id = c.record_id(),
                      .attempt = c.attempt(),
                      .request_id = ctx.request_id,
                      .function_arn = ctx.function_arn,
                      .reason = reason,
                      .record = original->text(),
                      .listed = c.is_element()};
    std::vector<message_attribute> attributes;
    if (const auto* m = message_of(c)) {
        attributes = m->attributes();
        r.body = m->body.wire_text();
        r.group = m->group;
        r.attributes = attributes;
    }
    try {
        return sink.run(sink.object, r);
    } catch (...) {
        return caught_error();
    }
}

inline std::string on_one_line(std::string_view json) {
    std::string line(json);
    std::ranges::replace(line, '\n', ' '); // in JSON they stand between tokens only
    std::ranges::replace(line, '\r', ' ');
    return line;
}

inline void member_if_there(writer& w, std::string_view name, std::string_view text) {
    if (text.empty()) return;
    w.key(name);
    w.string(text);
}

inline void write_reason(writer& w, const error& e) {
    w.begin_object();
    w.key("class");
    w.string(to_string(e.kind));
    w.key("code");
    w.string(to_string(e.code));
    w.key("message");
    w.string(e.message);
    member_if_there(w, "pointer", e.pointer);
    member_if_there(w, "type", e.type);
    w.end_object();
}

} // namespace detail::parking

void detail::park(call& c, outcome& o, dead_letter_options options, sink_ref sink) {
    if (!parking::is_ours(c, options)) return;
    const bool unrouted = o.error() != nullptr && o.error()->code == errc::no_route;
    if (options.leave_unrouted && unrouted) return;
    const error reason = o.error() != nullptr ? *o.error() : error::permanent("no reason");
    auto written = parking::written(c, reason, sink);
    if (written) return o.set_parked();
    error e = std::move(written).error();
    e.message = "the rejected record could not be written: " + describe(e)
                + "; it was rejected because: " + describe(reason);
    e.pointer.clear();
    e.offset.reset();
    const auto after = e.after.value_or(std::chrono::milliseconds{});
    o = outcome::retry(after, std::move(e));
}

std::string to_json(const rejected_record& r) {
    std::string text;
    writer w(text);
    w.begin_object();
    w.key("time");
    w.string(iso_text(r.at));
    w.key("source");
    w.string(r.source);
    detail::parking::member_if_there(w, "route", r.route);
    detail::parking::member_if_there(w, "recordId", r.record_id);
    w.key("attempt");
    w.integer(r.attempt);
    detail::parking::member_if_there(w, "requestId", r.request_id);
    detail::parking::member_if_there(w, "functionArn", r.function_arn);
    w.key("error");
    detail::parking::write_reason(w, r.reason);
    detail::parking::member_if_there(w, "group", r.group);
    w.key("record");
    w.verbatim(r.record.empty() ? std::string("null") : detail::parking::on_one_line(r.record));
    w.end_object();
    return text;
}

std::string as_message(const rejected_record& r) {
    if (!r.body.empty()) return std::string(r.body);
    if (!r.listed) return std::string(r.record);
    return std::string(R"({"Records":[)").append(r.record).append("]}");
}

} // namespace headrace
