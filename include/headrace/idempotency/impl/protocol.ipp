// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/caught.hpp>
#include <headrace/idempotency/protocol.hpp>
#include <headrace/idempotency/stored_reply.hpp>
#include <headrace/layers/retry.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace headrace::idempotency {

namespace protocols {

using namespace std::chrono_literals;

inline constexpr std::chrono::milliseconds longest_straggler = std::chrono::hours(24);
inline constexpr std::chrono::milliseconds usual_reserve = 500ms; // where nobody says how much
inline constexpr std::chrono::milliseconds sending = 100ms;       // the reply
// Longer than most fail-overs, and than a call of a store takes that has patience of its own.
inline constexpr std::chrono::milliseconds far = 1min;
// A claim that is given up sooner is often there all the same, and in the way.
inline constexpr std::chrono::milliseconds shortest_claim = 20ms;

// What the wall clock will show at an end that is near. It may have been set since ctx began, and
// would then be nearer or further away than it looks.
inline time_point by_now(const detail::end_by_clocks& end, const context& ctx,
                         time_point now) noexcept {
    const bool is_far = end.wall != detail::never && end.wall > later(now, 2 * far);
    if (is_far && now >= ctx.begun.wall) return end.wall;
    return later(now, end.left({ctx.world->clock.steady(), now}));
}

// Until when a lease that begins now lasts: to the deadline where no renewal comes before the
// reserve, in which there is none.
inline time_point lease_to(const context& ctx, std::chrono::milliseconds lease,
                           time_point now) noexcept {
    const auto last = ctx.deadline.value_or(time_point::max());
    const auto end = later(now, lease);
    const bool goes_on = end < last && later(now, lease / 3) < reserve_begins(ctx, now);
    return goes_on ? end : last;
}

// In place of what a call has thrown: also the task that renews must not throw.
template <class Call> auto attempt_call(Call& call, const context& ctx) -> decltype(call(ctx)) {
    try {
        return call(ctx);
    } catch (...) {
        return detail::caught_error();
    }
}

// A call ends with its context's time, so the last one may be shorter than those that have failed.
template <class Answer, class Rule, class Call>
[[gnu::noinline]] Answer persist_after(Answer first, const context& own, const Rule& rule,
                                       std::chrono::milliseconds shortest, Call& call) {
    const retry again{rule, {.attempt = shortest, .reserve = 0ms}};
    bool has_failed = true;
    return again.run(own, [&](const context& mine) {
        return std::exchange(has_failed, false) ? std::move(first) : attempt_call(call, mine);
    });
}

// Calls are made again while it makes sense: every one of them recognises its own earlier write.
struct briefly {
    time_point end;

    [[nodiscard]] context bound(const context& ctx) const { return until(end, ctx); }
    template <class Answer, class Call>
    Answer again(Answer first, const context& own, Call& call) const {
        constexpr retry_policy rule{.tries = 4, .base = 25ms, .cap = 400ms};
        return persist_after(std::move(first), own, rule, shortest_claim, call);
    }
};

// Whatever has gone wrong: somebody may mend it. No wait is longer than half of the time that is
// left, so a store that comes back late is found.
struct half_of_what_is_left {
    const clock_source* clock;
    time_point end;

    std::optional<std::chrono::nanoseconds> operator()(const failed_try& failed,
                                                       std::uint64_t random) const {
        const auto left = detail::difference(end, clock->now()); // none if the call was late itself
        if (left <= 0ms || failed.why.code == errc::too_large) return std::nullopt;
        constexpr retry_policy often{
            .tries = UINT32_MAX,
            .jitter = jitter::equal,
            .base = 25ms,
            .cap = 1s,
            .classify = [](const error&) noexcept { return retry_kind::transient; }};
        const failed_try again{failed.why, failed.number, failed.delivery, {}, failed.waited};
        const auto asked = std::min(failed.after.value_or(0ms), // for ever, say
                                    std::chrono::ceil<std::chrono::milliseconds>(left));
        return std::min(std::max<std::chrono::nanoseconds>(*often(again, random), asked), left / 2);
    }
};

// What has happened is written down as long as there is time. Neither a stop nor a timeout{} around
// nor a budget that is spent is a reason to forget it.
struct to_the_end {
    time_point end;

