// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/routing/detail/glob.hpp>

#include <algorithm>
#include <vector>

namespace headrace::detail {

bool glob::matches(std::string_view text) const noexcept {
    // On a mismatch only the last star can give way, so this is linear in text times pattern.
    const std::string_view p = pattern_;
    std::size_t i = 0;
    std::size_t j = 0;
    std::size_t star = std::string_view::npos;
    std::size_t resume = 0;
    while (i < text.size()) {
        if (j < p.size() && p[j] == '*') {
            star = j++;
            resume = i;
        } else if (j < p.size() && (p[j] == '?' || p[j] == text[i])) {
            ++i;
            ++j;
        } else if (star != std::string_view::npos) {
            j = star + 1;
            i = ++resume;
        } else {
            return false;
        }
    }
    while (j < p.size() && p[j] == '*') ++j;
    return j == p.size();
}

bool glob::overlaps(const glob& other) const {
    // reached[i][j]: some text matches the first i characters here and the first j there
    const std::string_view a = pattern_;
    const std::string_view b = other.pattern_;
    std::vector<std::vector<bool>> reached(a.size() + 1, std::vector<bool>(b.size() + 1));
    reached[0][0] = true;
    for (std::size_t i = 0; i <= a.size(); ++i) {
        for (std::size_t j = 0; j <= b.size(); ++j) {
            if (!reached[i][j]) continue;
            const bool star_a = i < a.size() && a[i] == '*';
            const bool star_b = j < b.size() && b[j] == '*';
            if (star_a) reached[i + 1][j] = true;
            if (star_b) reached[i][j + 1] = true;
            if (star_a && j < b.size()) reached[i][j + 1] = true;
            if (star_b && i < a.size()) reached[i + 1][j] = true;
            if (!star_a && !star_b && i < a.size() && j < b.size()
                && (a[i] == '?' || b[j] == '?' || a[i] == b[j])) {
                reached[i + 1][j + 1] = true;
            }
        }
    }
    return reached[a.size()][b.size()];
}

bool glob::covers(const glob& other) const {
    // The other's pattern taken as a text whose '*' only a '*' takes and whose '?' only '?' or '*'.
    const std::string_view a = pattern_;
    const std::string_view b = other.pattern_;
    std::vector<std::vector<bool>> reached(a.size() + 1, std::vector<bool>(b.size() + 1));
    reached[0][0] = true;
    for (std::size_t i = 0; i <= a.size(); ++i) {
        for (std::size_t j = 0; j <= b.size(); ++j) {
            if (!reached[i][j] || i == a.size()) continue;
            if (a[i] == '*') {
                reached[i + 1][j] = true;
                if (j < b.size()) reached[i][j + 1] = true;
            } else if (j < b.size() && b[j] != '*' && (a[i] == '?' || a[i] == b[j])) {
                reached[i + 1][j + 1] = true;
            }
        }
    }
    return reached[a.size()][b.size()];
}

std::uint16_t glob::rank() const noexcept {
    if (literal()) return 0xFFFF;
    const auto wild = std::count_if(pattern_.begin(), pattern_.end(),
                                    [](char c) { return c == '*' || c == '?'; });
    return static_cast<std::uint16_t>(
        std::min<std::size_t>(pattern_.size() - static_cast<std::size_t>(wild), 0xFFFE));
}

} // namespace headrace::detail
