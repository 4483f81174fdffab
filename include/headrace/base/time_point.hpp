// SPDX-License-Identifier: BSL-1.0
#pragma once

// What is a moment, and how long is for ever? One type for clocks, deadlines, log lines and the
// times in events, and the one place where durations are added to it.

#include <chrono>
#include <cstdint>
#include <limits>

namespace headrace {

/// A point in wall-clock time, in nanoseconds since the Unix epoch: 1677-09-21 to 2262-04-11.
using time_point = std::chrono::time_point<std::chrono::system_clock, std::chrono::nanoseconds>;

namespace detail {

inline constexpr std::chrono::nanoseconds for_ever = std::chrono::nanoseconds::max();
inline constexpr time_point never = time_point::max();

/// A duration that somebody has chosen: none where it is negative, and for ever where nanoseconds
/// cannot say it, which is from 292 years on.
template <class Rep, class Period>
[[nodiscard]] constexpr std::chrono::nanoseconds
length_of(std::chrono::duration<Rep, Period> d) noexcept {
    using given = std::chrono::duration<Rep, Period>;
    if (!(d > given::zero())) return std::chrono::nanoseconds::zero();
    if (d >= std::chrono::duration_cast<given>(for_ever)) return for_ever;
    return std::chrono::duration_cast<std::chrono::nanoseconds>(d);
}

/// a + b, or the bound that it is beyond. For ever and some time more is for ever.
[[nodiscard]] constexpr std::chrono::nanoseconds sum(std::chrono::nanoseconds a,
                                                     std::chrono::nanoseconds b) noexcept {
    std::int64_t all = 0;
    if (!__builtin_add_overflow(a.count(), b.count(), &all)) return std::chrono::nanoseconds(all);
    return b.count() > 0 ? for_ever : std::chrono::nanoseconds::min();
}

/// a - b in the same way. For ever less some time is for ever.
[[nodiscard]] constexpr std::chrono::nanoseconds difference(std::chrono::nanoseconds a,
                                                            std::chrono::nanoseconds b) noexcept {
    if (a == for_ever) return a;
    std::int64_t rest = 0;
    if (!__builtin_sub_overflow(a.count(), b.count(), &rest)) return std::chrono::nanoseconds(rest);
    return b.count() < 0 ? for_ever : std::chrono::nanoseconds::min();
}
[[nodiscard]] constexpr std::chrono::nanoseconds difference(time_point a, time_point b) noexcept {
    return difference(a.time_since_epoch(), b.time_since_epoch());
}

/// t + d, or the last moment there is: "for ever" is a length, too. A negative d is none.
template <class Rep, class Period>
[[nodiscard]] constexpr time_point later(time_point t,
                                         std::chrono::duration<Rep, Period> d) noexcept {
    return time_point(sum(t.time_since_epoch(), length_of(d)));
}

/// t - d, or the first moment there is. A negative d is none.
template <class Rep, class Period>
[[nodiscard]] constexpr time_point earlier(time_point t,
                                           std::chrono::duration<Rep, Period> d) noexcept {
    return time_point(sum(t.time_since_epoch(), -length_of(d)));
}

} // namespace detail

} // namespace headrace
