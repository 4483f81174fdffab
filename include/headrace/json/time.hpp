// SPDX-License-Identifier: BSL-1.0
#pragma once

// How do times stand in events? As ISO-8601 text, as a number of seconds or milliseconds (bare or
// in a string) and as the text of a web server's log. These members keep the text and become a
// std::chrono time when they are asked, digit by digit: none passes through double.
// In your own types std::chrono's types can be members as well.

#include <headrace/base/time_point.hpp>
#include <headrace/json/codec.hpp>
#include <headrace/json/detail/lazy.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <ratio>
#include <string>
#include <string_view>
#include <utility>

namespace headrace {

// ---- members of events ------------------------------------------------------------------------

/// "2026-11-24T22:30:47.123Z" (ISO-8601, much as RFC 3339 narrows it). The offset is Z, +01:00,
/// +0100 or +01; the fraction may have any length; the seconds may be absent. Years 0001 to 9999.
class iso_time : public detail::kept_text<iso_time> {
public:
    using kept_text::kept_text;
    /// Digits after the nanoseconds are dropped. A leap second (23:59:60 UTC) is the second after
    /// it. Errors: missing, bad_value; out_of_range before 1677-09-21 and after 2262-04-11.
    [[nodiscard]] result<time_point> time() const;
    /// In whole seconds, the rest dropped, which any of the years fits into.
    /// Errors: missing, bad_value.
    [[nodiscard]] result<std::chrono::sys_seconds> seconds() const;
};

namespace detail {
[[nodiscard]] result<time_point> epoch_to_time(std::string_view text, int digits_to_nanoseconds);
[[nodiscard]] result<std::chrono::sys_seconds> epoch_to_seconds(std::string_view text,
                                                                int digits_to_seconds);
} // namespace detail

/// A count of `Unit`s since the Unix epoch: 1480641523.477, 1.4806415E9 or a string of that.
template <class Unit> class epoch_time : public detail::kept_number<epoch_time<Unit>> {
public:
    using detail::kept_number<epoch_time>::kept_number;
    /// Digits after the nanoseconds are dropped.
    /// Errors: missing, bad_value; out_of_range before 1677-09-21 and after 2262-04-11.
    [[nodiscard]] result<time_point> time() const {
        return detail::epoch_to_time(this->text(), digits);
    }
    /// In whole seconds, rounded down, of which any year has a count.
    /// Errors: missing, bad_value; out_of_range beyond 64 bits.
    [[nodiscard]] result<std::chrono::sys_seconds> seconds() const {
        return detail::epoch_to_seconds(this->text(), digits - 9);
    }

private:
    static constexpr int digits = [] {
        int n = 0;
        for (auto left = std::chrono::nanoseconds(Unit(1)).count(); left > 1; left /= 10) ++n;
        return n;
    }();
};
using epoch_seconds = epoch_time<std::chrono::seconds>;
using epoch_ms = epoch_time<std::chrono::milliseconds>;

/// "24/Nov/2026:22:30:47 +0000", as web servers write it into their logs (Common Log Format) and
/// API Gateway into requestTime. The space may be absent.
class clf_time : public detail::kept_text<clf_time> {
public:
    using kept_text::kept_text;
    /// Errors: missing, bad_value; out_of_range before 1677-09-21 and after 2262-04-11.
    [[nodiscard]] result<time_point> time() const;
    /// The same, which any of the years 0001 to 9999 fits into. Errors: missing, bad_value.
    [[nodiscard]] result<std::chrono::sys_seconds> seconds() const;
};

/// The moment as ISO-8601 text in UTC with milliseconds: "2026-11-24T22:30:47.123Z".
[[nodiscard]] std::string iso_text(time_point when);

// ---- std::chrono members of your own types ----------------------------------------------------

namespace detail {

struct moment {
    std::int64_t seconds = 0;     ///< since the Unix epoch
    std::int64_t nanoseconds = 0; ///< 0 to 999'999'999
};
[[nodiscard]] std::optional<moment> read_iso(std::string_view text) noexcept;
/// False outside of the years 0000 to 9999, which four digits can say.
[[nodiscard]] bool append_iso(std::string& out, moment when, int fraction_digits);
[[nodiscard]] std::optional<std::chrono::year_month_day> read_date(std::string_view text) noexcept;
[[nodiscard]] bool append_date(std::string& out, std::chrono::year_month_day date);

/// How fine a duration is.
template <class Duration> struct tick_of {
    using inverse = std::ratio_divide<std::ratio<1>, typename Duration::period>;
    static_assert(std::integral<typename Duration::rep>,
                  "a time with a floating-point count has no exact text; use an integer "
                  "duration  see docs/reference/json/time.md");
    static_assert((inverse::den == 1 || inverse::num == 1) && inverse::num <= 1'000'000'000,
                  "a time's tick is a multiple of a second, or a part of it down to a "
                  "nanosecond  see docs/reference/json/time.md");
    /// Ticks in one second; 0 where a tick is longer than that.
    static constexpr std::int64_t per_second = inverse::den == 1 ? inverse::num : 0;
    /// Decimals after the second that say any tick: 0, 3, 6 or 9.
    static constexpr int decimals = per_second <= 1           ? 0
                                    : per_second <= 1'000     ? 3
                                    : per_second <= 1'000'000 ? 6
                                                              : 9;
};

/// seconds + part / ticks as a count of ticks; part is in [0, ticks). Nothing if that overflows.
[[nodiscard]] std::optional<std::int64_t> count_ticks(std::int64_t seconds, std::int64_t part,
                                                      std::int64_t ticks) noexcept;

/// Rounds down to the duration's tick. False: out of its range.
template <class Duration>
bool to_sys_time(moment from, std::chrono::sys_time<Duration>& out) noexcept {
    using rep = typename Duration::rep;
    constexpr auto ticks = tick_of<Duration>::per_second;
    std::optional<std::int64_t> count;
    if constexpr (ticks == 0) {
        using wide = std::chrono::duration<std::int64_t, typename Duration::period>;
        count = std::chrono::floor<wide>(std::chrono::seconds(from.seconds)).count();
    } else {
        count = count_ticks(from.seconds, from.nanoseconds * ticks / 1'000'000'000, ticks);
    }
    if (!count || !std::in_range<rep>(*count)) return false;
    out = std::chrono::sys_time<Duration>(Duration(static_cast<rep>(*count)));
    return true;
}

template <class Duration> moment to_moment(std::chrono::sys_time<Duration> when) noexcept {
    constexpr auto ticks = tick_of<Duration>::per_second;
    const std::int64_t count = when.time_since_epoch().count();
    if constexpr (ticks == 0) {
        // Far beyond any year that can be said, before the seconds overflow.
        constexpr auto most = 400'000'000'000 / Duration::period::num;
        if (count > most || count < -most) return {INT64_MAX, 0};
        return {count * Duration::period::num, 0};
    } else {
        const auto part = (count % ticks + ticks) % ticks;
        return {count / ticks - (count % ticks < 0 ? 1 : 0), part * 1'000'000'000 / ticks};
    }
}

} // namespace detail

/// A time is ISO-8601 text. Read as iso_time reads it and rounded down to the duration's tick;
/// written in UTC with 0, 3, 6 or 9 digits after the second, whatever the tick needs.
template <class Duration>
struct codec<std::chrono::time_point<std::chrono::system_clock, Duration>> {
    using type = std::chrono::sys_time<Duration>;
    static bool read(reader& r, type& out) {
        const auto* where = r.position();
        std::string_view text;
        if (!r.string(text)) return false;
        const auto when = detail::read_iso(text);
        if (!when) return r.fail(errc::bad_value, where, "an ISO-8601 time");
        return detail::to_sys_time(*when, out)
               || r.fail(errc::out_of_range, where, "the type of this time");
    }
    static void write(writer& w, type v) {
        std::string text;
        const bool sayable =
            detail::append_iso(text, detail::to_moment(v), detail::tick_of<Duration>::decimals);
        sayable ? w.string(text) : w.null();
    }
};

/// A duration is the count of its own unit: std::chrono::seconds(90) is 90.
template <class Rep, class Period> struct codec<std::chrono::duration<Rep, Period>> {
    static bool read(reader& r, std::chrono::duration<Rep, Period>& out) {
        Rep count{};
        if (!codec<Rep>::read(r, count)) return false;
        out = std::chrono::duration<Rep, Period>(count);
        return true;
    }
    static void write(writer& w, std::chrono::duration<Rep, Period> v) { w.value(v.count()); }
};

/// A date is "2026-11-24" and exists in the calendar.
template <> struct codec<std::chrono::year_month_day> {
    static bool read(reader& r, std::chrono::year_month_day& out);
    static void write(writer& w, std::chrono::year_month_day v);
};

} // namespace headrace
