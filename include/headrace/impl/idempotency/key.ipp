// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/detail/json_at.hpp>
#include <headrace/eventbridge.hpp>
#include <headrace/http/request.hpp>
#include <headrace/idempotency/key.hpp>
#include <headrace/s3.hpp>
#include <headrace/schedule.hpp>
#include <headrace/sns.hpp>
#include <headrace/sqs.hpp>

#include <initializer_list>

namespace headrace::idempotency {

namespace naming {

inline void add(canonical& to, std::initializer_list<std::string_view> texts) {
    to.array(texts.size());
    for (const auto each : texts) to.text(each);
}

inline void add(canonical& to, const s3::record& r) {
    const auto& object = r.s3.object;
    const auto version = object.version_id.empty() ? object.etag : object.version_id;
    add(to,
        {"s3", r.s3.bucket.name, object.key.text(), version, object.sequencer.text(), r.name()});
}

inline void add(canonical& to, const sqs::message& m) {
    add(to, {"sqs", m.message_id}); // a deduplication id may be another message's, too: see its key
}

inline void add(canonical& to, const schedule::event& e) {
    add(to, {"schedule", e.resources.empty() ? std::string_view() : e.resources.front(),
             e.time.text()});
}

} // namespace naming

result<void> natural_key::usable_on(bool http) const {
    if (!http) return {};
    return error::invalid("HTTP requests have no natural_key{}: it takes key_header{\"...\"}"
                          " or key(&order::id)");
}

// What is inside of an envelope names the operation better than the envelope does.
result<bool> natural_key::operator()(const call& c, canonical& to) const {
    if (c.http_request() != nullptr) return false;
    if (const auto* r = c.find<s3::record>()) {
        naming::add(to, *r);
    } else if (const auto* s = c.find<schedule::event>()) {
        naming::add(to, *s);
    } else if (const auto* e = c.find<eventbridge::event>()) {
        naming::add(to, {"eventbridge", e->id});
    } else if (const auto* n = c.find<sns::notification>()) {
        naming::add(to, {"sns", n->message_id});
    } else if (const auto* m = c.find<sqs::message>()) {
        naming::add(to, *m);
    } else if (!c.record_id().empty()) {
        naming::add(to, {c.source(), c.record_id()});
    } else if (!c.context().request_id.empty()) {
        naming::add(to, {"lambda", c.context().request_id});
    } else {
        return false;
    }
    return true;
}

// ---- keys of the user's choice
// --------------------------------------------------------------------

namespace naming {

// The body as JSON, or the whole document.
inline result<raw_json> asked_for(const call& c) {
    auto json = c.body();
    if (!json || !json->empty() || c.http_request() != nullptr) return json;
    return c.original();
}

// What an authorizer calls the sender of a request; nobody else can see the keys of this one.
inline result<void> add_caller(const http::caller& who, canonical& to, workspace& memory) {
    if (const auto* iam = std::get_if<http::iam_caller>(&who)) {
        add(to, {"iam", iam->user_arn});
    } else if (const auto* jwt = std::get_if<http::jwt_caller>(&who)) {
        add(to, {"jwt", jwt->claim("iss").value_or(""), jwt->claim("sub").value_or("")});
    } else if (const auto* cognito = std::get_if<http::cognito_caller>(&who)) {
        add(to, {"jwt", cognito->claim("iss").value_or(""), cognito->claim("sub").value_or("")});
    } else if (const auto* lambda = std::get_if<http::lambda_caller>(&who)) {
        // A REST API adds the latency of the authorizer, which is another one each time.
        const auto principal = detail::json_at(lambda->context, "/principalId", memory);
        to.array(2);
        to.text("lambda");
        return to.value(principal.empty() ? lambda->context : principal, memory);
    } else {
        add(to, {"anonymous"});
    }
    return {};
}

} // namespace naming

result<void> key_at::usable() const {
    if (pointer.empty() || pointer.starts_with('/')) return {};
    return error::invalid("key_at{} takes a JSON pointer, which begins with '/': \"/order/id\"");
}

result<bool> key_at::operator()(const call& c, canonical& to) const {
    const auto whole = naming::asked_for(c);
    if (!whole) return whole.error();
    const auto found = detail::json_at(*whole, pointer, c.memory());
    if (found.empty()) return false;
    return to.key_value(found, c.memory());
}

result<bool> key_deduplication_id::operator()(const call& c, canonical& to) const {
    const auto* const m = c.find<sqs::message>();
    if (m == nullptr || m->attributes.message_deduplication_id.empty()) return false;
    naming::add(to, {"sqs-deduplication", m->event_source_arn, m->attributes.message_group_id,
                     m->attributes.message_deduplication_id});
    return true;
}

result<void> key_header::usable_on(bool http) const {
    if (http) return {};
    return error::invalid("only HTTP requests have headers for a key_header{}");
}

result<bool> key_header::operator()(const call& c, canonical& to) const {
    const auto* const request = c.http_request();
    if (request == nullptr) return false;
    const auto value = request->headers().first(name).value_or("");
    if (value.empty()) return false;
    to.array(3);
    if (auto added = naming::add_caller(request->caller(), to, c.memory()); !added) {
        return std::move(added).error();
    }
    to.text(c.route());
    to.text(value);
    return true;
}

std::string fingerprint_of(const call& c) {
    canonical bytes;
    if (const auto* const request = c.http_request()) {
        bytes.text(request->method());
        bytes.text(request->target());
    }
    const auto json = naming::asked_for(c);
    if (!json) return {};
    canonical value;
    const bool is_json = !json->empty() && value.value(*json, c.memory()).has_value();
    if (!is_json) bytes.text(json->text()); // it need not be JSON
    return sha256_hex(std::string(bytes.bytes()).append(is_json ? value.bytes() : ""));
}

} // namespace headrace::idempotency
