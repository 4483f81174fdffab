// SPDX-License-Identifier: BSL-1.0
#pragma once

// Queues, topics, rules: named by their name or by their whole ARN, either with wildcards.

#include <headrace/routing/detail/glob.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace headrace::detail {

/// A name ("orders", "orders-*") or, if it begins with "arn:", a whole ARN.
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
class resource_pattern {
public:
    explicit resource_pattern(std::string name_or_arn);
    resource_pattern(const resource_pattern& other);
    resource_pattern(resource_pattern&& other) noexcept;
    resource_pattern& operator=(const resource_pattern& other);
    resource_pattern& operator=(resource_pattern&& other) noexcept;
    ~resource_pattern();

    [[nodiscard]] const std::string& text() const noexcept { return pattern_.text(); }
    /// "sqs queue orders", where `what` is "sqs queue".
    [[nodiscard]] std::string describe(std::string_view what) const;
    /// `name` is the part of the ARN that a plain name is compared with.
    [[nodiscard]] bool matches(std::string_view arn, std::string_view name) const noexcept;
    /// An ARN goes before a name, a literal before a pattern.
    [[nodiscard]] std::uint64_t rank() const noexcept;
    [[nodiscard]] bool overlaps(const resource_pattern& other) const;
    [[nodiscard]] bool covers(const resource_pattern& other) const;

private:
    [[nodiscard]] bool is_anywhere() const noexcept;
    [[nodiscard]] glob name_part() const;
    glob pattern_;
    bool is_arn_;
};

} // namespace headrace::detail
