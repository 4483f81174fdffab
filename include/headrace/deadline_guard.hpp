// SPDX-License-Identifier: BSL-1.0
#pragma once

// Do not begin what cannot end in time.

#include <headrace/middleware.hpp>

#include <chrono>

namespace headrace {

namespace detail {
[[nodiscard]] outcome too_late(std::chrono::milliseconds reserve);
}

/// Does not start a record when less than `reserve` is left until the invocation's deadline; the
/// record goes back unprocessed (queue), the request is answered 504 (HTTP), the invocation fails
/// (asynchronous sources). Invocations without a deadline always start.
struct deadline_guard {
    static constexpr headrace::phase phase = headrace::phase::deadline;
    std::chrono::milliseconds reserve{500};

    outcome operator()(call& c, auto&& next) const {
        if (c.context().deadline && c.context().remaining() < reserve) [[unlikely]] {
            return detail::too_late(reserve);
        }
        return next(c);
    }
};

} // namespace headrace
