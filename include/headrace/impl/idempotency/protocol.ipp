// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/detail/caught.hpp>
#include <headrace/idempotency/protocol.hpp>
#include <headrace/retry.hpp>

#include <algorithm>

namespace headrace::idempotency {

namespace protocols {

using namespace std::chrono_literals;

// A record is never deleted while somebody may still end it.
inline constexpr std::chrono::milliseconds longest_straggler = std::chrono::hours(24);

// Calls are made again while it makes sense: every one of them recognises its own earlier write.
template <class Call> auto persist(const context& ctx, Call call) {
    const retry again{{.tries = 4, .base = 25ms, .cap = 400ms}, {.reserve = 20ms}};
    return again.run(ctx, [&]() -> decltype(call()) {
        try {
            return call();
        } catch (...) { // also in the task that renews, which must not throw
            return detail::caught_error();
        }
    });
}

inline error lost() {
    return error::conflict("another attempt has taken this operation over: its lease was over");
}

} // namespace protocols

result<write_answer> attempt::write(const context& ctx, const ending& how) const {
    return protocols::persist(ctx, [&] { return store_->end(ctx, id_, record_.owner, how); });
}

result<replay> attempt::finish(const context& ctx, record_status as, std::string text) {
    const auto answer = write(ctx, {as, text, window_end(ctx.world->clock.now())});
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
    const auto answer =
        write(ctx, {record_status::released, {}, window_end(ctx.world->clock.now())});
    if (!answer) return answer.error();
    return {};
}

result<void> attempt::park(const context& ctx) {
    const auto answer = write(ctx, {record_status::unknown, {}, time_point::max()});
    if (!answer) return answer.error();
    return {};
}

result<void> attempt::renew(const context& ctx, time_point lease_end) const {
    const auto expires = later(later(lease_end, terms_.margin), protocols::longest_straggler);
    const auto answer = protocols::persist(
        ctx, [&] { return store_->renew(ctx, id_, record_.owner, lease_end, expires); });
    if (!answer) return answer.error();
    const auto& found = answer->found;
    const bool done = found && found->owner == record_.owner
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
                                .expires =
                                    later(later(lease_end, t.margin), protocols::longest_straggler),
                                .margin = t.margin,
                                .take_over = t.mode == mode::at_least_once};
    auto answer = protocols::persist(ctx, [&] { return in.claim(ctx, request); });
    if (!answer) return std::move(answer).error();
    auto& found = answer->now;
    const bool mine = found.owner == request.owner && found.status == record_status::in_progress;
    if (answer->granted || mine) return decision(attempt(in, id, std::move(found), t));
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
    const auto parked = protocols::persist(ctx, [&] {
        return in.end(ctx, id, found.owner, {record_status::unknown, {}, time_point::max()});
    });
    if (!parked) return parked.error();
    if (parked->written) return decision(unknown{found.fence});
    return decision(in_progress{now}); // it has just ended, or somebody else has parked it
}

result<void> reconcile(store& in, const identity& id, std::uint64_t fence,
                       const verdict_on_unknown& found, const terms& t, const context& ctx) {
    const ending how{found.done ? record_status::completed : record_status::released, found.result,
                     later(ctx.world->clock.now(), t.window)};
    const auto answer = protocols::persist(ctx, [&] { return in.reconcile(ctx, id, fence, how); });
    if (!answer) return answer.error();
    if (answer->written) return {};
    const auto& now = answer->found;
    const bool same =
        now && now->fence == fence && now->status == how.becomes && now->result == how.result;
    if (same) return {}; // the first reply was lost
    return error::conflict("this operation has been reconciled already");
}

} // namespace headrace::idempotency
