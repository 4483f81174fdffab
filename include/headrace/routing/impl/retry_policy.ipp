// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/time_point.hpp>
#include <headrace/routing/retry_policy.hpp>

#include <algorithm>

namespace headrace {

namespace detail::retry_waits {

using std::chrono::nanoseconds;

// Between the two, `random` says where. Only exact operations, so that every compiler agrees.
inline nanoseconds between(nanoseconds low, nanoseconds high, std::uint64_t random) {
    if (high <= low) return low;
    const double place = static_cast<double>(random >> 11) * 0x1p-53; // in [0, 1)
    const double span = static_cast<double>((high - low).count()) + 1;
    const auto step = static_cast<std::int64_t>(place * span);
    return low + std::min(nanoseconds(step), high - low);
}

// The wait after this try, before jitter.
inline nanoseconds grown(const retry_policy& p, std::uint32_t number, nanoseconds cap) {
    const nanoseconds base = std::min(length_of(p.base), cap);
    constexpr std::uint32_t more_than_enough = 1'000;
    const auto times = std::min(number, more_than_enough);
    double wait = static_cast<double>(base.count());
    const auto limit = static_cast<double>(cap.count());
    if (p.backoff == backoff::linear) wait *= times;
    if (p.backoff == backoff::exponential) {
        for (std::uint32_t i = 1; i < times && wait < limit; ++i) wait *= p.factor;
    }
    return wait < limit ? nanoseconds(static_cast<std::int64_t>(std::max(wait, 0.0))) : cap;
}

inline nanoseconds spread(const retry_policy& p, const failed_try& failed, std::uint64_t random) {
    const nanoseconds cap = length_of(p.cap);
    const nanoseconds wait = grown(p, failed.number, cap);
    switch (p.jitter) {
    case jitter::none: break;
    case jitter::full: return between(nanoseconds::zero(), wait, random);
    case jitter::equal: return between(wait / 2, wait, random);
    case jitter::decorrelated: {
        const nanoseconds base = std::min(length_of(p.base), cap);
        const nanoseconds last = std::clamp(failed.waited, base, cap);
        return between(base, last > cap / 3 ? cap : last * 3, random);
    }
    }
    return wait;
}

} // namespace detail::retry_waits

retry_kind classify_retry(const error& e) noexcept {
    if (e.code == errc::breaker_open) return retry_kind::never;
    if (e.code == errc::timed_out) return retry_kind::timed_out;
    switch (e.kind) {
    case error_class::transient:
    case error_class::conflict: return retry_kind::transient;
    case error_class::throttled: return retry_kind::throttled;
    default: return retry_kind::never;
    }
}

std::uint32_t retry_policy::tries_on(std::uint32_t delivery) const noexcept {
    const std::uint64_t before = delivery == 0 ? 0 : delivery - 1;
    const std::uint64_t fewer = before * fewer_per_delivery;
    return fewer < tries ? tries - static_cast<std::uint32_t>(fewer) : 1;
}

std::optional<std::chrono::nanoseconds> retry_policy::operator()(const failed_try& failed,
                                                                 std::uint64_t random) const {
    if (failed.number >= tries_on(failed.delivery)) return std::nullopt;
    if (classify(failed.why) == retry_kind::never) return std::nullopt;
    const auto wait = detail::retry_waits::spread(*this, failed, random);
    if (!failed.after) return wait;
    if (*failed.after > patience) return std::nullopt;
    return std::max(wait, detail::length_of(*failed.after));
}

} // namespace headrace
