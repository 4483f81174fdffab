// SPDX-License-Identifier: BSL-1.0
#pragma once

// How is percent-encoded text read and written? The one place for it: URL paths, query strings,
// HTML forms and S3 keys (RFC 3986 section 2.1, and the form rule that '+' is a space).

#include <headrace/base/detail/hex.hpp>
#include <headrace/json/arena.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace headrace::detail {

/// What a '+' stands for: itself in a URL's path, a space in query strings, forms and S3 keys.
enum class plus_sign : std::uint8_t { itself, space };

/// The text with %XX replaced by its bytes. A '%' without two hexadecimal digits stays as it is, so
/// this never fails. The result is `text` itself where nothing is encoded, else a copy in `memory`.
/// The bytes may be anything, also NUL and bytes that are not UTF-8.
[[nodiscard]] std::string_view percent_decode(std::string_view text, plus_sign plus, arena& memory);
/// The same of [p, end) into `to`, which has room for as many bytes as there are characters.
/// Returns its end.
char* percent_decode_to(const char* p, const char* end, plus_sign plus, char* to) noexcept;
/// The same, appended to a string.
void append_percent_decoded(std::string& out, std::string_view text, plus_sign plus);

/// The byte that the %XX at p stands for, or -1.
[[nodiscard]] inline int percent_byte(const char* p, const char* end) noexcept {
    if (end - p < 3) return -1;
    const int high = hex_value(p[1]);
    const int low = hex_value(p[2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/// Is there a '%' that is not followed by two hexadecimal digits?
[[nodiscard]] bool has_bad_percent(std::string_view text) noexcept;

/// Appends `text` with everything but RFC 3986's unreserved characters and those in `also_plain` as
/// %XX with capital digits; a space becomes '+' for plus_sign::space.
void append_percent_encoded(std::string& out, std::string_view text, plus_sign plus,
                            std::string_view also_plain = {});

} // namespace headrace::detail
