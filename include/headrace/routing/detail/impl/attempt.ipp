// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/routing/detail/attempt.hpp>

#include <algorithm>
#include <utility>

namespace headrace::detail {

failure_view view_failure(const outcome& o) noexcept {
    if (o.succeeded() || o.error() == nullptr) return {nullptr, {}};
    failure_view view{o.error(), o.error()->after, o.verdict() != verdict::retry};
    if (o.after().count() > 0) {
        view.after = std::max(o.after(), view.after.value_or(o.after()));
    }
    if (o.is_failed_response() && o.until() != time_point()) view.until = o.until();
    return view;
}

value_failure::value_failure(const error& instead) noexcept
    : failure_view{&instead, instead.after} {}

value_failure::value_failure(std::optional<failed_value> own)
    : failure_view{nullptr, {}}, own_(std::move(own)) {
    if (!own_) return;
    why = &own_->why;
    after = own_->why.after;
    final = own_->why.kind == error_class::permanent;
    until = own_->until;
}

} // namespace headrace::detail
