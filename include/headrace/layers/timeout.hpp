// SPDX-License-Identifier: BSL-1.0
#pragma once

// Ask an attempt to end when its time is over.

#include <headrace/routing/detail/attempt.hpp>
#include <headrace/routing/detail/timed_attempt.hpp>
#include <headrace/routing/middleware.hpp>

#include <chrono>

namespace headrace {

namespace detail {
[[nodiscard]] error timed_out(std::chrono::milliseconds limit);
}

/// A time limit for what is inside, by the steady clock: each attempt when it stands inside a
/// retry. The attempt sees the time in context::soft_deadline and context::remaining(), and
/// context::stop asks it to end then; whatever waits through context::sleep_for() or was handed the
/// token ends in time. milliseconds::max() is no limit, and a negative one is over at once.
///
/// C++ cannot stop a thread. An attempt that looks at neither goes on to its end, and its answer
/// waits for it: nothing of a handler or layer runs after its call has returned. It is logged with
/// its overrun. A success that comes late is a success. An attempt that ended because it was asked
/// to (class cancelled or deadline) becomes an error of class transient and code timed_out, which
/// retry{} tries again; other late errors stay what they are.
///
/// The attempt runs in the calling thread, and no task is started unless somebody asks for the
/// std::stop_token itself: see stop_signal.
///   chain{retry{}, timeout{2s}}
///   auto rate = timeout{300ms}.run(ctx, [&](const context& own) { return rates.ask(own.stop); });
struct timeout {
    static constexpr headrace::phase phase = headrace::phase::timeout;
    std::chrono::milliseconds limit;

    outcome operator()(call& c, auto&& next) const {
        detail::own_calls calls(c);
        return run(c.context(), [&](const context& own) { return next(calls.begin(own)); });
    }
    /// Runs f(const context&) or f(): a result, an outcome, or a value that becomes a result.
    template <class F> detail::ran<F> run(const context& ctx, F&& f) const {
        const detail::timed_attempt attempt(ctx, limit);
        try {
            detail::ran<F> done = detail::attempt(f, attempt.own());
            if (attempt.late() && attempt.gave_in(detail::view_failure(done).why)) [[unlikely]]
                return detail::ran<F>(detail::timed_out(limit));
            return done;
        } catch (const failure& thrown) {
            if (!attempt.late() || !attempt.gave_in(&thrown.error())) throw;
            return detail::ran<F>(detail::timed_out(limit));
        } catch (...) {
            if (attempt.late()) (void)attempt.gave_in(nullptr);
            throw;
        }
    }
};

} // namespace headrace
