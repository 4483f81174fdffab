// SPDX-License-Identifier: BSL-1.0
#pragma once

// Do not begin what cannot end in time, and ask what has begun to end in time.

#include <headrace/routing/detail/timed_attempt.hpp>
#include <headrace/routing/middleware.hpp>

#include <chrono>

namespace headrace {

namespace detail {
[[nodiscard]] outcome too_late(std::chrono::milliseconds reserve);
[[nodiscard]] error out_of_time(std::chrono::milliseconds reserve);
} // namespace detail

/// Does not start a record when less than `reserve` is left until the invocation's deadline; the
/// record goes back unprocessed (queue), the request is answered 504 (HTTP), the invocation fails
/// (asynchronous sources). What has started is asked to end (context::stop) when only `reserve` is
/// left, by whichever clock that is sooner; what goes on all the same delays the reply and is
/// logged with its overrun. Invocations without a deadline always start. A negative reserve is
/// none.
struct deadline_guard {
    static constexpr headrace::phase phase = headrace::phase::deadline;
    std::chrono::milliseconds reserve{500};

    outcome operator()(call& c, auto&& next) const {
        const context& ctx = c.context();
        if (!ctx.deadline) return next(c);
        const auto now = detail::two_clocks::now(ctx.world->clock);
        const auto end =
            detail::end_by_clocks::at(detail::earlier(*ctx.deadline, reserve), ctx.begun);
        if (now.steady > end.steady || now.wall > end.wall) [[unlikely]]
            return detail::too_late(reserve);
        detail::timed_call once(c, now.steady, end);
        try {
            outcome o = next(once.begin());
            if (once.gave_in(o.error())) [[unlikely]]
                return outcome(detail::out_of_time(reserve));
            return o;
        } catch (const failure& thrown) {
            if (!once.gave_in(&thrown.error())) throw;
            return outcome(detail::out_of_time(reserve));
        }
    }
};

} // namespace headrace
