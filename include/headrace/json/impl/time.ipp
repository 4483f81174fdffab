// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/ascii.hpp>
#include <headrace/base/detail/numbers.hpp>
#include <headrace/json/time.hpp>

#include <array>
#include <cstddef>

namespace headrace {

namespace detail::time_text {

// Reads a text from its front. Every step answers whether it went well.
class scanner {
public:
    explicit scanner(std::string_view text) noexcept : p_(text.data()), end_(p_ + text.size()) {}

    [[nodiscard]] bool done() const noexcept { return p_ == end_; }
    [[nodiscard]] char peek() const noexcept { return done() ? '\0' : *p_; }
    template <class... Chars> bool one_of(Chars... set) noexcept {
        const char c = peek();
        if (((c != set) && ...)) return false;
        ++p_;
        return true;
    }
    template <int Digits> bool number(int least, int most, int& out) noexcept {
        if (end_ - p_ < Digits) return false;
        int value = 0;
        for (int i = 0; i < Digits; ++i, ++p_) {
            if (!is_digit(*p_)) return false;
            value = value * 10 + (*p_ - '0');
        }
        out = value;
        return least <= value && value <= most;
    }
    // At least one digit; those after the ninth are dropped.
    bool fraction(std::int64_t& nanoseconds) noexcept {
        const char* const first = p_;
        std::int64_t unit = 100'000'000;
        for (; !done() && is_digit(*p_); ++p_, unit /= 10) {
            nanoseconds += (*p_ - '0') * unit;
        }
        return p_ != first;
    }
    // "Jan" to "Dec".
    bool month_name(int& month) noexcept {
        constexpr std::string_view names = "JanFebMarAprMayJunJulAugSepOctNovDec";
        if (end_ - p_ < 3) return false;
        const auto at = names.find(std::string_view(p_, 3));
        if (at == std::string_view::npos || at % 3 != 0) return false;
        p_ += 3;
        month = static_cast<int>(at / 3) + 1;
        return true;
    }
    // +01:00, +0100 or +01, in seconds.
    bool offset(int& seconds) noexcept {
        const bool west = peek() == '-';
        if (!one_of('+', '-')) return false;
        int hours = 0;
        int minutes = 0;
        if (!number<2>(0, 23, hours)) return false;
        const bool colon = one_of(':');
        if ((colon || !done()) && !number<2>(0, 59, minutes)) return false;
        seconds = hours * 3600 + minutes * 60;
        if (west) seconds = -seconds;
        return true;
    }

private:
    const char* p_;
    const char* end_;
};

struct civil {
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
    int offset = 0; // seconds east of UTC
};

constexpr std::int64_t seconds_per_day = 86'400;

constexpr std::chrono::year_month_day date_of(const civil& c) noexcept {
    return std::chrono::year(c.year) / c.month / c.day;
}

// Seconds since the epoch, if there is such a moment.
inline std::optional<std::int64_t> to_seconds(const civil& c) noexcept {
    const auto date = date_of(c);
    if (!date.ok()) return std::nullopt;
    const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
    const std::int64_t seconds =
        days * seconds_per_day + c.hour * 3600 + c.minute * 60 + c.second - c.offset;
    // Seconds are inserted at the end of a day of UTC only; Unix time has no place for them.
    if (c.second == 60 && seconds % seconds_per_day != 0) return std::nullopt;
    return seconds;
}

inline result<time_point> to_time(const std::optional<moment>& when, const char* what,
                                  std::string_view text) {
    if (!when) return not_a(what, text);
    time_point out;
    if (!to_sys_time(*when, out)) return out_of_range("a time in nanoseconds");
    return out;
}

inline result<std::chrono::sys_seconds> to_seconds(const std::optional<moment>& when,
                                                   const char* what, std::string_view text) {
    if (!when) return not_a(what, text);
    return std::chrono::sys_seconds(std::chrono::seconds(when->seconds));
}

constexpr const char* iso_form = "an ISO-8601 time";
constexpr const char* clf_form = "a time like 24/Nov/2026:22:30:47 +0000";

inline std::optional<moment> read_clf(std::string_view text) noexcept {
    scanner at(text);
    civil c;
    const bool read = at.number<2>(1, 31, c.day) && at.one_of('/') && at.month_name(c.month)
                      && at.one_of('/') && at.number<4>(1, 9999, c.year) && at.one_of(':')
                      && at.number<2>(0, 23, c.hour) && at.one_of(':')
                      && at.number<2>(0, 59, c.minute) && at.one_of(':')
                      && at.number<2>(0, 60, c.second);
    if (!read) return std::nullopt;
    at.one_of(' ');
    if (!at.offset(c.offset) || !at.done()) return std::nullopt;
    const auto seconds = to_seconds(c);
    return seconds ? std::optional<moment>({*seconds, 0}) : std::nullopt;
}

} // namespace detail::time_text

std::optional<detail::moment> detail::read_iso(std::string_view text) noexcept {
    time_text::scanner at(text);
    time_text::civil c;
    moment when;
    const bool read =
        at.number<4>(1, 9999, c.year) && at.one_of('-') && at.number<2>(1, 12, c.month)
        && at.one_of('-') && at.number<2>(1, 31, c.day) && at.one_of('T', 't', ' ')
        && at.number<2>(0, 23, c.hour) && at.one_of(':') && at.number<2>(0, 59, c.minute);
    if (!read) return std::nullopt;
    if (at.one_of(':')) { // many a sender leaves out seconds that are zero
        if (!at.number<2>(0, 60, c.second)) return std::nullopt;
        if (at.one_of('.', ',') && !at.fraction(when.nanoseconds)) return std::nullopt;
    }
    if (!at.one_of('Z', 'z') && !at.offset(c.offset)) return std::nullopt;
    const auto seconds = time_text::to_seconds(c);
    if (!seconds || !at.done()) return std::nullopt;
    when.seconds = *seconds;
    return when;
}

std::optional<std::int64_t> detail::count_ticks(std::int64_t seconds, std::int64_t part,
                                                std::int64_t ticks) noexcept {
    // Both summands on the same side of zero, so that only the sum can overflow.
    if (seconds < 0) {
        ++seconds;
        part -= ticks;
        if (seconds < (INT64_MIN - part) / ticks) return std::nullopt;
    } else if (seconds > (INT64_MAX - part) / ticks) {
        return std::nullopt;
    }
    return seconds * ticks + part;
}

std::optional<std::chrono::year_month_day> detail::read_date(std::string_view text) noexcept {
    time_text::scanner at(text);
    time_text::civil c;
    const bool read = at.number<4>(1, 9999, c.year) && at.one_of('-')
                      && at.number<2>(1, 12, c.month) && at.one_of('-')
                      && at.number<2>(1, 31, c.day) && at.done();
    const auto date = time_text::date_of(c);
    return read && date.ok() ? std::optional(date) : std::nullopt;
}

bool detail::append_date(std::string& out, std::chrono::year_month_day date) {
    const auto year = static_cast<int>(date.year());
    if (!date.ok() || year < 0 || year > 9999) return false;
    append_digits(out, 4, static_cast<unsigned>(year));
    out.push_back('-');
    append_digits(out, 2, static_cast<unsigned>(date.month()));
    out.push_back('-');
    append_digits(out, 2, static_cast<unsigned>(date.day()));
    return true;
}

bool detail::append_iso(std::string& out, moment when, int fraction_digits) {
    using namespace std::chrono;
    // 0000-01-01 and 10000-01-01, so that the calendar below stays in its range.
    if (when.seconds < -62'167'219'200 || when.seconds >= 253'402'300'800) return false;
    const sys_seconds second{seconds(when.seconds)};
    const auto day = floor<days>(second);
    if (!append_date(out, year_month_day(day))) return false;
    const auto of_day = (second - day).count();
    const std::array<std::int64_t, 3> clock{of_day / 3600, of_day / 60 % 60, of_day % 60};
    char before = 'T';
    for (const auto part : clock) {
        out.push_back(before);
        append_digits(out, 2, static_cast<std::uint64_t>(part));
        before = ':';
    }
    if (fraction_digits > 0) {
        out.push_back('.');
        auto fraction = when.nanoseconds;
        for (int i = fraction_digits; i < 9; ++i) fraction /= 10;
        append_digits(out, static_cast<std::size_t>(fraction_digits),
                      static_cast<std::uint64_t>(fraction));
    }
    out.push_back('Z');
    return true;
}

result<time_point> iso_time::time() const {
    namespace here = detail::time_text;
    return here::to_time(detail::read_iso(text()), here::iso_form, text());
}

result<std::chrono::sys_seconds> iso_time::seconds() const {
    namespace here = detail::time_text;
    return here::to_seconds(detail::read_iso(text()), here::iso_form, text());
}

result<time_point> clf_time::time() const {
    namespace here = detail::time_text;
    return here::to_time(here::read_clf(text()), here::clf_form, text());
}

result<std::chrono::sys_seconds> clf_time::seconds() const {
    namespace here = detail::time_text;
    return here::to_seconds(here::read_clf(text()), here::clf_form, text());
}

namespace detail::time_text {

inline result<std::int64_t> signed_count(decimal_status status, const decimal& number,
                                         const char* of, std::string_view text) {
    if (status == decimal_status::not_a_number) return not_a("a number", text);
    const auto most = std::uint64_t{INT64_MAX} + (number.negative ? 1 : 0);
    if (status == decimal_status::out_of_range || number.magnitude > most) return out_of_range(of);
    return static_cast<std::int64_t>(number.negative ? ~number.magnitude + 1 : number.magnitude);
}

} // namespace detail::time_text

result<time_point> detail::epoch_to_time(std::string_view text, int digits_to_nanoseconds) {
    decimal number;
    const auto status = read_decimal(text, digits_to_nanoseconds, number);
    const auto count = time_text::signed_count(status, number, "a time in nanoseconds", text);
    if (!count) return count.error();
    return time_point(std::chrono::nanoseconds(*count));
}

result<std::chrono::sys_seconds> detail::epoch_to_seconds(std::string_view text,
                                                          int digits_to_seconds) {
    decimal number;
    const auto status = read_decimal(text, digits_to_seconds, number);
    // Rounded down, as the seconds of other times.
    if (number.negative && !number.exact && number.magnitude < UINT64_MAX) ++number.magnitude;
    const auto count = time_text::signed_count(status, number, "a time in seconds", text);
    if (!count) return count.error();
    return std::chrono::sys_seconds(std::chrono::seconds(*count));
}

std::string iso_text(time_point when) {
    std::string text;
    return detail::append_iso(text, detail::to_moment(when), 3) ? text : std::string();
}

bool codec<std::chrono::year_month_day>::read(reader& r, std::chrono::year_month_day& out) {
    const auto* where = r.position();
    std::string_view text;
    if (!r.string(text)) return false;
    const auto date = detail::read_date(text);
    if (!date) return r.fail(errc::bad_value, where, "a date like 2026-11-24");
    out = *date;
    return true;
}

void codec<std::chrono::year_month_day>::write(writer& w, std::chrono::year_month_day v) {
    std::string text;
    detail::append_date(text, v) ? w.string(text) : w.null();
}

} // namespace headrace
