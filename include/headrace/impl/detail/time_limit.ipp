// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/detail/time_limit.hpp>

#include <algorithm>
#include <memory>
#include <utility>

namespace headrace::detail {

// ---- time_limit ---------------------------------------------------------------------------------

struct time_limit::watched {
    struct forward {
        std::stop_source to;
        void operator()() noexcept { to.request_stop(); }
    };
    explicit watched(const std::stop_token& outer) : from_outer(outer, forward{stop}) {}
    watched(const watched&) = delete;
    watched& operator=(const watched&) = delete;
    ~watched() { ended.request_stop(); } // then the watcher is joined

    std::stop_source stop;
    std::stop_source ended;
    std::stop_callback<forward> from_outer;
    std::unique_ptr<executor::task> watcher;
};

time_limit::time_limit(const context& outer, const end_by_clocks& stop_at)
    : world_(outer.world), stop_at_(stop_at) {
    auto [at, token] = outer.stop.split();
    outer_ = std::move(token);
    if (at) stop_at_ = stop_at_.sooner(*at);
}

time_limit::~time_limit() { delete watched_.load(std::memory_order_acquire); }

bool time_limit::stop_requested() const noexcept {
    return outer_.stop_requested() || stop_at_.has_come(world_->clock);
}

std::stop_token time_limit::token() {
    watched* there = watched_.load(std::memory_order_acquire);
    if (there != nullptr) return there->stop.get_token();
    auto mine = std::make_unique<watched>(outer_);
    if (!watched_.compare_exchange_strong(there, mine.get(), std::memory_order_acq_rel)) {
        return there->stop.get_token(); // another thread was faster
    }
    there = mine.release();
    watch(*there);
    return there->stop.get_token();
}

void time_limit::watch(watched& w) const {
    if (stop_requested()) {
        w.stop.request_stop();
        return;
    }
    try {
        w.watcher = world_->tasks.start([&clock = world_->clock, at = stop_at_, stop = w.stop,
                                         ended = w.ended.get_token()]() mutable {
            if (at.wait(clock, ended)) stop.request_stop();
        });
    } catch (...) {
        w.stop.request_stop(); // rather now than never
        throw;
    }
}

// ---- timed_attempt ------------------------------------------------------------------------------

timed_attempt::timed_attempt(const context& outer, std::chrono::nanoseconds begins,
                             const end_by_clocks& ends)
    : outer_(&outer), begins_(begins), ends_(ends), time_(outer, ends), own_(outer) {
    own_.stop = stop_signal(time_);
}

timed_attempt::timed_attempt(const context& outer, std::chrono::milliseconds limit)
    : timed_attempt(outer, outer.world->clock.steady(), limit) {}

timed_attempt::timed_attempt(const context& outer, std::chrono::nanoseconds begins,
                             std::chrono::milliseconds limit)
    : timed_attempt(outer, begins, end_by_clocks::in(length_of(limit), begins)) {
    const auto soft = time_point(
        sum(outer.begun.wall.time_since_epoch(), difference(ends_.steady, outer.begun.steady)));
    own_.soft_deadline = std::min(soft, own_.soft_deadline.value_or(soft));
}

bool timed_attempt::late(const error* why) const noexcept {
    const auto& clock = outer_->world->clock;
    return why != nullptr ? ends_.has_come(clock) : clock.steady() >= ends_.steady;
}

bool timed_attempt::gave_in(const error* why) const {
    const auto now = two_clocks::now(outer_->world->clock);
    const auto over =
        std::max(difference(now.steady, ends_.steady), difference(now.wall, ends_.wall));
    outer_->log.warn("an attempt overran its time limit", "limitMs",
                     difference(ends_.steady, begins_), "overrunMs", over);
    const bool asked =
        why != nullptr
        && (why->kind == error_class::cancelled || why->kind == error_class::deadline);
    return asked && !outer_->stop.stop_requested();
}

// ---- timed_call ---------------------------------------------------------------------------------

timed_call::timed_call(call& c, std::chrono::nanoseconds begins, const end_by_clocks& ends)
    : attempt_(c.context(), begins, ends), calls_(c) {}

timed_call::~timed_call() {
    if (!ended_ && attempt_.late()) (void)attempt_.gave_in(nullptr); // it threw
}

bool timed_call::gave_in(const error* why) {
    ended_ = true;
    return attempt_.late(why) && attempt_.gave_in(why);
}

} // namespace headrace::detail
