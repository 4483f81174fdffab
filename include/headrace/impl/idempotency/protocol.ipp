// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/detail/caught.hpp>
#include <headrace/idempotency/protocol.hpp>
#include <headrace/retry.hpp>

#include <algorithm>
#include <utility>

namespace headrace::idempotency {

namespace protocols {

using namespace std::chrono_literals;

inline constexpr std::chrono::milliseconds longest_straggler = std::chrono::hours(24);

// In place of what a call has thrown: also the task that renews must not throw.
template <class Call> auto attempt_call(Call& call) -> decltype(call()) {
    try {
        return call();
    } catch (...) {
        return detail::caught_error();
    }
}

template <class Call>
[[gnu::noinline]] auto persist_after(decltype(std::declval<Call&>()()) first, const context& ctx,
                                     time_point began, Call& call) {
    const auto took = std::chrono::ceil<std::chrono::milliseconds>(ctx.world->clock.now() - began);
    const retry again{{.tries = 4, .base = 25ms, .cap = 400ms},
                      {.attempt = std::max(took, 1ms), .reserve = 20ms}};
    bool has_failed = true;
    return again.run(ctx, [&] {
        return std::exchange(has_failed, false) ? std::move(first) : attempt_call(call);
    });
}

// Calls are made again while it makes sense: every one of them recognises its own earlier write.
// The first one, which began just now, needs none of what retrying costs.
template <class Call> auto persist(const context& ctx, time_point began, Call call) {
    auto first = attempt_call(call);
    if (!first) [[unlikely]]
        return persist_after<Call>(std::move(first), ctx, began, call);
    if (ctx.retries != nullptr) ctx.retries->succeeded();
    return first;
}

// When a claim's record may be removed: never while somebody may still end it, and, at most once,
// not before somebody has found out what became of it.
inline time_point claim_expires(const terms& t, time_point lease_end) noexcept {
    if (t.mode == mode::at_most_once) return time_point::max();
    return later(later(lease_end, t.margin), longest_straggler);
}

inline error lost() {
    return error::conflict("another attempt has taken this operation over: its lease was over");
}

} // namespace protocols

result<write_answer> attempt::write(const context& ctx, time_point now, const ending& how) const {
    return protocols::persist(ctx, now, [&] { return store_->end(ctx, id_, owner_, how); });
}

result<replay> attempt::finish(const context& ctx, record_status as, std::string text) {
    const auto now = ctx.world->clock.now();
    const auto answer = write(ctx, now, {as, text, window_end(now)});
    if (!answer) return answer.error();
    if (answer->written) return replay{as == record_status::failed, std::move(text)};
    const auto& found = answer->found; // ours, if the first reply was lost, or the faster one's
    const bool failed = found && found->status == record_status::failed;
    const bool done = failed || (found && found->status == record_status::completed);
    if (done && found->payload == id_.payload) return replay{failed, found->result};
    return protocols::lost();
}

result<replay> attempt::complete(const context& ctx, std::string reply) {
    return finish(ctx, record_status::completed, std::move(reply));
}

result<replay> attempt::fail(const context& ctx, std::string why) {
    return finish(ctx, record_status::failed, std::move(why));
}

result<void> attempt::release(const context& ctx) {
    const auto now = ctx.world->clock.now();
    const auto answer = write(ctx, now, {record_status::released, {}, window_end(now)});
    if (!answer) return answer.error();
    return {};
}

result<void> attempt::park(const context& ctx) {
    const auto answer =
        write(ctx, ctx.world->clock.now(), {record_status::unknown, {}, time_point::max()});
    if (!answer) return answer.error();
    return {};
}

result<void> attempt::renew(const context& ctx, time_point lease_end) const {
    const auto expires = protocols::claim_expires(terms_, lease_end);
    const auto answer = protocols::persist(ctx, ctx.world->clock.now(), [&] {
        return store_->renew(ctx, id_, owner_, lease_end, expires);
    });
    if (!answer) return answer.error();
    const auto& found = answer->found;
    const bool done = found && found->owner == owner_
                      && found->status == record_status::completed; // by a transaction
    if (!answer->written && !done) return protocols::lost();
    return {};
}

result<decision> begin(store& in, const identity& id, const terms& t, const context& ctx) {
    const auto now = ctx.world->clock.now();
    const auto lease_end = std::min(later(now, t.lease), ctx.deadline.value_or(time_point::max()));
    const claim_request request{.id = id,
                                .owner = {{ctx.world->random.next(), ctx.world->random.next()}},
                                .now = now,
                                .lease_end = lease_end,
                                .expires = protocols::claim_expires(t, lease_end),
                                .margin = t.margin,
                                .take_over = t.mode == mode::at_least_once};
    auto answer = protocols::persist(ctx, now, [&] { return in.claim(ctx, request); });
    if (!answer) return std::move(answer).error();
    auto& found = answer->now;
    const bool mine = found.owner == request.owner && found.status == record_status::in_progress;
    if (answer->granted || mine) {
        if (found.payload != id.payload) found.payload = id.payload;
        identity own{id.key, std::move(found.payload)};
        return decision(std::in_place_type<attempt>, in, std::move(own), found, t);
    }
    if (found.payload != id.payload) return decision(mismatch{});
    switch (found.status) {
    case record_status::completed: return decision(replay{false, std::move(found.result)});
    case record_status::failed: return decision(replay{true, std::move(found.result)});
    case record_status::unknown: return decision(unknown{found.fence});
    case record_status::released: return decision(in_progress{now}); // it was released just now
    case record_status::in_progress: break;
    }
    if (request.take_over || !is_lapsed(found, now, t.margin)) {
        return decision(in_progress{later(found.lease_end, t.margin)});
    }
    const auto parked = protocols::persist(ctx, ctx.world->clock.now(), [&] {
        return in.end(ctx, id, found.owner, {record_status::unknown, {}, time_point::max()});
    });
    if (!parked) return parked.error();
    if (parked->written) return decision(unknown{found.fence});
    return decision(in_progress{now}); // it has just ended, or somebody else has parked it
}

result<void> reconcile(store& in, const identity& id, std::uint64_t fence,
                       const verdict_on_unknown& found, const terms& t, const context& ctx) {
    const auto began = ctx.world->clock.now();
    const ending how{found.done ? record_status::completed : record_status::released, found.result,
                     later(began, t.window)};
    const auto answer =
        protocols::persist(ctx, began, [&] { return in.reconcile(ctx, id, fence, how); });
    if (!answer) return answer.error();
    if (answer->written) return {};
    const auto& now = answer->found;
    const bool same =
        now && now->fence == fence && now->status == how.becomes && now->result == how.result;
    if (same) return {}; // the first reply was lost
    return error::conflict("this operation has been reconciled already");
}

} // namespace headrace::idempotency