    [[nodiscard]] context bound(const context& ctx) const {
        context own = until(end, ctx);
        own.stop = {};
        own.retries = nullptr;
        return own;
    }
    template <class Answer, class Call>
    Answer again(Answer first, const context& own, Call& call) const {
        const half_of_what_is_left rule{&own.world->clock, end};
        return persist_after(std::move(first), own, rule, 1ms, call);
    }
};

template <class Way, class Call>
[[gnu::noinline]] auto persist_near(const context& ctx, const Way& way, Call& call) {
    const context own = way.bound(ctx);
    auto answer = attempt_call(call, own);
    if (!answer) [[unlikely]]
        answer = way.again(std::move(answer), own, call);
    return answer;
}

// The first call needs nothing of what retrying costs, and no context of its own where the end is
// far.
template <class Way, class Call>
auto persist(const context& ctx, time_point now, const Way& way, Call call) {
    const bool is_near = ctx.soft_deadline || way.end < later(now, far);
    auto answer = is_near ? persist_near(ctx, way, call) : attempt_call(call, ctx);
    if (!answer && !is_near) [[unlikely]]
        answer = way.again(std::move(answer), way.bound(ctx), call);
    return answer;
}

// When a claim's record may be removed: never while somebody may still end it, and, at most once,
// not before somebody has found out what became of it.
inline time_point claim_expires(const terms& t, time_point lease_end) noexcept {
    if (t.mode == mode::at_most_once) return time_point::max();
    return later(later(lease_end, t.margin), longest_straggler);
}

// A claim whose every reply was lost may be there, and would be in the way until its lease is over.
inline void take_back(const context& ctx, time_point end, store& in, const claim_request& request,
                      const terms& t) {
    if (ctx.world->clock.now() >= end) return;
    const auto call = [&](const context& own) {
        return in.end(own, request.id, request.owner,
                      {record_status::released, {}, later(request.now, t.window)});
    };
    (void)attempt_call(call, until(end, ctx));
}

inline error lost(const std::optional<record>& there) {
    if (!there) return error::conflict("the record of this operation is gone");
    return error::conflict("another attempt has taken this operation over: its lease was over");
}

} // namespace protocols

time_point reserve_begins(const context& ctx, time_point now) noexcept {
    using detail::end_by_clocks;
    if (!ctx.deadline) return detail::never;
    if (ctx.stop.stop_possible()) {
        // A timeout{} asks by the steady clock alone: that is no reserve.
        const auto at = ctx.stop.split().at;
        if (at && at->wall <= *ctx.deadline) return protocols::by_now(*at, ctx, now);
    }
    const auto at = earlier(*ctx.deadline, protocols::usual_reserve);
    return protocols::by_now(end_by_clocks::at(at, ctx.begun), ctx, now);
}

time_point claims_end(const context& ctx, time_point now) noexcept {
    const auto end = reserve_begins(ctx, now);
    if (!ctx.soft_deadline) return end;
    // It is the end of a length of time, so the wall clock has no say.
    const auto soft = detail::end_by_clocks::at(*ctx.soft_deadline, ctx.begun).steady;
    return std::min(end, protocols::by_now({.steady = soft}, ctx, now));
}

time_point notes_end(const context& ctx, time_point now) noexcept {
    using namespace std::chrono_literals;
    const auto latest = later(now, protocols::far);
    if (!ctx.deadline) return latest;
    const auto at =
        detail::end_by_clocks::at(earlier(*ctx.deadline, protocols::sending), ctx.begun);
    const auto end = protocols::by_now(at, ctx, now);
    // There is no time for both, and Lambda stops functions a little late.
    if (end < later(now, protocols::sending)) return later(now, 1s);
    return std::min(end, latest);
}

