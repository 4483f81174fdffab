// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/detail/caught.hpp>
#include <headrace/http/problem.hpp>
#include <headrace/idempotency/idempotent.hpp>
#include <headrace/idempotency/stored_reply.hpp>

#include <algorithm>
#include <chrono>

namespace headrace {

namespace idempotency {

std::string current::downstream_key(std::string_view label) const {
    canonical bytes;
    bytes.array(3);
    bytes.text("headrace-downstream-1");
    bytes.text(attempt_->id().key);
    bytes.text(label);
    return sha256_hex(bytes.bytes());
}

} // namespace idempotency

namespace detail {

namespace idempotent_passages {

using namespace std::chrono_literals;

inline constexpr std::chrono::milliseconds reply_reserve = 500ms; // left for the reply when waiting
inline constexpr std::chrono::milliseconds shortest_wait = 20ms;
inline constexpr std::chrono::milliseconds longest_wait = 1s;

inline error no_key() {
    error e = error::invalid("this operation is idempotent and needs a key, but none was sent");
    e.http_status = 400;
    return e;
}

inline error other_payload() {
    return http::unprocessable("this key was used before, for another request");
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

} // namespace idempotent_passages

idempotency::canonical idempotent_passage::begin_key() const {
    idempotency::canonical key;
    key.reserve(256);
    key.array(6);
    key.text("headrace-key-1");
    key.text(options_->operation.empty() ? call_->route() : options_->operation);
    key.integer(options_->version);
    key.text(options_->tenant);
    key.text(call_->context().tenant_id);
    return key;
}

bool idempotent_passage::begin(const result<bool>& has_key, const idempotency::canonical& key,
                               bool compare_payloads) {
    namespace here = idempotent_passages;
    if (!has_key) {
        answer_ = outcome(has_key.error());
        return false;
    }
    if (!*has_key) {
        if (options_->keyless == idempotency::when_keyless::run) return true;
        answer_ = outcome(here::no_key());
        return false;
    }
    return decide({idempotency::sha256_hex(key.bytes()),
                   compare_payloads ? idempotency::fingerprint_of(*call_) : std::string()});
}

bool idempotent_passage::decide(const idempotency::identity& id) {
    namespace here = idempotent_passages;
    const context& ctx = call_->context();
    for (auto pause = here::shortest_wait;; pause = std::min(pause * 2, here::longest_wait)) {
        auto what = idempotency::begin(*store_, id, options_->terms, ctx);
        if (!what) {
            answer_ = here::store_failed(std::move(what).error());
            return false;
        }
        if (auto* mine = std::get_if<idempotency::attempt>(&*what)) {
            attempt_.emplace(std::move(*mine));
            return true;
        }
        if (auto* done = std::get_if<idempotency::replay>(&*what)) {
            auto again = idempotency::restore(done->result, done->failed);
            answer_ = again ? *std::move(again) : outcome(std::move(again).error());
            ctx.log.info("answered from memory", "key", id.key);
            if (options_->on_replay != nullptr) options_->on_replay(*call_, answer_);
            return false;
        }
        if (const auto* other = std::get_if<idempotency::in_progress>(&*what)) {
            const bool again = options_->busy == idempotency::when_in_progress::wait
                               && wait_for(std::min(other->until + std::chrono::milliseconds(1),
                                                    ctx.world->clock.now() + pause));
            if (again) continue;
            answer_ = busy(other->until);
            return false;
        }
        answer_ =
            outcome(std::holds_alternative<idempotency::mismatch>(*what) ? here::other_payload()
                                                                         : here::not_known());
        return false;
    }
}

bool idempotent_passage::wait_for(time_point until) {
    const context& ctx = call_->context();
    const bool in_time =
        !ctx.deadline || until + idempotent_passages::reply_reserve < *ctx.deadline;
    return in_time && ctx.sleep_until(until);
}

outcome idempotent_passage::busy(time_point until) const {
    const auto now = call_->context().world->clock.now();
    if (options_->busy == idempotency::when_in_progress::defer) {
        return outcome::defer(
            std::chrono::time_point_cast<std::chrono::system_clock::duration>(until));
    }
    error e = http::conflict("another attempt at this operation is at work");
    e.after = std::chrono::ceil<std::chrono::milliseconds>(
        std::max(until - now, std::chrono::nanoseconds(0)));
    return outcome(std::move(e));
}

const context& idempotent_passage::own() const noexcept { return own_ ? *own_ : call_->context(); }

// Renews at a third of the lease, so that two renewals may fail. Where no deadline is known nothing
// is renewed: nobody would say when to end it.
void idempotent_passage::keep_alive() {
    const context& ctx = call_->context();
    if (!ctx.deadline || attempt_->lease_end() >= *ctx.deadline) return;
    lost_ = std::stop_source();
    done_ = std::stop_source();
    own_.emplace(ctx);
    own_->stop = stop_signal(lost_.get_token());
    from_outer_.emplace(ctx.stop.token(), forward{lost_}); // also after the last renewal
    renewing_ = ctx.world->tasks.start([this, &ctx] {
        const auto lease = options_->terms.lease;
        for (auto end = attempt_->lease_end(); end < *ctx.deadline;) {
            const auto& time = ctx.world->clock;
            if (!ctx.world->clock.sleep_until(time.now() + lease / 3, done_.get_token())) return;
            if (time.now() >= *ctx.deadline) return;
            const auto later = std::min(idempotency::later(time.now(), lease), *ctx.deadline);
            const auto renewed = attempt_->renew(ctx, later);
            if (renewed) end = later;
            if (renewed || renewed.error().kind != error_class::conflict) continue;
            ctx.log.warn("an operation was lost: its lease was over", "key", attempt_->id().key);
            lost_.request_stop();
            return;
        }
    });
}

void idempotent_passage::stop_keeping_alive() noexcept {
    if (!renewing_) return;
    done_.request_stop();
    renewing_.reset(); // joins
}

idempotency::completion& idempotent_passage::completion() {
    return completion_.emplace(*call_, own(), *attempt_, options_->largest_reply);
}

outcome idempotent_passage::end(outcome o) {
    namespace here = idempotent_passages;
    stop_keeping_alive();
    const context& ctx = call_->context();
    if (const auto kept = completion_ ? completion_->ended() : std::nullopt) {
        if (!o.acknowledges()) {
            ctx.log.warn("failed when its operation was done already", "key", attempt_->id().key,
                         "reason", o.error()->message);
        }
        const bool says_more = kept->result == idempotency::forgotten_reply && o.acknowledges();
        return says_more ? std::move(o) : *completion_->answer();
    }
    if (o.acknowledges()) {
        const auto kept =
            attempt_->complete(ctx, idempotency::store_reply(o, options_->largest_reply));
        if (!kept) { // the effect is there, and only this line knows
            ctx.log.error("an operation was done, but that could not be kept", "key",
                          attempt_->id().key, "reason", kept.error().message);
            return here::store_failed(kept.error());
        }
        if (o.parked() || kept->result == idempotency::forgotten_reply) return o;
        auto again = idempotency::restore(kept->result, kept->failed);
        return again ? *std::move(again) : outcome(std::move(again).error());
    }
    const error& why = *o.error();
    result<void> ended;
    if (options_->remember_failures && o.verdict() == verdict::reject
        && here::will_not_go_away(why)) {
        const auto kept = attempt_->fail(ctx, idempotency::store_error(why));
        if (!kept) ended = kept.error();
    } else if (o.verdict() != verdict::defer
               && options_->terms.mode == idempotency::mode::at_most_once
               && !here::before_the_effect(why)) {
        ended = attempt_->park(ctx);
    } else {
        ended = attempt_->release(ctx);
    }
    if (!ended) {
        ctx.log.warn("an operation keeps its claim until its lease is over", "key",
                     attempt_->id().key, "reason", ended.error().message);
    }
    return o;
}

std::optional<outcome> idempotent_passage::threw() noexcept {
    try {
        auto o = end(outcome(caught_error()));
        if (completion_ && completion_->ended()) return o;
    } catch (...) { // out of memory: the lease will end
    }
    return std::nullopt;
}

} // namespace detail

} // namespace headrace
