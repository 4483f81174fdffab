// SPDX-License-Identifier: BSL-1.0
#pragma once

// How does text of unknown origin get into JSON? One way for documents that programs read, and a
// stricter one for log lines and error documents, which people look at in terminals.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace headrace::detail {

/// What becomes an escape; each byte that is not UTF-8 becomes U+FFFD either way.
enum class json_escapes : std::uint8_t {
    needed,   ///< quotes, backslashes and C0: what RFC 8259 section 7 asks for
    readable, ///< DEL, C1 and the line ends U+2028 and U+2029 as well
};

/// Appends the beginning of `text` without quotes, up to the first character that is not ASCII or
/// needs more than a backslash before it. Returns how much that is, in bytes of `text`.
std::size_t append_simple_json_characters(std::string& out, std::string_view text);

/// Appends `text` without quotes, in at most `limit` bytes. Returns whether all of it fitted.
bool append_json_characters(std::string& out, std::string_view text, json_escapes which,
                            std::size_t limit = std::string::npos);

/// Appends `text` as a readable JSON string of at most `limit` bytes, quotes included
/// (`limit` >= 2). Returns whether all of it fitted.
bool append_json_text(std::string& out, std::string_view text,
                      std::size_t limit = std::string::npos);

} // namespace headrace::detail
