// SPDX-License-Identifier: BSL-1.0
#pragma once

// Who has sent the request, as the front door's authorizer has found out?

#include <headrace/json/json.hpp>
#include <headrace/json/text_map.hpp>
#include <headrace/json/workspace.hpp>
#include <headrace/routing/principal.hpp>

#include <optional>
#include <span>
#include <string_view>
#include <variant>

namespace headrace::detail {

inline std::optional<std::string_view> claim_in(const string_map<>& claims,
                                                std::string_view name) noexcept {
    const auto* found = claims.find(name);
    return found != nullptr && found->data() != nullptr ? std::optional(*found) : std::nullopt;
}

} // namespace headrace::detail

namespace headrace::http {

/// No authorizer has looked at the request, or it has found out nothing.
struct anonymous_caller {
    friend bool operator==(const anonymous_caller&, const anonymous_caller&) = default;
};

/// The JWT authorizer of an HTTP API.
struct jwt_caller {
    text_map<> claims;                        ///< what is no string is its JSON
    std::span<const std::string_view> scopes; ///< that the route asks for and the token has
    /// A claim's text: claim("sub"). Nothing where it is absent or null.
    [[nodiscard]] std::optional<std::string_view> claim(std::string_view name) const noexcept {
        return detail::claim_in(claims, name);
    }
};

/// The Cognito user pool authorizer of a REST API.
struct cognito_caller {
    text_map<> claims; ///< what is no string is its JSON
    /// A claim's text: claim("cognito:username"). Nothing where it is absent or null.
    [[nodiscard]] std::optional<std::string_view> claim(std::string_view name) const noexcept {
        return detail::claim_in(claims, name);
    }
};

/// A Lambda authorizer. What it has answered with is an object of its own making:
/// `context.as<my_context>(memory)`. A REST API turns its values into text and adds principalId and
/// integrationLatency; an HTTP API keeps them.
struct lambda_caller {
    raw_json context;
};

/// An AWS identity that has signed the request.
struct iam_caller {
    std::string_view account_id;
    std::string_view access_key;
    std::string_view caller_id;
    std::string_view user_arn;
    std::string_view user_id;
    std::string_view principal_org_id;
    std::string_view cognito_identity_id;
    std::string_view cognito_identity_pool_id;
};

using caller =
    std::variant<anonymous_caller, jwt_caller, cognito_caller, lambda_caller, iam_caller>;

/// Whom an authorizer has identified: nobody where what it says is not one caller's alone, such as
/// a token without iss, or a Lambda authorizer's context without a principalId that is a text or a
/// number. `api` is the API's id. The kinds are those of headrace::principal.
/// Sources: RFC 7519 section 4.1, RFC 8693 section 4.3;
/// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
[[nodiscard]] headrace::principal principal_of(const caller& who, std::string_view api,
                                               workspace& memory);

} // namespace headrace::http
