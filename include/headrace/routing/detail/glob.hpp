// SPDX-License-Identifier: BSL-1.0
#pragma once

// Names with * (any characters) and ? (one character), as matchers use them.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace headrace::detail {

/// A pattern of literal characters, '*' and '?'.
class glob {
public:
    explicit glob(std::string pattern) : pattern_(std::move(pattern)) {}

    [[nodiscard]] const std::string& text() const noexcept { return pattern_; }
    [[nodiscard]] bool literal() const noexcept {
        return pattern_.find_first_of("*?") == std::string::npos;
    }
    [[nodiscard]] bool matches(std::string_view text) const noexcept;
    /// May some text match both?
    [[nodiscard]] bool overlaps(const glob& other) const;
    /// Does every text that `other` matches match this one, too? Yes is certain; no is not where
    /// both have wildcards ("*?" and "a*").
    [[nodiscard]] bool covers(const glob& other) const;
    /// How much it pins down: a literal above every pattern, then by literal characters.
    [[nodiscard]] std::uint16_t rank() const noexcept;

    friend bool operator==(const glob&, const glob&) = default;

private:
    std::string pattern_;
};

} // namespace headrace::detail
