// SPDX-License-Identifier: BSL-1.0
#pragma once

// A try has failed: is another one worth it, and how long to wait before it? Rules as plain values,
// without a clock and without state; retry.hpp acts on them.

#include <headrace/base/error.hpp>
#include <headrace/routing/retry_budget.hpp>

#include <chrono>
#include <cstdint>
#include <optional>

namespace headrace {

/// What the classes of errors say by themselves: transient, throttled and conflict are worth
/// another try, unless a circuit breaker has said so, and nothing else is. A rule of your own can
/// look at more and leave the rest to this one.
[[nodiscard]] retry_kind classify_retry(const error& e) noexcept;

/// A try that has failed.
struct failed_try {
    const error& why;
    std::uint32_t number = 1;   ///< of this try, in this invocation
    std::uint32_t delivery = 1; ///< how often the platform has delivered this
    std::optional<std::chrono::milliseconds> after = {}; ///< not before: Retry-After, error::after
    std::chrono::nanoseconds waited{};                   ///< before this try
};

/// How waits grow from one try to the next.
enum class backoff : std::uint8_t { constant, linear, exponential };

/// How waits are spread, so that those who failed together do not come back together.
enum class jitter : std::uint8_t {
    none,
    full,         ///< between zero and the wait
    equal,        ///< between half of the wait and the wait
    decorrelated, ///< between `base` and three times the last wait; `backoff` plays no role
};

/// When to try again, and how often. Pure: the same failed try and number give the same answer.
///   retry{{.tries = 4, .base = 50ms}}
/// https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
struct retry_policy {
    std::uint32_t tries = 3; ///< in all, the first one included
    /// So many tries fewer with each delivery after the first, since the platform tries again too;
    /// one always remains.
    std::uint32_t fewer_per_delivery = 1;
    headrace::backoff backoff = headrace::backoff::exponential;
    headrace::jitter jitter = headrace::jitter::full;
    std::chrono::milliseconds base{100};
    double factor = 2;                          ///< for exponential
    std::chrono::milliseconds cap{2'000};       ///< of a wait, before jitter
    std::chrono::milliseconds patience{20'000}; ///< stops where a dependency wants a longer wait
    retry_kind (*classify)(const error&) noexcept = &classify_retry;

    /// The wait before the next try, or nothing: there is none. `random` is one number of a
    /// random_source.
    [[nodiscard]] std::optional<std::chrono::nanoseconds> operator()(const failed_try& failed,
                                                                     std::uint64_t random) const;
    [[nodiscard]] std::uint32_t tries_on(std::uint32_t delivery) const noexcept;

    /// One try.
    [[nodiscard]] static constexpr retry_policy none() noexcept;
    /// The waits of the AWS SDKs' standard mode: three tries, between zero and 1, 2, 4, ...
    /// seconds, 20 at most. Its other half is a retry_budget as the quota of the retry.
    /// https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
    [[nodiscard]] static constexpr retry_policy aws_standard() noexcept;
};

constexpr retry_policy retry_policy::none() noexcept {
    retry_policy p;
    p.tries = 1;
    return p;
}

constexpr retry_policy retry_policy::aws_standard() noexcept {
    retry_policy p;
    p.base = std::chrono::seconds(1);
    p.cap = std::chrono::seconds(20);
    return p;
}

} // namespace headrace
