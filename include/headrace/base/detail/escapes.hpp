// SPDX-License-Identifier: BSL-1.0
#pragma once

// What does a JSON string say? Checks and replaces the escapes of RFC 8259 section 7. A surrogate
// must be one half of a pair: alone it has no UTF-8, so the string has no text.

#include <cstddef>

namespace headrace::detail {

/// Bytes that unescape() may read behind `last` and write behind the text.
inline constexpr std::size_t escape_slack = 64;

struct unescaped {
    char* end;       ///< behind the last byte written; null if an escape is bad
    const char* bad; ///< that escape
};

/// Writes what the string [first, last) says to `to`, which is never more than it is long.
/// `escape` is its first backslash; its last character is none that begins an escape, since the
/// quote behind it would not end the string then.
[[nodiscard]] unescaped unescape(const char* first, const char* escape, const char* last,
                                 char* to) noexcept;

/// No backslash stands between `from` and this place: the next one, or the end of what is looked at
/// now, which is not far enough to fall out of the cache before it is read.
[[nodiscard]] const char* plain_until(const char* from, const char* stop) noexcept;

/// The first bad escape of a string from its backslash `escape` on; null if all are good.
[[nodiscard]] const char* bad_escape(const char* escape, const char* last) noexcept;

} // namespace headrace::detail
