// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/base/detail/numbers.hpp>
#include <headrace/testing/story.hpp>

#include <algorithm>
#include <utility>

namespace headrace::testing {

namespace telling {

// "   90061.005s  "
inline void append_time(std::string& out, std::chrono::nanoseconds at) {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(at).count();
    const auto seconds = std::to_string(ms / 1000);
    if (seconds.size() < 8) out.append(8 - seconds.size(), ' ');
    detail::append_format<"{}.{}s  ">(out, seconds,
                                      detail::last_digits(3, static_cast<std::uint64_t>(ms)));
}

} // namespace telling

void story::tell(std::chrono::nanoseconds at, std::span<const std::size_t> records,
                 std::string text) {
    const auto first = about_.size();
    about_.insert(about_.end(), records.begin(), records.end());
    lines_.push_back({at, first, about_.size(), std::move(text)});
}

void story::tell(std::chrono::nanoseconds at, std::size_t record, std::string text) {
    tell(at, std::span(&record, record == nobody ? 0 : 1), std::move(text));
}

void story::accuse(std::chrono::nanoseconds at, std::size_t record, std::string text) {
    if (wrong_.empty()) accused_ = record;
    wrong_.push_back(text);
    tell(at, record, "VIOLATION: " + std::move(text));
}

std::string story::text(std::size_t record) const {
    std::string out;
    for (const auto& line : lines_) {
        const auto begin = about_.begin() + static_cast<std::ptrdiff_t>(line.first_record);
        const auto end = about_.begin() + static_cast<std::ptrdiff_t>(line.end_record);
        if (record != nobody && begin != end && std::find(begin, end, record) == end) continue;
        telling::append_time(out, line.at);
        detail::append_format<"{}\n">(out, line.text);
    }
    return out;
}

std::uint64_t story::hash() const noexcept {
    std::uint64_t h = 0xCBF29CE484222325;
    const auto take = [&](std::uint64_t byte) { h = (h ^ byte) * 0x100000001B3; };
    for (const auto& line : lines_) {
        auto at = static_cast<std::uint64_t>(line.at.count());
        for (int i = 0; i < 8; ++i, at >>= 8) take(at & 0xFF);
        for (const char c : line.text) take(static_cast<unsigned char>(c));
        take('\n');
    }
    return h;
}

} // namespace headrace::testing
