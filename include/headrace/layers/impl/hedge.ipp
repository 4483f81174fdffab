// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/layers/hedge.hpp>
#include <headrace/routing/retry_budget.hpp>

namespace headrace::detail {

race::contender::contender(const context& ctx)
    : from_outer(ctx.stop.split().token, forward{over}), linked(ctx), own(ctx) {
    linked.stop = over.get_token();
    own.stop = linked.stop;
    if (const auto at = ctx.stop.split().at) own.stop = stop_signal(limit.emplace(linked, *at));
}

race::race(const context& ctx) : outer_(&ctx), first_(ctx), second_(ctx) {}

bool race::second_begins(std::chrono::milliseconds after) {
    if (!second_.own.sleep_for(after)) return false;
    const std::lock_guard lock(mutex_);
    if (first_ended_) return false;
    auto* const budget = outer_->retries;
    if (budget != nullptr && !budget->take(budget->price(retry_kind::transient))) return false;
    outer_->log.info("hedging", "afterMs", after);
    second_began_ = true;
    return true;
}

bool race::wins(winner who) {
    if (winner_ != winner::nobody) return false;
    winner_ = who;
    won_at_ = outer_->world->clock.steady();
    return true;
}

// Stops are requested without the lock: they run what others have registered for them.
void race::first_ends(bool succeeded) {
    {
        const std::lock_guard lock(mutex_);
        first_ended_ = true;
        if (succeeded) (void)wins(winner::first);
        if (!succeeded && second_began_) return; // which may still succeed
    }
    second_.over.request_stop();
}

void race::second_ends(bool succeeded) {
    if (!succeeded) return;
    {
        const std::lock_guard lock(mutex_);
        if (!wins(winner::second)) return;
    }
    first_.over.request_stop();
    if (auto* const budget = outer_->retries) {
        budget->give_back(budget->price(retry_kind::transient));
    }
}

void race::second_threw() {
    const error e = caught_error();
    outer_->log.warn("the hedge threw", "errorType", e.type, "reason", e.message);
}

bool race::second_won() const {
    using namespace std::chrono_literals;
    const std::lock_guard lock(mutex_);
    if (second_began_ && winner_ != winner::nobody) {
        const auto overrun = outer_->world->clock.steady() - won_at_;
        if (overrun > 1ms) { // else it has listened: waking up takes a while
            outer_->log.warn("a hedged attempt went on after it was asked to stop", "overrunMs",
                             overrun);
        }
    }
    return winner_ == winner::second;
}

} // namespace headrace::detail
