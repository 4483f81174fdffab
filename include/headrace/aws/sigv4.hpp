// SPDX-License-Identifier: BSL-1.0
#pragma once

// How does AWS know who sends a request? By Signature Version 4: an HMAC over all of the request
// that counts, in a header or in the URL.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html

#include <headrace/base/time_point.hpp>

#include <array>
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headrace::aws {

/// Who signs. The secret and the token belong into no log.
struct credentials {
    std::string access_key_id;
    std::string secret_access_key;
    std::string session_token;         ///< of temporary credentials, or empty
    std::optional<time_point> expires; ///< nothing: they do not, as far as is known
};

/// One header line that somebody else owns.
struct header_view {
    std::string_view name;
    std::string_view value;
};

/// What is signed. Borrows, for the time of one call. All headers given here are signed: Host, and
/// what else must arrive as it was sent.
struct signable_request {
    std::string_view method;
    std::string_view path;  ///< as in the request line, without the query
    std::string_view query; ///< without its question mark
    std::span<const header_view> headers;
    std::string_view body;
};

struct signing_options {
    std::string_view region;  ///< "eu-central-1"
    std::string_view service; ///< "dynamodb"
    time_point when;
    /// Are "." and ".." and repeated slashes of the path resolved? Not for Amazon S3, whose keys
    /// may have them.
    bool normalise_path = true;
    /// Is the path, which is encoded in the request line, encoded once more? Not for Amazon S3.
    bool double_encode_path = true;
    /// Is the session token signed, too? Otherwise it is only sent.
    bool sign_session_token = true;
    /// Is the hash of the body a header of its own, as Amazon S3 wants it? Only of sign_headers().
    bool body_hash_header = false;
    /// Does UNSIGNED-PAYLOAD stand for the hash of the body? So in signed URLs of Amazon S3; its
    /// headers may have it over TLS.
    bool unsigned_payload = false;
    /// How long the signed URL is good. Only of sign_query().
    std::chrono::seconds lifetime = std::chrono::hours(1);
};

/// One header line.
struct header {
    std::string name;
    std::string value;
};

/// A signature and what it was made from. The texts in the middle tell whoever looks for a mistake
/// what AWS should have seen.
struct signature {
    std::string canonical_request;
    std::string string_to_sign;
    std::string text;            ///< 64 hexadecimal digits
    std::vector<header> headers; ///< of sign_headers(): what is added to the request
    std::string query;           ///< of sign_query(): the request's query with all that
};

/// Signs in the headers X-Amz-Date, X-Amz-Security-Token and Authorization.
[[nodiscard]] signature sign_headers(const signable_request& request, const credentials& who,
                                     const signing_options& how);
/// Signs in the query, so that a URL is all that it takes (a presigned URL).
[[nodiscard]] signature sign_query(const signable_request& request, const credentials& who,
                                   const signing_options& how);

/// HMAC-SHA256 (RFC 2104, FIPS 180-4).
[[nodiscard]] std::array<unsigned char, 32> hmac_sha256(std::string_view key,
                                                        std::string_view message);

} // namespace headrace::aws
