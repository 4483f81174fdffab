// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/layers/bulkhead.hpp>

#include <algorithm>
#include <string>

namespace headrace {

std::uint32_t bulkhead::inside() const {
    const std::lock_guard lock(mutex_);
    return inside_;
}

void bulkhead::enqueue(waiting& self) noexcept {
    waiting** end = &first_;
    while (*end != nullptr) end = &(*end)->next;
    *end = &self;
}

void bulkhead::forget(const waiting& self) noexcept {
    waiting** at = &first_;
    while (*at != nullptr && *at != &self) at = &(*at)->next;
    if (*at != nullptr) *at = self.next;
}

bool bulkhead::enter(const context& ctx) {
    {
        const std::lock_guard lock(mutex_);
        if (inside_ < options_.at_once) {
            ++inside_;
            return true;
        }
    }
    if (options_.wait.count() <= 0) return false;
    waiting self;
    {
        const std::lock_guard lock(mutex_);
        if (inside_ < options_.at_once) {
            ++inside_;
            return true;
        }
        enqueue(self);
    }
    wait_for_room(ctx, self);
    const std::lock_guard lock(mutex_);
    if (!self.has_room) forget(self);
    return self.has_room;
}

// Nobody but a clock waits: being admitted is a stop of the sleep.
void bulkhead::wait_for_room(const context& ctx, waiting& self) const {
    const auto [at, token] = ctx.stop.split();
    auto& clock = ctx.world->clock;
    auto enough = detail::end_by_clocks::in(detail::length_of(options_.wait), clock.steady());
    if (at) enough = enough.sooner(*at);
    const std::stop_callback forward(token, [&] { self.admitted.request_stop(); });
    (void)enough.wait(clock, self.admitted.get_token());
}

void bulkhead::leave() noexcept {
    std::stop_source next(std::nostopstate);
    {
        const std::lock_guard lock(mutex_);
        if (first_ == nullptr) {
            --inside_;
            return;
        }
        first_->has_room = true; // who leaves hands its room on
        next = first_->admitted; // which outlives the one that waits
        first_ = first_->next;
    }
    next.request_stop();
}

error bulkhead::refusal() const {
    error e =
        error::transient(detail::format<"all {} places of a bulkhead are taken">(options_.at_once));
    e.code = errc::limited;
    return e;
}

} // namespace headrace
