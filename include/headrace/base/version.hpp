// SPDX-License-Identifier: BSL-1.0
#pragma once
// Which headrace is this? The version that a program was compiled with, and the one that it was
// linked with.

#include <string_view>

namespace headrace {

/// The version of these headers. The build reads it from this line.
inline constexpr std::string_view version_text = "0.1.0";

/// The version that the linked library was compiled from. Differs from `version_text` only when
/// headers and library come from two installations, which is a mistake worth reporting.
[[nodiscard]] std::string_view library_version() noexcept;

} // namespace headrace
