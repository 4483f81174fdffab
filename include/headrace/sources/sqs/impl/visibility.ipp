// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/caught.hpp>
#include <headrace/sources/sqs/visibility.hpp>

#include <range/v3/view/chunk.hpp>
#include <range/v3/view/chunk_by.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace headrace::sqs {

namespace waiting {

inline std::chrono::seconds clamped(std::chrono::nanoseconds wait) {
    const auto whole = std::chrono::ceil<std::chrono::seconds>(wait);
    return std::clamp(whole, std::chrono::seconds::zero(), longest_visibility);
}

inline result<void> change(visibility_client& client, std::span<const visibility_change> changes) {
    try {
        return client.change_visibility(changes);
    } catch (...) {
        return detail::caught_error();
    }
}

} // namespace waiting

std::optional<std::chrono::seconds> visibility_backoff::wait_of(const context& ctx,
                                                                const settled_message& each) const {
    const auto& became = each.became;
    if (!became.timed || each.about->receipt_handle.empty()) return std::nullopt;
    if (became.verdict == headrace::verdict::defer) {
        const auto now = ctx.world->clock.now();
        return waiting::clamped(detail::difference(std::max(became.until, now), now));
    }
    if (became.after.count() > 0) {
        return waiting::clamped(
            std::min<std::chrono::milliseconds>(became.after, longest_visibility));
    }
    const error some = error::transient("it was not acknowledged");
    const auto deliveries = each.about->attributes.approximate_receive_count.value().value_or(1U);
    const auto wait =
        policy_(failed_try{.why = some, .number = deliveries}, ctx.world->random.next());
    return wait ? std::optional(waiting::clamped(*wait)) : std::nullopt;
}

void visibility_backoff::apply(const context& ctx, std::span<const settled_message> batch) const {
    std::vector<visibility_change> changes;
    std::set<std::string_view> held; // message groups whose first failed message was told
    for (const auto& each : batch) {
        const message& m = *each.about;
        if (each.became.what == settlement::acknowledge) continue;
        if (m.is_fifo() && !held.insert(m.attributes.message_group_id).second) continue;
        if (const auto wait = wait_of(ctx, each)) {
            changes.push_back({m.event_source_arn, m.receipt_handle, m.message_id, *wait});
        }
    }
    constexpr auto same_queue = [](const visibility_change& a, const visibility_change& b) {
        return a.queue_arn == b.queue_arn;
    };
    for (auto&& of_queue : changes | ranges::views::chunk_by(same_queue)) {
        for (auto&& chunk : of_queue | ranges::views::chunk(most_visibility_changes)) {
            const std::span<const visibility_change> request(chunk);
            const auto changed = waiting::change(*client_, request);
            if (changed) continue;
            ctx.log.warn("the visibility of messages was not changed", "queue",
                         request.front().queue_arn, "messages", request.size(), "class",
                         to_string(changed.error().kind), "reason", changed.error().message);
        }
    }
}

} // namespace headrace::sqs
