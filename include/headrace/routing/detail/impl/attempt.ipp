// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/http/problem.hpp>
#include <headrace/routing/detail/attempt.hpp>

#include <algorithm>

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

response_failure::response_failure(const result<http::response>& r) : failure_view{nullptr, {}} {
    if (!r) {
        why = &r.error();
    } else if (http::is_failure(r->status)) {
        why = &own_.emplace(http::failure_of(*r));
        final = own_->kind == error_class::permanent;
        until = http::retry_date(*r);
    }
    if (why != nullptr) after = why->after;
}

} // namespace headrace::detail
