// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/detail/attempt.hpp>

#include <algorithm>

namespace headrace::detail {

failure_view view_failure(const outcome& o) noexcept {
    if (o.succeeded() || o.error() == nullptr) return {nullptr, {}};
    failure_view view{o.error(), o.error()->after, o.verdict() != verdict::retry};
    if (o.after().count() > 0) {
        view.after = std::max(o.after(), view.after.value_or(o.after()));
    }
    return view;
}

} // namespace headrace::detail
