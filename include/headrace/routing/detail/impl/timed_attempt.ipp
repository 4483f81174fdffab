// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/routing/detail/timed_attempt.hpp>

#include <algorithm>

namespace headrace::detail {

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
