// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/detail/caught.hpp>
#include <headrace/idempotency/protocol.hpp>
#include <headrace/retry.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace headrace::idempotency {

namespace protocols {

using namespace std::chrono_literals;

inline constexpr std::chrono::milliseconds longest_straggler = std::chrono::hours(24);

// In place of what a call has thrown: also the task that renews must not throw.
template <class Call> auto attempt_call(Call& call, const context& ctx) -> decltype(call(ctx)) {
    try {
        return call(ctx);
    } catch (...) {
        return detail::caught_error();
    }
}

template <class Answer, class Call>
[[gnu::noinline]] Answer persist_after(Answer first, const context& ctx, time_point began,
                                       const retry_policy& rule, Call& call) {
    const auto took = std::chrono::ceil<std::chrono::milliseconds>(ctx.world->clock.now() - began);
    const retry again{rule, {.attempt = std::max(took, 1ms), .reserve = 100ms}};
    bool has_failed = true;
    return again.run(ctx, [&](const context& own) {
        return std::exchange(has_failed, false) ? std::move(first) : attempt_call(call, own);
    });
}

// Calls are made again while it makes sense: every one of them recognises its own earlier write.
// The first one, which began just now, needs none of what retrying costs.
template <class Call> auto persist(const context& ctx, time_point began, Call call) {
    constexpr retry_policy briefly{.tries = 4, .base = 25ms, .cap = 400ms};
    auto answer = attempt_call(call, ctx);
    if (!answer) [[unlikely]]
        answer = persist_after(std::move(answer), ctx, began, briefly, call);
    return answer;
}

// Under what an effect that is there is written down. Neither a stop nor a timeout{} around nor a
// budget that is spent is a reason to forget it.
inline context unhurried(const context& ctx, time_point began) {
    context own = ctx;
    own.stop = {};
    own.retries = nullptr;
    own.soft_deadline.reset();
    // Lambda stops functions a little late. A minute is longer than most fail-overs.
    own.deadline = std::clamp(ctx.deadline.value_or(time_point::max()), began + 1s, began + 1min);
    return own;
}

// As long as there is time.
template <class Call> auto persist_effect(const context& ctx, time_point began, Call call) {
    const bool hurried = ctx.soft_deadline || (ctx.deadline && *ctx.deadline < began + 1s);
    std::optional<context> own;
    auto answer = attempt_call(call, hurried ? own.emplace(unhurried(ctx, began)) : ctx);
    if (!answer) [[unlikely]] {
        if (!own) own.emplace(unhurried(ctx, began));
        constexpr retry_policy to_the_end{
            .tries = 1'000, .jitter = jitter::equal, .base = 25ms, .cap = 1s};
        answer = persist_after(std::move(answer), *own, began, to_the_end, call);
    }
    return answer;
}

// When a claim's record may be removed: never while somebody may still end it, and, at most once,
// not before somebody has found out what became of it.
inline time_point claim_expires(const terms& t, time_point lease_end) noexcept {
    if (t.mode == mode::at_most_once) return time_point::max();
    return later(later(lease_end, t.margin), longest_straggler);
}

// A claim whose every reply was lost may be there, and would be in the way until its lease is over.
inline void take_back(const context& ctx, store& in, const claim_request& request, const terms& t) {
    const auto call = [&](const context& own) {
        return in.end(own, request.id, request.owner,
                      {record_status::released, {}, later(request.now, t.window)});
    };
    (void)attempt_call(call, ctx);
}

inline error lost() {
    return error::conflict("another attempt has taken this operation over: its lease was over");
}

} // namespace protocols

result<write_answer> attempt::write(const context& ctx, time_point now, const ending& how) const {
    const auto call = [&](const context& own) { return store_->end(own, id_, owner_, how); };
    return how.becomes == record_status::released ? protocols::persist(ctx, now, call)
                                                  : protocols::persist_effect(ctx, now, call);
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

result<void> attempt::end_without_result(const context& ctx, time_point now,
                                         const ending& how) const {
    const auto answer = write(ctx, now, how);
    if (!answer) return answer.error();
    // Its own record that is not in progress any more: the first reply was lost.
    const bool is_own = !answer->found || answer->found->owner == owner_;
    if (!answer->written && !is_own) return protocols::lost();
    return {};
}

result<replay> attempt::complete(const context& ctx, std::string reply) {
    return finish(ctx, record_status::completed, std::move(reply));
}

result<replay> attempt::fail(const context& ctx, std::string why) {
    return finish(ctx, record_status::failed, std::move(why));
}

result<void> attempt::release(const context& ctx) {
    const auto now = ctx.world->clock.now();
    return end_without_result(ctx, now, {record_status::released, {}, window_end(now)});
}

result<void> attempt::park(const context& ctx) {
    return end_without_result(ctx, ctx.world->clock.now(),
                              {record_status::unknown, {}, time_point::max()});
}

result<void> attempt::renew(const context& ctx, time_point lease_end) const {
    const auto expires = protocols::claim_expires(terms_, lease_end);
    const auto call = [&](const context& own) {
        return store_->renew(own, id_, owner_, lease_end, expires);
    };
    const auto answer = protocols::persist(ctx, ctx.world->clock.now(), call);
    if (!answer) return answer.error();
    const auto& found = answer->found;
    // By itself, for example with a transaction. Others make it unknown.
    const bool ended = found && found->owner == owner_ && found->status != record_status::unknown;
    if (!answer->written && !ended) return protocols::lost();
    return {};
}

result<decision> begin(store& in, const identity& id, const terms& t, const context& ctx) {
    const auto now = ctx.world->clock.now();
    const bool too_late =
        (ctx.deadline && *ctx.deadline <= now) || (ctx.soft_deadline && *ctx.soft_deadline <= now);
    if (too_late) return error::deadline("no time is left to begin this operation");
    const auto lease_end = std::min(later(now, t.lease), ctx.deadline.value_or(time_point::max()));
    const claim_request request{.id = id,
                                .owner = {{ctx.world->random.next(), ctx.world->random.next()}},
                                .now = now,
                                .lease_end = lease_end,
                                .expires = protocols::claim_expires(t, lease_end),
                                .margin = t.margin,
                                .take_over = t.mode == mode::at_least_once};
    auto answer =
        protocols::persist(ctx, now, [&](const context& own) { return in.claim(own, request); });
    if (!answer) {
        if (answer.error().kind == error_class::transient)
            protocols::take_back(ctx, in, request, t);
        return std::move(answer).error();
    }
    auto& found = answer->now;
    const bool mine = found.owner == request.owner && found.status == record_status::in_progress;
    if (answer->granted || mine) {
        found.payload = id.payload; // in memory that is there already
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
    const auto park = [&](const context& own) {
        return in.end(own, id, found.owner, {record_status::unknown, {}, time_point::max()});
    };
    const auto parked = protocols::persist(ctx, ctx.world->clock.now(), park);
    if (!parked) return parked.error();
    if (parked->written) return decision(unknown{found.fence});
    return decision(in_progress{now}); // it has just ended, or somebody else has parked it
}

result<void> reconcile(store& in, const identity& id, std::uint64_t fence,
                       const verdict_on_unknown& found, const terms& t, const context& ctx) {
    const auto began = ctx.world->clock.now();
    const ending how{found.done ? record_status::completed : record_status::released, found.result,
                     later(began, t.window)};
    const auto call = [&](const context& own) { return in.reconcile(own, id, fence, how); };
    const auto answer = protocols::persist(ctx, began, call);
    if (!answer) return answer.error();
    if (answer->written) return {};
    const auto& now = answer->found;
    const bool same =
        now && now->fence == fence && now->status == how.becomes && now->result == how.result;
    if (same) return {}; // the first reply was lost
    return error::conflict("this operation has been reconciled already");
}

} // namespace headrace::idempotency
