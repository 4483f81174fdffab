// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/time_limit.hpp>
#include <headrace/base/stop_signal.hpp>

namespace headrace {

bool stop_signal::stop_requested() const noexcept {
    return limit_ != nullptr ? limit_->stop_requested() : token_.stop_requested();
}

std::stop_token stop_signal::token() const { return limit_ != nullptr ? limit_->token() : token_; }

stop_signal::parts stop_signal::split() const {
    return limit_ != nullptr ? limit_->split() : parts{std::nullopt, token_};
}

} // namespace headrace
