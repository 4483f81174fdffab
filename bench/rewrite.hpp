// SPDX-License-Identifier: BSL-1.0
#pragma once

// The same document in another form: compact as AWS sends it, indented as a person reads it, with
// the members of every object backwards, with members that no type of ours has.

#include <cstdint>
#include <string>
#include <string_view>

namespace headrace::bench {

enum class form : std::uint8_t {
    compact,
    pretty,  ///< four spaces for each level, a line for each member
    reverse, ///< compact, the members of every object in reverse order
    unknown, ///< compact, 200 unknown members spread over the objects that are no maps
};

/// Rewrites valid JSON. Throws simdjson::simdjson_error.
[[nodiscard]] std::string rewrite(std::string_view json, form into);

/// A text that two documents share if they say the same: members sorted, and null and empty values,
/// which our encoder leaves out, left out. Throws simdjson::simdjson_error.
[[nodiscard]] std::string meaning(std::string_view json);

} // namespace headrace::bench
