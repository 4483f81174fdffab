// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/timeout.hpp>

#include <algorithm>
#include <string>

namespace headrace::detail {

timed_attempt::timed_attempt(const context& outer, std::chrono::milliseconds limit)
    : outer_(&outer),
      limit_(limit),
      ends_(outer.world->clock.now() + limit),
      time_(outer, ends_),
      own_(outer) {
    const auto stop_at = *time_.split().at;
    own_.deadline = std::min(stop_at, own_.deadline.value_or(stop_at));
    own_.stop = stop_signal(time_);
}

bool timed_attempt::late() const noexcept { return outer_->world->clock.now() >= ends_; }

bool timed_attempt::gave_in(const error* why) const {
    outer_->log.warn("an attempt overran its time limit", "limitMs", limit_, "overrunMs",
                     outer_->world->clock.now() - ends_);
    const bool asked =
        why != nullptr
        && (why->kind == error_class::cancelled || why->kind == error_class::deadline);
    return asked && !outer_->stop.stop_requested();
}

error timed_attempt::timed_out() const {
    error e =
        error::transient("an attempt did not end within " + std::to_string(limit_.count()) + " ms");
    e.code = errc::timed_out;
    e.http_status = 504;
    return e;
}

} // namespace headrace::detail
