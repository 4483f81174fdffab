// SPDX-License-Identifier: BSL-1.0
#pragma once

// What is the SHA-256 of some bytes (FIPS 180-4)? Needs libcrypto.

#include <string>
#include <string_view>

namespace headrace::detail {

/// 64 hexadecimal digits.
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

} // namespace headrace::detail
