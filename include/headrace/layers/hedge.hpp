// SPDX-License-Identifier: BSL-1.0
#pragma once

// One attempt is slow: begin a second one beside it, and take the answer that comes first.

#include <headrace/base/detail/caught.hpp>
#include <headrace/base/stop_signal.hpp>
#include <headrace/json/workspace.hpp>
#include <headrace/routing/detail/attempt.hpp>
#include <headrace/routing/detail/timed_attempt.hpp>
#include <headrace/routing/middleware.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

namespace headrace {

namespace detail {

/// Two attempts of which one answers. All but their code.
class race {
public:
    explicit race(const context& ctx);
    race(const race&) = delete;
    race& operator=(const race&) = delete;

    [[nodiscard]] const context& first() const noexcept { return first_.own; }
    [[nodiscard]] const context& second() const noexcept { return second_.own; }

    /// In the second's task: waits. False: it is not needed.
    [[nodiscard]] bool second_begins(std::chrono::milliseconds after);
    /// These stop the other one, unless it is needed.
    void first_ends(bool succeeded);
    void second_ends(bool succeeded);
    void second_threw();
    /// When both have ended. Logs how long the answer waited for one that was asked to stop.
    [[nodiscard]] bool second_won() const;

private:
    struct forward {
        std::stop_source to;
        void operator()() noexcept { to.request_stop(); }
    };
    // A context whose stop signal asks when the race is over, and when the outer one does.
    struct contender {
        explicit contender(const context& ctx);
        std::stop_source over;
        std::stop_callback<forward> from_outer;
        context linked;
        std::optional<time_limit> limit;
        context own;
    };
    enum class winner : std::uint8_t { nobody, first, second };
    bool wins(winner who); // `mutex_` is held

    const context* outer_;
    contender first_;
    contender second_;
    mutable std::mutex mutex_; ///< guards the rest
    bool first_ended_ = false;
    bool second_began_ = false;
    winner winner_ = winner::nobody;
    std::chrono::nanoseconds won_at_{};
};

/// Runs first(const context&) in this thread and second(const context&) in a task.
template <class R, class First, class Second>
R run_race(const context& ctx, std::chrono::milliseconds after, First&& first, Second&& second) {
    race both(ctx);
    std::optional<R> late;
    auto task = ctx.world->tasks.start([&] {
        if (!both.second_begins(after)) return;
        try {
            late.emplace(second(both.second()));
            both.second_ends(view_failure(*late).why == nullptr);
        } catch (...) {
            both.second_threw();
        }
    });
    std::optional<R> early;
    std::exception_ptr thrown;
    try {
        early.emplace(first(both.first()));
        both.first_ends(view_failure(*early).why == nullptr);
    } catch (...) {
        thrown = std::current_exception();
        both.first_ends(false);
    }
    task.reset(); // joins: nothing runs on when this returns
    if (both.second_won()) return *std::move(late);
    if (thrown) std::rethrow_exception(thrown);
    return *std::move(early);
}

} // namespace detail

/// Begins a second attempt in a task when the first one, in the calling thread, has not ended
/// `after` so much time. The first success is the answer and the other attempt is asked to stop;
/// where both fail, the first one's failure is the answer. A failure before that time is not
/// hedged: that is what retry{} is for. Both are joined before it returns, so an attempt that does
/// not look at context::stop delays the answer, and is logged with its overrun.
///
/// Only for work that may be done twice. As a layer, each attempt has its own call, and the second
/// one its own workspace, which lives as long as the invocation; layers inside and the handler run
/// in two threads at once. A second attempt takes the price of a retry from the invocation's
/// budget. Each call starts one task (a thread, tens of microseconds), hedged or not: worth it for
/// calls that take milliseconds.
///   auto page = hedge{80ms}.run(ctx, [&](const context& own) { return index.find(word, own.stop);
///   });
struct hedge {
    static constexpr headrace::phase phase = headrace::phase::retry;
    std::chrono::milliseconds after;

    outcome operator()(call& c, auto&& next) const {
        // Made by the second attempt, if there is one, and kept as long as the invocation.
        auto& memory = *c.memory().memory().make<std::unique_ptr<workspace>>();
        std::optional<call> once;
        const auto first = [&](const context& own) -> outcome {
            return next(once.emplace(call::again{c, own}, c.memory()));
        };
        const auto second = [&](const context& own) -> outcome {
            memory = std::make_unique<workspace>(c.memory().bounds());
            call beside(call::again{c, own}, *memory);
            return next(beside);
        };
        outcome o = detail::run_race<outcome>(c.context(), after, first, second);
        c.found() = once->found();
        return o;
    }
    /// Runs f(const context&) or f(), in two threads at once where it is slow.
    template <class F> detail::ran<F> run(const context& ctx, F&& f) const {
        const auto once = [&f](const context& own) { return detail::attempt(f, own); };
        return detail::run_race<detail::ran<F>>(ctx, after, once, once);
    }
};

} // namespace headrace
