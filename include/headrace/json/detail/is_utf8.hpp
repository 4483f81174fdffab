// SPDX-License-Identifier: BSL-1.0
#pragma once

// Is a text UTF-8? A call of simdjson, whose header only the bodies of json/ compile.

#include <string_view>

namespace headrace::detail {

[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

} // namespace headrace::detail
