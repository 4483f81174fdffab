// SPDX-License-Identifier: BSL-1.0
#pragma once

// What does an ARN name? arn:partition:service:region:account:resource
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html

#include <string_view>

namespace headrace::detail {

/// What stands after the fifth colon, e.g. "orders.fifo" or "rule/nightly"; empty for a text that
/// is no ARN.
[[nodiscard]] std::string_view arn_resource(std::string_view arn) noexcept;

/// What stands after the last slash; the whole text where there is none.
[[nodiscard]] std::string_view last_segment(std::string_view path) noexcept;

} // namespace headrace::detail
