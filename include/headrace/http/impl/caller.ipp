// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/http/caller.hpp>
#include <headrace/http/request.hpp>
#include <headrace/json/detail/json_at.hpp>

namespace headrace::http {

namespace identifying {

inline principal somebody(std::string_view kind, std::string_view id,
                          std::string_view issuer = {}) noexcept {
    return id.empty() ? principal() : principal{kind, id, issuer};
}

// A subject is one of its issuer's, and so is a client. They are of two kinds, since a client may
// be called as a user is.
inline principal by_claims(const auto& token) {
    const auto text = [&](std::string_view name) { return token.claim(name).value_or(""); };
    const auto issuer = text("iss");
    if (issuer.empty()) return {};
    if (const auto user = somebody("jwt", text("sub"), issuer)) return user;
    return somebody("jwt_client", text("client_id"), issuer);
}

// Users of an identity pool share the sessions of its roles.
inline principal by_signature(const iam_caller& signer) {
    if (const auto pooled = somebody("cognito_identity", signer.cognito_identity_id)) return pooled;
    return somebody("iam", signer.user_arn);
}

inline principal by_context(const raw_json& context, std::string_view api, workspace& memory) {
    const auto found = detail::json_at(context, "/principalId", memory);
    if (const auto text = found.as<std::string_view>(memory)) return somebody("lambda", *text, api);
    if (found.as<double>(memory)) return somebody("lambda", found.text(), api);
    return {};
}

} // namespace identifying

principal principal_of(const caller& who, std::string_view api, workspace& memory) {
    if (const auto* token = std::get_if<jwt_caller>(&who)) return identifying::by_claims(*token);
    if (const auto* pool = std::get_if<cognito_caller>(&who)) return identifying::by_claims(*pool);
    if (const auto* signer = std::get_if<iam_caller>(&who)) {
        return identifying::by_signature(*signer);
    }
    if (const auto* own = std::get_if<lambda_caller>(&who)) {
        return identifying::by_context(own->context, api, memory);
    }
    return {};
}

const principal& request::principal() const {
    if (principal_) return *principal_;
    return principal_.emplace(principal_of(caller(), parts_.api, *memory_));
}

} // namespace headrace::http
