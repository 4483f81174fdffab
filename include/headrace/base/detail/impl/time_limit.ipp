// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/time_limit.hpp>

#include <memory>
#include <utility>

namespace headrace::detail {

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

} // namespace headrace::detail
