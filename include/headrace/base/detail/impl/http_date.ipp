// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/http_date.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>

namespace headrace::detail {

std::optional<time_point> read_http_date(std::string_view text) noexcept {
    constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    if (text.size() != 29 || !text.ends_with(" GMT")) return std::nullopt;
    const auto number = [&](std::size_t at, std::size_t digits, int least, int most) {
        int value = -1;
        const char* const end = text.data() + at + digits;
        const auto read = std::from_chars(text.data() + at, end, value);
        return read.ptr == end && value >= least && value <= most ? value : -1;
    };
    const auto month = months.find(text.substr(8, 3));
    if (month == months.npos || month % 3 != 0) return std::nullopt;
    const int year = number(12, 4, 1970, 2200);
    const int day = number(5, 2, 1, 31);
    const int hour = number(17, 2, 0, 23);
    const int minute = number(20, 2, 0, 59);
    const int second = number(23, 2, 0, 60); // a leap second
    if (std::min({year, day, hour, minute, second}) < 0) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month / 3 + 1)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute)
           + std::chrono::seconds(second);
}

} // namespace headrace::detail
