// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/hex.hpp>
#include <headrace/sources/s3.hpp>

#include <algorithm>

namespace headrace {

namespace detail::s3_text {

inline bool is_number(std::string_view text) noexcept {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return hex_value(c) >= 0; });
}

} // namespace detail::s3_text

std::partial_ordering s3::sequencer::compare(const sequencer& other) const noexcept {
    namespace text = detail::s3_text;
    auto a = this->text();
    auto b = other.text();
    if (!text::is_number(a) || !text::is_number(b)) return std::partial_ordering::unordered;
    a.remove_prefix(std::min(a.find_first_not_of('0'), a.size()));
    b.remove_prefix(std::min(b.find_first_not_of('0'), b.size()));
    if (a.size() != b.size()) return a.size() <=> b.size();
    const auto [x, y] = std::ranges::mismatch(a, b, {}, detail::hex_value, detail::hex_value);
    if (x == a.end()) return std::partial_ordering::equivalent;
    return detail::hex_value(*x) <=> detail::hex_value(*y);
}

std::string_view s3::record::name() const noexcept {
    constexpr std::string_view prefix = "s3:";
    return event_name.starts_with(prefix) ? event_name.substr(prefix.size()) : event_name;
}

bool s3::record::is_created() const noexcept { return name().starts_with("ObjectCreated:"); }

bool s3::record::is_removed() const noexcept {
    return name().starts_with("ObjectRemoved:") || is_expired();
}

bool s3::record::is_expired() const noexcept { return name().starts_with("LifecycleExpiration:"); }

namespace detail::s3_text {

// A write has a sequencer of its own. Whatever happens to the object later has that of the write or
// none: the time and the request tell it from others, and of replications the rule, since an object
// may go to several buckets.
inline name_parts name_of(const s3::record& r) {
    const auto& object = r.s3.object;
    const auto& response = r.response_elements;
    const auto version = object.version_id.empty() ? object.etag : object.version_id;
    const auto sequencer = object.sequencer.text();
    if (!sequencer.empty() && (r.is_created() || r.is_removed()))
        return {"s3", r.s3.bucket.name, object.key.text(), version, sequencer, r.name()};
    const auto time = r.event_time.text();
    if (time.empty() && response.request_id.empty() && response.host_id.empty()) return {};
    const auto rule = r.replication ? r.replication->rule_id : std::string_view();
    return {"s3", r.s3.bucket.name,    object.key.text(), version, sequencer, r.name(),
            time, response.request_id, response.host_id,  rule};
}

} // namespace detail::s3_text

record_item s3::event::item_of(const record& r) {
    return {.name = {r, [](const record& each) { return detail::s3_text::name_of(each); }}};
}

} // namespace headrace
