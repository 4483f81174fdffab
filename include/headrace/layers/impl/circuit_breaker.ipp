// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/layers/circuit_breaker.hpp>

namespace headrace {

breaker_vote judge_dependency(const error& e) noexcept {
    if (e.code == errc::breaker_open || e.code == errc::limited) return breaker_vote::unsure;
    switch (e.kind) {
    case error_class::transient:
    case error_class::throttled:
    case error_class::bug: return breaker_vote::fails;
    case error_class::deadline:
    case error_class::cancelled: return breaker_vote::unsure;
    default: return breaker_vote::works;
    }
}

std::string_view to_string(breaker_state state) noexcept {
    switch (state) {
    case breaker_state::closed: return "closed";
    case breaker_state::open: return "open";
    case breaker_state::half_open: return "half_open";
    }
    return "unknown";
}

breaker_state circuit_breaker::state() const {
    const std::lock_guard lock(mutex_);
    return state_;
}

std::optional<error> circuit_breaker::enter(const context& ctx, std::uint64_t& ticket) {
    ticket = calm_.load(std::memory_order_acquire);
    if (ticket != 0) [[likely]]
        return std::nullopt;
    return enter_slowly(ctx, ticket);
}

std::optional<error> circuit_breaker::enter_slowly(const context& ctx, std::uint64_t& ticket) {
    const std::lock_guard lock(mutex_);
    if (state_ == breaker_state::open) {
        const auto waited = opened_.until(detail::two_clocks::now(ctx.world->clock));
        const auto open = detail::length_of(options_.open);
        if (waited < open) return refusal(detail::difference(open, waited));
        change(breaker_state::half_open);
    }
    if (state_ == breaker_state::half_open) {
        if (probing_) return refusal(detail::length_of(options_.open));
        probing_ = true;
    }
    ticket = epoch_;
    return std::nullopt;
}

void circuit_breaker::leave(const context& ctx, std::uint64_t ticket, const error* why) {
    const bool calm = calm_.load(std::memory_order_acquire) == ticket;
    if (why == nullptr && calm) [[likely]]
        return;
    const auto vote = why == nullptr ? breaker_vote::works : options_.judge(*why);
    const std::lock_guard lock(mutex_);
    if (ticket != epoch_) return; // it has changed since this call began
    probing_ = false;
    if (vote == breaker_vote::fails) return note_failure(ctx, *why);
    if (vote == breaker_vote::unsure) return;
    failures_ = 0;
    if (state_ == breaker_state::half_open) {
        ctx.log.info("circuit breaker closed", "breaker", options_.name);
        change(breaker_state::closed);
    }
    calm_.store(epoch_, std::memory_order_release);
}

void circuit_breaker::note_failure(const context& ctx, const error& why) {
    ++failures_;
    calm_.store(0, std::memory_order_release);
    if (state_ == breaker_state::closed && failures_ < options_.failures) return;
    opened_ = detail::two_clocks::now(ctx.world->clock);
    change(breaker_state::open);
    ctx.log.warn("circuit breaker opened", "breaker", options_.name, "failures", failures_,
                 "openMs", options_.open, "class", to_string(why.kind), "reason", why.message);
}

void circuit_breaker::change(breaker_state to) noexcept {
    state_ = to;
    ++epoch_;
}

error circuit_breaker::refusal(std::chrono::nanoseconds wait) const {
    error e = error::transient(
        options_.name.empty() ? std::string("a circuit breaker is open")
                              : detail::format<"the circuit breaker of {} is open">(options_.name));
    e.code = errc::breaker_open;
    e.after = std::chrono::ceil<std::chrono::milliseconds>(wait);
    return e;
}

} // namespace headrace
