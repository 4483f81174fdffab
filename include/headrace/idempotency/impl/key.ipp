// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/sha256.hpp>
#include <headrace/http/request.hpp>
#include <headrace/idempotency/key.hpp>
#include <headrace/json/detail/json_at.hpp>
#include <headrace/routing/record_item.hpp>

#include <array>
#include <span>
#include <string_view>

namespace headrace::idempotency {

namespace naming {

inline void add(canonical& to, std::span<const std::string_view> texts) {
    to.array(texts.size());
    for (const auto each : texts) to.text(each);
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
    for (const call* at = &c; at != nullptr && at->item() != nullptr; at = at->outer()) {
        const auto& it = *at->item();
        if (const auto name = it.name(); !name.empty()) return naming::add(to, name.all()), true;
        // One of several that nothing tells apart.
        if (at->is_element() && it.id.empty()) return false;
    }
    if (!c.record_id().empty()) {
        naming::add(to, std::array{c.source(), c.record_id()});
    } else if (!c.is_element() && !c.context().request_id.empty()) {
        naming::add(to, std::array{std::string_view("lambda"), c.context().request_id});
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
    for (const call* at = &c; at != nullptr && at->item() != nullptr; at = at->outer()) {
        const auto name = at->item()->sent_as();
        if (!name.empty()) return naming::add(to, name.all()), true;
    }
    return false;
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
    idempotency::naming::add(to, std::array{c.route(), value});
    return true;
}

} // namespace headrace::detail
