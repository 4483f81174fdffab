// SPDX-License-Identifier: BSL-1.0
#pragma once

// Only so many per second, with a burst now and then.

#include <headrace/base/detail/elapsed.hpp>
#include <headrace/routing/detail/attempt.hpp>
#include <headrace/routing/middleware.hpp>

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>

namespace headrace {

struct rate_options {
    double per_second = 10;
    std::uint32_t burst = 1;           ///< so many at once after a quiet while
    std::chrono::milliseconds wait{0}; ///< for its turn; zero: refused at once
};

/// A bucket of `burst` tokens that fills at `per_second`; a call takes one. Where there is none it
/// waits for its turn, if that comes soon enough and before the work should end; else it fails with
/// class throttled, code limited and `after`. It counts in one process: a hundred of them make a
/// hundred times the rate. Every copy of use{rate_limit} and every run() share the one object.
/// Thread-safe.
///   rate_limit partner_api{{.per_second = 5, .burst = 10, .wait = 1s}};
///   chain{use{partner_api}, retry{}}
///   auto quote = partner_api.run(ctx, [&] { return partner.quote(order); });
class rate_limit {
public:
    static constexpr headrace::phase phase = headrace::phase::limit;

    explicit rate_limit(rate_options options = {}) noexcept;
    rate_limit(const rate_limit&) = delete; // it is shared: chain{use{rate_limit}}
    rate_limit& operator=(const rate_limit&) = delete;

    outcome operator()(call& c, auto&& next) {
        return run(c.context(), [&]() -> outcome { return next(c); });
    }
    /// Runs f(const context&) or f(): a result, an outcome, or a value that becomes a result.
    template <class F> detail::ran<F> run(const context& ctx, F&& f) {
        if (auto refused = enter(ctx)) return detail::ran<F>(*std::move(refused));
        return detail::attempt(f, ctx);
    }

private:
    [[nodiscard]] std::optional<error> enter(const context& ctx);
    struct turn {
        std::chrono::nanoseconds wait;
        bool taken;
    };
    [[nodiscard]] turn take(const context& ctx);
    void give_back();

    const std::chrono::nanoseconds interval_; ///< between two tokens
    const std::chrono::nanoseconds full_;     ///< how long an empty bucket takes to fill
    const std::chrono::nanoseconds wait_;
    std::mutex mutex_; ///< guards the rest
    std::optional<detail::two_clocks> last_;
    std::chrono::nanoseconds saved_; ///< the tokens, in time; negative: turns given away in advance
};

} // namespace headrace
