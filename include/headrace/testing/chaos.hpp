// SPDX-License-Identifier: BSL-1.0
#pragma once

// What becomes of my handler when its dependencies fail, hang and lose replies? A layer for tests
// that makes them do so, the same way for the same seed.

#include <headrace/base/error.hpp>
#include <headrace/routing/detail/attempt.hpp>
#include <headrace/routing/middleware.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <utility>

namespace headrace::testing {

/// Shares are between 0 (never) and 1 (always).
struct chaos_options {
    std::uint64_t seed = 1;
    double faults = 0; ///< of the calls that fail instead of running
    double losses = 0; ///< of the calls that run, and whose answer is lost
    double delays = 0; ///< of the calls that are delayed before
    std::chrono::milliseconds delay{100};
    error fault = error::transient("chaos"); ///< what failed and lost calls answer
};

/// Makes calls slow and makes them fail. What happens to the n-th call depends on the seed and on n
/// alone. Delays pass on the platform's clock and end early when a stop is requested. Every copy of
/// use{chaos} and every run() share the one object. Thread-safe.
///   testing::chaos storm{{.seed = 7, .faults = 0.3, .losses = 0.1}};
///   chain{idempotent{seen}, retry{}, use{storm}}
class chaos {
public:
    static constexpr headrace::phase phase = headrace::phase::chaos;

    explicit chaos(chaos_options options = {}) : options_(std::move(options)) {}
    chaos(const chaos&) = delete; // it is shared: chain{use{chaos}}
    chaos& operator=(const chaos&) = delete;

    outcome operator()(call& c, auto&& next) {
        return run(c.context(), [&]() -> outcome { return next(c); });
    }
    /// Runs f(const context&) or f(): a result, an outcome, or a value that becomes a result.
    template <class F> detail::ran<F> run(const context& ctx, F&& f) {
        const fate now = draw();
        if (now.delayed) (void)ctx.sleep_for(options_.delay);
        if (now.failed) return detail::ran<F>(options_.fault);
        detail::ran<F> done = detail::attempt(f, ctx);
        if (now.lost) return detail::ran<F>(options_.fault);
        return done;
    }

    [[nodiscard]] std::uint64_t calls() const noexcept { return calls_; }
    [[nodiscard]] std::uint64_t faults() const noexcept { return faults_; }
    [[nodiscard]] std::uint64_t losses() const noexcept { return losses_; }
    [[nodiscard]] std::uint64_t delays() const noexcept { return delays_; }

private:
    struct fate {
        bool delayed;
        bool failed;
        bool lost;
    };
    [[nodiscard]] fate draw() noexcept;

    const chaos_options options_;
    std::atomic<std::uint64_t> calls_ = 0;
    std::atomic<std::uint64_t> faults_ = 0;
    std::atomic<std::uint64_t> losses_ = 0;
    std::atomic<std::uint64_t> delays_ = 0;
};

} // namespace headrace::testing
