// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which moment does a date in a header line name?

#include <headrace/base/time_point.hpp>

#include <optional>
#include <string_view>

namespace headrace::detail {

/// "Tue, 24 Nov 2026 22:30:47 GMT" (RFC 9110 section 5.6.7), of a clock that could be right: the
/// years 1970 to 2200.
[[nodiscard]] std::optional<time_point> read_http_date(std::string_view text) noexcept;

} // namespace headrace::detail
