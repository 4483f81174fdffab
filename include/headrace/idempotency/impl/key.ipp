// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/sha256.hpp>
#include <headrace/http/request.hpp>
#include <headrace/idempotency/key.hpp>
#include <headrace/json/detail/json_at.hpp>
#include <headrace/sources/eventbridge.hpp>
#include <headrace/sources/s3.hpp>
#include <headrace/sources/schedule.hpp>
#include <headrace/sources/sns.hpp>
#include <headrace/sources/sqs.hpp>

#include <initializer_list>

namespace headrace::idempotency {

namespace naming {

inline void add(canonical& to, std::initializer_list<std::string_view> texts) {
    to.array(texts.size());
    for (const auto each : texts) to.text(each);
}

// A write has a sequencer of its own. Whatever happens to the object later has that of the write or
// none: the time and the request tell it from others, and of replications the rule, since an object
// may go to several buckets.
inline bool add(canonical& to, const s3::record& r) {
    const auto& object = r.s3.object;
    const auto& response = r.response_elements;
    const auto version = object.version_id.empty() ? object.etag : object.version_id;
    const auto sequencer = object.sequencer.text();
    if (!sequencer.empty() && (r.is_created() || r.is_removed())) {
        add(to, {"s3", r.s3.bucket.name, object.key.text(), version, sequencer, r.name()});
        return true;
    }
    const auto time = r.event_time.text();
    if (time.empty() && response.request_id.empty() && response.host_id.empty()) return false;
    add(to, {"s3", r.s3.bucket.name, object.key.text(), version, sequencer, r.name(), time,
             response.request_id, response.host_id,
             r.replication ? r.replication->rule_id : std::string_view()});
    return true;
}

} // namespace naming

result<void> natural_key::usable_on(bool http) const {
    if (!http) return {};
    return error::invalid("HTTP requests have no natural_key{}: it takes key_header{\"...\"}"
                          " or key(&order::id)");
}

// What is inside of an envelope names the operation better than the envelope does. Where it has no
// name, the envelope's will do if nothing else is in it.
result<bool> natural_key::operator()(const call& c, canonical& to) const {
    if (c.find<http::request>() != nullptr) return false;
    if (const auto* r = c.find<s3::record>()) return naming::add(to, *r);
    const auto* const s = c.find<schedule::event>();
    const auto* const e = c.find<eventbridge::event>();
    const auto* const n = c.find<sns::notification>();
    const auto* const m = c.find<sqs::message>();
    if (s != nullptr && !s->resources.empty() && !s->time.empty()) {
        naming::add(to, {"schedule", s->resources.front(), s->time.text()});
    } else if (e != nullptr && !e->id.empty()) {
        naming::add(to, {"eventbridge", e->id});
    } else if (n != nullptr && !n->message_id.empty()) {
        naming::add(to, {"sns", n->message_id});
    } else if (m != nullptr && !m->message_id.empty()) {
        // A deduplication id may be another message's, too: see its key.
        naming::add(to, {"sqs", m->message_id});
    } else if (!c.record_id().empty()) {
        naming::add(to, {c.source(), c.record_id()});
    } else if (!c.is_element() && !c.context().request_id.empty()) {
        naming::add(to, {"lambda", c.context().request_id});
    } else {
        return false;
    }
    return true;
}

// ---- keys of the user's choice ------------------------------------------------------------------

namespace naming {

// The body as JSON, or the whole document.
inline result<raw_json> asked_for(const call& c) {
    auto json = c.body();
    if (!json || !json->empty() || c.find<http::request>() != nullptr) return json;
    return c.original();
}

} // namespace naming

result<bool> key_deduplication_id::operator()(const call& c, canonical& to) const {
    const auto* const m = c.find<sqs::message>();
    if (m == nullptr || m->attributes.message_deduplication_id.empty()) return false;
    naming::add(to, {"sqs-deduplication", m->event_source_arn, m->attributes.message_group_id,
                     m->attributes.message_deduplication_id});
    return true;
}

std::string fingerprint_of(const call& c) {
    canonical bytes;
    if (const auto* const request = c.find<http::request>()) {
        bytes.text(request->method());
        bytes.text(request->target());
    }
    const auto json = naming::asked_for(c);
    if (!json) return {};
    canonical value;
    const bool is_json = !json->empty() && value.value(*json, c.memory()).has_value();
    if (!is_json) bytes.text(json->text()); // it need not be JSON
    return detail::sha256_hex(std::string(bytes.bytes()).append(is_json ? value.bytes() : ""));
}

} // namespace headrace::idempotency

namespace headrace::detail {

result<void> usable_key_place(std::string_view pointer) {
    if (pointer.empty() || pointer.starts_with('/')) return {};
    return error::invalid("key_at{} takes a JSON pointer, which begins with '/': \"/order/id\"");
}

result<bool> add_key_at(std::string_view pointer, const call& c, idempotency::canonical& to) {
    const auto whole = idempotency::naming::asked_for(c);
    if (!whole) return whole.error();
    const auto found = json_at(*whole, pointer, c.memory());
    if (found.empty()) return false;
    return to.key_value(found, c.memory());
}

result<void> usable_key_header(bool http) {
    if (http) return {};
    return error::invalid("only HTTP requests have headers for a key_header{}");
}

result<bool> add_key_header(std::string_view name, const call& c, idempotency::canonical& to) {
    const auto* const request = c.find<http::request>();
    if (request == nullptr) return false;
    const auto value = request->headers().first(name).value_or("");
    if (value.empty()) return false;
    idempotency::naming::add(to, {c.route(), value});
    return true;
}

} // namespace headrace::detail
