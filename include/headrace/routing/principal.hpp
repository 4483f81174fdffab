// SPDX-License-Identifier: BSL-1.0
#pragma once

// Who is behind a call? What the keys of operations hold, and what limits can be counted by.

#include <string_view>

namespace headrace {

/// Somebody, or nobody if `id` is empty. What has another kind, issuer or id is somebody else: an
/// issuer gives each id of a kind to one only. Borrows its texts.
///
/// Front doors tell of these kinds (http::principal_of()):
///   jwt               the claims sub and iss of a token
///   jwt_client        the claims client_id and iss of one that names no user
///   cognito_identity  an identity of a Cognito identity pool
///   iam               the ARN of an AWS user or of a role's session
///   lambda            the principalId of a Lambda authorizer; the issuer is the API's id
/// A layer that authenticates has a word of its own: call::set_principal({"api_key", id}).
struct principal {
    std::string_view kind{};
    std::string_view id{};
    std::string_view issuer{}; ///< who has given it its id, where there are several

    /// Is it somebody?
    [[nodiscard]] constexpr explicit operator bool() const noexcept { return !id.empty(); }
    friend constexpr bool operator==(const principal&, const principal&) = default;

    static void wire(auto& self, auto&& field) {
        field("kind", self.kind);
        field("id", self.id);
        field("issuer", self.issuer);
    }
};

} // namespace headrace
