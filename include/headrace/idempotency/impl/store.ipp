// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/base/detail/hex.hpp>
#include <headrace/idempotency/store.hpp>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

namespace headrace::idempotency {

std::string owner_id::text() const { return detail::to_hex(bits[0]) + detail::to_hex(bits[1]); }

std::optional<owner_id> owner_id::parse(std::string_view text) noexcept {
    owner_id id;
    if (text.size() != 32) return std::nullopt;
    for (auto& word : id.bits) {
        const auto* const end = text.data() + 16;
        const auto read = std::from_chars(text.data(), end, word, 16);
        if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
        text.remove_prefix(16);
    }
    return id;
}

namespace statuses {
inline constexpr std::string_view names[] = {"INPROGRESS", "COMPLETED", "FAILED", "RELEASED",
                                             "UNKNOWN"};
} // namespace statuses

std::string_view to_string(record_status s) noexcept {
    return statuses::names[static_cast<std::size_t>(s)];
}

std::optional<record_status> parse_record_status(std::string_view text) noexcept {
    const auto* const at = std::ranges::find(statuses::names, text);
    if (at == std::end(statuses::names)) return std::nullopt;
    return static_cast<record_status>(at - statuses::names);
}

bool is_expired(const record& r, time_point now) noexcept { return r.expires < now; }

time_point lapsed_before(time_point now, std::chrono::milliseconds margin) noexcept {
    return std::max(earlier(now, margin), time_point());
}

bool is_lapsed(const record& r, time_point now, std::chrono::milliseconds margin) noexcept {
    return r.status == record_status::in_progress && r.lease_end < lapsed_before(now, margin);
}

bool may_claim(const record* r, const claim_request& request) noexcept {
    if (r == nullptr || is_expired(*r, request.now)) return true;
    if (r->payload != request.id.payload) return false;
    return r->status == record_status::released
           || (request.take_over && is_lapsed(*r, request.now, request.margin));
}

record claimed(const record* before, const claim_request& request) {
    record r;
    r.owner = request.owner;
    // At least the time, so that it also grows across a record that was deleted when it expired.
    const auto now =
        std::chrono::duration_cast<std::chrono::milliseconds>(request.now.time_since_epoch());
    r.fence =
        std::max<std::uint64_t>((before != nullptr ? before->fence : 0) + 1,
                                static_cast<std::uint64_t>(std::max<std::int64_t>(now.count(), 1)));
    const bool goes_on = before != nullptr && !is_expired(*before, request.now);
    r.attempts = (goes_on ? before->attempts : 0) + 1;
    r.lease_end = request.lease_end;
    r.expires = request.expires;
    r.payload = request.id.payload;
    return r;
}

bool may_end(const record* r, owner_id owner) noexcept {
    return r != nullptr && r->status == record_status::in_progress && r->owner == owner;
}

record ended(record before, const ending& how) {
    before.status = how.becomes;
    before.result = how.result;
    before.expires = how.expires;
    return before;
}

error unreadable_record(std::string_view store, std::string_view key) {
    return error::permanent(detail::format<"the record {} in {} cannot be read">(key, store));
}

} // namespace headrace::idempotency
