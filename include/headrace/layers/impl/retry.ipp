// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/layers/retry.hpp>

#include <algorithm>

namespace headrace::detail {

const context& tries::begin() {
    ++number_;
    begun_ = outer_->world->clock.steady();
    if (number_ == outer_->try_number) return *outer_;
    own_.emplace(*outer_);
    own_->try_number = number_;
    own_->log = own_->log.with_try(number_);
    return *own_;
}

std::optional<std::chrono::milliseconds> tries::not_before(const failure_view& f) const noexcept {
    if (!f.until) return f.after;
    const auto away = difference(*f.until, outer_->world->clock.now());
    return std::max(std::chrono::ceil<std::chrono::milliseconds>(away),
                    f.after.value_or(std::chrono::milliseconds(0)));
}

bool tries::fits(std::chrono::nanoseconds wait) const noexcept {
    if (!outer_->deadline && !outer_->soft_deadline) return true;
    auto attempt = length_of(bounds_->attempt);
    if (attempt.count() == 0) attempt = outer_->world->clock.steady() - begun_;
    const auto needed = sum(sum(wait, attempt), length_of(bounds_->reserve));
    return length_of(outer_->remaining()) >= needed;
}

bool tries::pay(retry_kind kind) noexcept {
    auto* const invocation = outer_->retries;
    auto* const quota = bounds_->quota;
    const auto from_invocation = invocation != nullptr ? invocation->price(kind) : 0;
    const auto from_quota = quota != nullptr ? quota->price(kind) : 0;
    if (invocation != nullptr && !invocation->take(from_invocation)) return false;
    if (quota != nullptr && !quota->take(from_quota)) {
        if (invocation != nullptr) invocation->give_back(from_invocation);
        return false;
    }
    paid_invocation_ = from_invocation;
    paid_quota_ = from_quota;
    return true;
}

bool tries::give_up(std::string_view because) const {
    outer_->log.warn("gave up", "tries", number_, "because", because);
    return false;
}

bool tries::again(const error& why, retry_kind kind, std::optional<std::chrono::nanoseconds> wait) {
    if (!wait) return number_ == 1 ? false : give_up("policy");
    if (!fits(*wait)) return give_up("deadline");
    if (!pay(kind)) return give_up("budget");
    outer_->log.warn("trying again", "tries", number_, "waitMs", *wait, "class",
                     to_string(why.kind), "code", to_string(why.code), "reason", why.message);
    waited_ = *wait;
    if (!outer_->sleep_for(*wait)) return give_up("stop");
    return true;
}

void tries::succeeded() noexcept {
    const auto settle = [this](retry_budget* budget, std::uint32_t paid) {
        if (budget == nullptr) return;
        number_ == 1 ? budget->succeeded() : budget->give_back(paid);
    };
    settle(outer_->retries, paid_invocation_);
    settle(bounds_->quota, paid_quota_);
}

} // namespace headrace::detail
