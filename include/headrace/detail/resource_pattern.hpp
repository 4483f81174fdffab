// SPDX-License-Identifier: BSL-1.0
#pragma once

// Queues, topics, rules: named by their name or by their whole ARN, either with wildcards.

#include <headrace/detail/glob.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace headrace::detail {

/// A name ("orders", "orders-*") or, if it begins with "arn:", a whole ARN.
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
class resource_pattern {
public:
    explicit resource_pattern(std::string name_or_arn)
        : pattern_(std::move(name_or_arn)), is_arn_(pattern_.text().starts_with("arn:")) {}

    [[nodiscard]] const std::string& text() const noexcept { return pattern_.text(); }
    /// `name` is the part of the ARN that a plain name is compared with.
    [[nodiscard]] bool matches(std::string_view arn, std::string_view name) const noexcept {
        return pattern_.matches(is_arn_ ? arn : name);
    }
    /// An ARN goes before a name, a literal before a pattern.
    [[nodiscard]] std::uint64_t rank() const noexcept {
        return std::uint64_t{pattern_.rank()} * 2 + (is_arn_ ? 1 : 0);
    }
    [[nodiscard]] bool overlaps(const resource_pattern& other) const {
        if (is_arn_ == other.is_arn_) return pattern_.overlaps(other.pattern_);
        return name_part().overlaps(other.name_part());
    }
    [[nodiscard]] bool covers(const resource_pattern& other) const {
        if (is_arn_ == other.is_arn_) return pattern_.covers(other.pattern_);
        return (!is_arn_ || is_anywhere()) && name_part().covers(other.name_part());
    }

private:
    // An ARN for any region and account: it takes what its name takes.
    [[nodiscard]] bool is_anywhere() const {
        return pattern_.text().find(":*:*:") != std::string::npos;
    }
    [[nodiscard]] glob name_part() const {
        const auto& text = pattern_.text();
        return glob(is_arn_ ? text.substr(text.find_last_of(":/") + 1) : text);
    }
    glob pattern_;
    bool is_arn_;
};

} // namespace headrace::detail
