// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/hex.hpp>
#include <headrace/base/detail/sha256.hpp>

#include <openssl/sha.h>

#include <array>

namespace headrace::detail {

// These functions keep their state where they are told to, so there is none to make, to share and
// to give back. libcrypto would rather have others called, which look their algorithm up and
// allocate: that costs more than hashing a key.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
std::string sha256_hex(std::string_view bytes) {
    ::SHA256_CTX state;
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    ::SHA256_Init(&state);
    ::SHA256_Update(&state, bytes.data(), bytes.size());
    ::SHA256_Final(digest.data(), &state);
    return to_hex(digest);
}
#pragma GCC diagnostic pop

} // namespace headrace::detail
