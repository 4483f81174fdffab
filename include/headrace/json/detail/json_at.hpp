// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which value stands at a JSON pointer?

#include <headrace/json/json.hpp>
#include <headrace/json/workspace.hpp>

#include <string_view>

namespace headrace::detail {

/// The value at this pointer (RFC 6901); empty if there is none, or null. Of members with the same
/// name it is the last.
[[nodiscard]] raw_json json_at(raw_json whole, std::string_view pointer, workspace& memory);

} // namespace headrace::detail