context until(time_point end, const context& ctx) {
    context own = ctx;
    own.deadline = end;
    own.soft_deadline.reset();
    own.begun = detail::two_clocks::now(ctx.world->clock);
    return own;
}

time_point attempt::renewed_until(const context& ctx, time_point now) const noexcept {
    return protocols::lease_to(ctx, terms_.lease, now);
}

result<write_answer> attempt::write(const context& ctx, time_point now, const ending& how) const {
    const auto call = [&](const context& own) { return store_->end(own, id_, owner_, how); };
    const auto end = notes_end(ctx, now);
    return how.becomes == record_status::released
               ? protocols::persist(ctx, now, protocols::briefly{end}, call)
               : protocols::persist(ctx, now, protocols::to_the_end{end}, call);
}

result<replay> attempt::finish(const context& ctx, record_status as, std::string text) {
    const auto now = ctx.world->clock.now();
    auto answer = write(ctx, now, {as, text, window_end(now)});
    const bool fits = answer || answer.error().code != errc::too_large;
    if (!fits && as == record_status::completed) {
        text = forgotten_reply;
        answer = write(ctx, ctx.world->clock.now(), {as, text, window_end(now)});
    }
    if (!answer) return answer.error();
    if (answer->written) return replay{as == record_status::failed, std::move(text)};
    const auto& found = answer->found; // ours, if the first reply was lost, or the faster one's
    const bool failed = found && found->status == record_status::failed;
    const bool done = failed || (found && found->status == record_status::completed);
    if (done && found->payload == id_.payload) return replay{failed, found->result};
    return protocols::lost(found);
}

result<void> attempt::end_without_result(const context& ctx, time_point now,
                                         const ending& how) const {
    const auto answer = write(ctx, now, how);
    if (!answer) return answer.error();
    // Its own record that is not in progress any more: the first reply was lost.
    const bool is_own = !answer->found || answer->found->owner == owner_;
    if (!answer->written && !is_own) return protocols::lost(answer->found);
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
    const auto now = ctx.world->clock.now();
    const protocols::briefly way{claims_end(ctx, now)};
    const auto answer = protocols::persist(ctx, now, way, call);
    if (!answer) return answer.error();
    const auto& found = answer->found;
    // By itself, for example with a transaction. Others make it unknown.
    const bool ended = found && found->owner == owner_ && found->status != record_status::unknown;
    if (!answer->written && !ended) return protocols::lost(found);
    return {};
}

result<decision> begin(store& in, const identity& id, const terms& t, const context& ctx) {
    const auto now = ctx.world->clock.now();
    const auto end = claims_end(ctx, now);
    if (now >= end) return error::deadline("no time is left to begin this operation");
    const auto lease_end = protocols::lease_to(ctx, t.lease, now);
    const claim_request request{.id = id,
                                .owner = {{ctx.world->random.next(), ctx.world->random.next()}},
                                .now = now,
                                .lease_end = lease_end,
                                .expires = protocols::claim_expires(t, lease_end),
                                .margin = t.margin,
                                .take_over = t.mode == mode::at_least_once};
    const protocols::briefly way{end};
    auto answer = protocols::persist(ctx, now, way,
                                     [&](const context& own) { return in.claim(own, request); });
    if (!answer) {
        if (answer.error().kind == error_class::transient)
            protocols::take_back(ctx, end, in, request, t);
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
    const auto parked = protocols::persist(ctx, ctx.world->clock.now(), way, park);
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
    const protocols::briefly way{claims_end(ctx, began)};
    const auto answer = protocols::persist(ctx, began, way, call);
    if (!answer) return answer.error();
    if (answer->written) return {};
    const auto& now = answer->found;
    const bool same =
        now && now->fence == fence && now->status == how.becomes && now->result == how.result;
    if (same) return {}; // the first reply was lost
    return error::conflict("this operation has been reconciled already");
}

} // namespace headrace::idempotency
