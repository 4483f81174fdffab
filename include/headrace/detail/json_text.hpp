// SPDX-License-Identifier: BSL-1.0
#pragma once

// How does text of unknown origin get into JSON that people read: log lines and error documents?
// (Replies and events are written by writer.hpp, which refuses what is not UTF-8.)

#include <cstddef>
#include <string>
#include <string_view>

namespace headrace::detail {

/// Appends `text` as a JSON string of at most `limit` bytes, quotes included (`limit` >= 2).
/// Escapes quotes, backslashes, C0, DEL, C1 and the line ends U+2028 and U+2029; each byte that is
/// not UTF-8 becomes U+FFFD. Returns whether all of the text fitted.
bool append_json_text(std::string& out, std::string_view text,
                      std::size_t limit = std::string::npos);

} // namespace headrace::detail
