// SPDX-License-Identifier: BSL-1.0
#pragma once

// How many retries can we afford? A bucket of tokens that failing retries empty and successes fill,
// so that a dependency that is down is soon asked once instead of three times.

#include <atomic>
#include <cstdint>

namespace headrace {

/// What an error says about another try.
enum class retry_kind : std::uint8_t {
    never,     ///< it would fail the same way, or must not be made
    transient, ///< it may succeed
    throttled, ///< it may succeed, later
    timed_out, ///< it may succeed; the failed one has cost time already
};

/// The numbers of the AWS SDKs' standard mode: a hundred retries that fail, or fifty timeouts.
/// https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
struct retry_prices {
    std::uint32_t tokens = 500;       ///< at the start, and never more
    std::uint32_t retry = 5;          ///< what a retry costs; given back when it succeeds
    std::uint32_t after_timeout = 10; ///< what a retry after a timeout costs
    std::uint32_t success = 1;        ///< what a success at the first try brings
};

/// A bucket of tokens that all retries draw from that are given it. Every invocation has one of its
/// own for all of its retries (context::retries); one for a dependency, kept for as long as the
/// program runs, is handed to retry{} as its quota. Not copied: all share the one object.
/// Thread-safe.
class retry_budget {
public:
    explicit retry_budget(retry_prices prices = {}) noexcept
        : prices_(prices), tokens_(prices.tokens) {}
    retry_budget(const retry_budget&) = delete;
    retry_budget& operator=(const retry_budget&) = delete;

    /// What an invocation's budget begins with: ten retries that fail.
    static constexpr retry_prices per_invocation{.tokens = 50};

    [[nodiscard]] std::uint32_t price(retry_kind of) const noexcept {
        return of == retry_kind::timed_out ? prices_.after_timeout : prices_.retry;
    }
    /// Takes the price of a retry. False: there are not enough tokens, and none are taken.
    [[nodiscard]] bool take(std::uint32_t price) noexcept;
    void give_back(std::uint32_t price) noexcept;
    /// A first try has succeeded.
    void succeeded() noexcept { give_back(prices_.success); }
    [[nodiscard]] std::uint32_t tokens() const noexcept {
        return tokens_.load(std::memory_order_relaxed);
    }

private:
    const retry_prices prices_;
    std::atomic<std::uint32_t> tokens_;
};

} // namespace headrace
