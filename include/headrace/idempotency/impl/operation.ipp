// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/caught.hpp>
#include <headrace/base/detail/sha256.hpp>
#include <headrace/http/problem.hpp>
#include <headrace/idempotency/operation.hpp>
#include <headrace/idempotency/stored_reply.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <utility>

namespace headrace {

namespace idempotency {

namespace downstream {

inline std::string key(const identity& id, std::string_view label) {
    canonical bytes;
    bytes.array(3);
    bytes.text("headrace-downstream-1");
    bytes.text(id.key);
    bytes.text(label);
    return detail::sha256_hex(bytes.bytes());
}

} // namespace downstream

verdict_on_unknown was_done(http::response reply) {
    return {true, store_reply(outcome(std::move(reply)), std::numeric_limits<std::size_t>::max())};
}

std::string current::downstream_key(std::string_view label) const {
    return downstream::key(attempt_->id(), label);
}

std::string unknown_operation::downstream_key(std::string_view label) const {
    return downstream::key(*id_, label);
}

} // namespace idempotency

namespace detail {

namespace operation_passages {

using namespace std::chrono_literals;

inline constexpr std::chrono::milliseconds shortest_wait = 20ms;
inline constexpr std::chrono::milliseconds longest_wait = 1s;

inline error other_payload() {
    return http::unprocessable("this key was used before, for another request");
}

inline void warn_unknown(const context& ctx, const idempotency::identity& id, std::uint64_t fence) {
    ctx.log.warn("an operation is unknown until it is reconciled", "key", id.key, "fence", fence);
}

inline error not_known() {
    return error::permanent("an earlier attempt at this operation has ended without a word; it is "
                            "not tried again before somebody has reconciled it");
}

// Says nothing about the record, so it never rejects one, whatever the error's class.
inline outcome store_failed(error e) {
    const auto after = e.after.value_or(0ms);
    return outcome::retry(after, std::move(e));
}

// Nothing was done yet when one of these was found.
inline bool before_the_effect(const error& e) noexcept {
    return e.kind == error_class::malformed || e.kind == error_class::invalid
           || e.kind == error_class::unauthorised;
}

inline bool will_not_go_away(const error& e) noexcept {
    return before_the_effect(e) || e.kind == error_class::permanent;
}

// Is a response that has failed the answer all the same? Where only one attempt is made it must be:
// nobody would ever hear another.
inline bool is_kept(const outcome& o, const idempotency::options& how) noexcept {
    if (!o.is_failed_response()) return false;
    return how.failed_responses == idempotency::failed_response::keep
           || how.terms.mode == idempotency::mode::at_most_once
           || (how.remember_failures && will_not_go_away(*o.error()));
}

} // namespace operation_passages

idempotency::canonical begin_key(std::string_view operation, const idempotency::options& how,
                                 const context& ctx, const principal& caller) {
    idempotency::canonical key;
    key.reserve(256);
    key.array(7);
    key.text("headrace-key-2");
    key.text(operation);
    key.integer(how.version);
    key.text(how.tenant);
    key.text(ctx.tenant_id);
    if (!caller) {
        key.null();
        return key;
    }
    key.array(3);
    key.text(caller.kind);
    key.text(caller.issuer);
    key.text(caller.id);
    return key;
}

bool operation_passage::refuse(outcome o) {
    answer_ = std::move(o);
    return false;
}

bool operation_passage::begin(const idempotency::identity& id) {
    namespace here = operation_passages;
    const context& ctx = *context_;
    for (auto pause = here::shortest_wait;; pause = std::min(pause * 2, here::longest_wait)) {
        auto what = idempotency::begin(*store_, id, options_->terms, ctx);
        if (!what) return refuse(here::store_failed(std::move(what).error()));
        if (auto* mine = std::get_if<idempotency::attempt>(&*what)) {
            attempt_.emplace(std::move(*mine));
            return true;
        }
        if (auto* done = std::get_if<idempotency::replay>(&*what)) return replay(id, *done);
        if (std::holds_alternative<idempotency::mismatch>(*what)) {
            return refuse(here::other_payload());
        }
        if (const auto* lost = std::get_if<idempotency::unknown>(&*what)) {
            if (auto refused = find_out(id, lost->fence)) return refuse(*std::move(refused));
            continue;
        }
        const auto until = std::get<idempotency::in_progress>(*what).until;
        const bool again = options_->busy == idempotency::when_in_progress::wait
                           && wait_for(std::min(later(until, std::chrono::milliseconds(1)),
                                                later(ctx.world->clock.now(), pause)));
        if (!again) return refuse(busy(until));
    }
}

bool operation_passage::replay(const idempotency::identity& id, const idempotency::replay& done) {
    answer_ = idempotency::restore(done, *store_, id);
    was_done_before_ = true;
    context_->log.info("answered as before", "key", id.key);
    return false;
}

// Nothing: it is not unknown any more.
std::optional<outcome> operation_passage::find_out(const idempotency::identity& id,
                                                   std::uint64_t fence) {
    namespace here = operation_passages;
    auto* const whom = options_->reconciled_by;
    const auto found = whom != nullptr ? whom->find_out(*context_, {id, fence}) : std::nullopt;
    if (!found) {
        here::warn_unknown(*context_, id, fence);
        return here::not_known();
    }
    const auto told =
        idempotency::reconcile(*store_, id, fence, *found, options_->terms, *context_);
    // Conflict: somebody else has told it first.
    if (told || told.error().kind == error_class::conflict) return std::nullopt;
    return here::store_failed(told.error());
}

bool operation_passage::wait_for(time_point until) {
    const context& ctx = *context_;
    const auto now = ctx.world->clock.now();
    return until < idempotency::claims_end(ctx, now) && ctx.sleep_for(difference(until, now));
}

outcome operation_passage::busy(time_point until) const {
    const auto now = context_->world->clock.now();
    if (options_->busy == idempotency::when_in_progress::defer) {
        return outcome::defer(until);
    }
    error e = http::conflict("another attempt at this operation is at work");
    e.after = std::chrono::ceil<std::chrono::milliseconds>(
        std::max(until - now, std::chrono::nanoseconds(0)));
    return outcome(std::move(e));
}

// Renews at a third of the lease, so that two renewals may fail. Asks to stop once the lease is
// over: from then on only the margin keeps others from beginning.
void operation_passage::keep_alive() {
    const context& ctx = *context_;
    const auto last = ctx.deadline.value_or(time_point::max());
    if (attempt_->lease_end() >= last) return;
    lost_ = std::stop_source();
    done_ = std::stop_source();
    from_outer_.emplace(ctx.stop.token(), forward{lost_}); // also after the last renewal
    own_.emplace(ctx);
    own_->stop = stop_signal(lost_.get_token());
    if (const auto at = ctx.stop.split().at) own_->stop = stop_signal(limit_.emplace(*own_, *at));
    renewing_ = ctx.world->tasks.start([this, last, own = ctx]() mutable {
        own.stop = stop_signal(done_.get_token()); // who was asked to stop is still at work
        own.retries = nullptr;
        own.deadline.reset(); // the soft one is what counts
        auto& time = own.world->clock;
        const auto lease = options_->terms.lease;
        const auto pause = std::max(lease / 3, std::chrono::milliseconds(1));
        auto end = attempt_->lease_end();
        for (auto next = later(earlier(end, lease), pause); end < last;) {
            const auto wait = difference(std::min(next, end), time.now());
            if (!time.sleep_for(wait, done_.get_token())) return;
            const auto now = time.now();
            next = later(now, pause);
            bool lost = now >= end;
            const auto reserve = idempotency::reserve_begins(*context_, now);
            if (!lost && now < reserve) {
                const auto until = attempt_->renewed_until(*context_, now);
                own.soft_deadline = std::min(end, reserve);
                own.begun = two_clocks::now(time);
                const auto renewed = attempt_->renew(own, until);
                if (done_.stop_requested()) return; // it ended meanwhile
                if (renewed) end = until;
                lost = !renewed && renewed.error().kind == error_class::conflict;
            }
            if (!lost) continue;
            own.log.warn("an operation was lost: its lease was over", "key", attempt_->id().key);
            lost_.request_stop();
            return;
        }
    });
}

idempotency::completion& operation_passage::completion(workspace& memory, bool for_http) {
    return completion_.emplace(memory, for_http, own(), *attempt_, options_->largest_reply);
}

outcome operation_passage::end(outcome o) {
    namespace here = operation_passages;
    done_.request_stop(); // no note waits for a renewal
    const context& ctx = *context_;
    if (const auto kept = completion_ ? completion_->ended() : std::nullopt) {
        if (!o.acknowledges()) {
            ctx.log.warn("failed when its operation was done already", "key", attempt_->id().key,
                         "reason", o.error()->message);
        }
        const bool says_more = kept->result == idempotency::forgotten_reply && o.acknowledges();
        return says_more ? std::move(o) : *completion_->answer();
    }
    if (o.acknowledges() || here::is_kept(o, *options_)) {
        const auto kept =
            attempt_->complete(ctx, idempotency::store_reply(o, options_->largest_reply));
        if (!kept) { // the effect is there, and only this line knows
            ctx.log.error("an operation was done, but that could not be kept", "key",
                          attempt_->id().key, "reason", kept.error().message);
            error unrecorded = kept.error();
            unrecorded.code = errc::unrecorded;
            return here::store_failed(std::move(unrecorded));
        }
        if (o.parked() || kept->result == idempotency::forgotten_reply) return o;
        return idempotency::restore(*kept, *store_, attempt_->id());
    }
    const error& why = *o.error();
    result<void> ended;
    if (options_->remember_failures && o.verdict() == verdict::reject
        && here::will_not_go_away(why)) {
        const auto text = idempotency::store_error(why);
        const auto kept = attempt_->fail(ctx, text);
        if (!kept) {
            ended = kept.error();
        } else if (!kept->failed || kept->result != text) { // another was faster
            return idempotency::restore(*kept, *store_, attempt_->id());
        }
    } else if (o.verdict() != verdict::defer
               && options_->terms.mode == idempotency::mode::at_most_once
               && !here::before_the_effect(why)) {
        ended = attempt_->park(ctx);
        if (ended) here::warn_unknown(ctx, attempt_->id(), attempt_->fence());
    } else {
        ended = attempt_->release(ctx);
    }
    const bool lost = !ended && ended.error().kind == error_class::conflict;
    // Another decides what becomes of it now, and has not failed.
    if (lost && o.verdict() == verdict::reject) return std::move(ended).error();
    if (!ended && !lost) {
        ctx.log.warn("an operation keeps its claim until its lease is over", "key",
                     attempt_->id().key, "reason", ended.error().message);
    }
    return o;
}

std::optional<outcome> operation_passage::threw() noexcept {
    try {
        auto o = end(outcome(caught_error()));
        if (completion_ && completion_->ended()) return o;
    } catch (...) { // out of memory: the lease will end
    }
    return std::nullopt;
}

} // namespace detail

} // namespace headrace
