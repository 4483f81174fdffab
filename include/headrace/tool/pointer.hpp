// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which place in a document is meant? JSON pointers (RFC 6901) for --set and --mask, which also
// lead into JSON that lies in a string, as message bodies and HTTP bodies do.

#include <headrace/base/result.hpp>
#include <headrace/tool/json_value.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace headrace::tool {

/// The steps of a pointer, unescaped. "" has none.
using pointer_steps = std::vector<std::string>;

/// Errors: bad_value, for a pointer that neither is empty nor begins with a slash, and for a ~ that
/// is neither ~0 nor ~1.
[[nodiscard]] result<pointer_steps> parse_pointer(std::string_view pointer);

/// Appends "/" and the escaped step.
void append_step(std::string& pointer, std::string_view step);

/// Puts a value at a place. Objects that are missing on the way are created, "-" or the number of
/// elements appends to an array, and a string that holds JSON is changed inside. Where a string
/// stands, an object or array is put as text, since that is how bodies travel.
/// Errors: bad_value, when the way leads through a number or past an array's end.
[[nodiscard]] result<void> set_at(json_value& whole, const pointer_steps& place, json_value value);

} // namespace headrace::tool
