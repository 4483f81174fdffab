// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/context.hpp>
#include <headrace/stop_signal.hpp>

#include <algorithm>

namespace headrace {

bool stop_signal::stop_requested() const noexcept {
    return limit_ != nullptr ? limit_->stop_requested() : token_.stop_requested();
}

std::stop_token stop_signal::token() const { return limit_ != nullptr ? limit_->token() : token_; }

stop_signal::parts stop_signal::split() const {
    return limit_ != nullptr ? limit_->split() : parts{std::nullopt, token_};
}

namespace detail {

time_limit::time_limit(const context& outer, time_point stop_at)
    : world_(outer.world), stop_at_(stop_at) {
    auto [at, token] = outer.stop.split();
    outer_ = std::move(token);
    if (at) stop_at_ = std::min(stop_at_, *at);
}

time_limit::~time_limit() {
    ended_.request_stop(); // without effect where nobody asked for the token
    watcher_.reset();
}

bool time_limit::stop_requested() const noexcept {
    return outer_.stop_requested() || world_->clock.now() >= stop_at_;
}

std::stop_token time_limit::token() {
    const std::lock_guard lock(mutex_);
    if (stop_.stop_possible()) return stop_.get_token();
    std::stop_source stop;
    std::stop_source ended;
    from_outer_.emplace(outer_, forward{stop});
    if (stop_requested()) {
        stop.request_stop();
    } else {
        watcher_ =
            world_->tasks.start([&clock = world_->clock, at = stop_at_, stop, ended]() mutable {
                if (clock.sleep_until(at, ended.get_token())) stop.request_stop();
            });
    }
    stop_ = std::move(stop);
    ended_ = std::move(ended);
    return stop_.get_token();
}

} // namespace detail
} // namespace headrace
