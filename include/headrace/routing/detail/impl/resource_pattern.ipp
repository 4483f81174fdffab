// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/routing/detail/resource_pattern.hpp>

#include <utility>

namespace headrace::detail {

resource_pattern::resource_pattern(std::string name_or_arn)
    : pattern_(std::move(name_or_arn)), is_arn_(pattern_.text().starts_with("arn:")) {}
resource_pattern::resource_pattern(const resource_pattern&) = default;
resource_pattern::resource_pattern(resource_pattern&&) noexcept = default;
resource_pattern& resource_pattern::operator=(const resource_pattern&) = default;
resource_pattern& resource_pattern::operator=(resource_pattern&&) noexcept = default;
resource_pattern::~resource_pattern() = default;

std::string resource_pattern::describe(std::string_view what) const {
    return format<"{} {}">(what, text());
}

bool resource_pattern::matches(std::string_view arn, std::string_view name) const noexcept {
    return pattern_.matches(is_arn_ ? arn : name);
}

std::uint64_t resource_pattern::rank() const noexcept {
    return std::uint64_t{pattern_.rank()} * 2 + (is_arn_ ? 1 : 0);
}

bool resource_pattern::overlaps(const resource_pattern& other) const {
    if (is_arn_ == other.is_arn_) return pattern_.overlaps(other.pattern_);
    return name_part().overlaps(other.name_part());
}

bool resource_pattern::covers(const resource_pattern& other) const {
    if (is_arn_ == other.is_arn_) return pattern_.covers(other.pattern_);
    return (!is_arn_ || is_anywhere()) && name_part().covers(other.name_part());
}

// An ARN for any region and account: it takes what its name takes.
bool resource_pattern::is_anywhere() const noexcept {
    return pattern_.text().find(":*:*:") != std::string::npos;
}

glob resource_pattern::name_part() const {
    const auto& text = pattern_.text();
    return glob(is_arn_ ? text.substr(text.find_last_of(":/") + 1) : text);
}

} // namespace headrace::detail
