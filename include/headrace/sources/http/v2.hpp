// SPDX-License-Identifier: BSL-1.0
#pragma once

// What does API Gateway send for an HTTP API with payload format 2.0?

#include <headrace/http/certificate.hpp>
#include <headrace/http/door.hpp>
#include <headrace/http/flag.hpp>
#include <headrace/json/codec.hpp>
#include <headrace/json/json.hpp>
#include <headrace/json/text_map.hpp>
#include <headrace/json/time.hpp>
#include <headrace/routing/source.hpp>
#include <headrace/sources/http/not_found.hpp>

#include <optional>
#include <span>
#include <string_view>

namespace headrace::http::v2 {

/// What an authorizer has found out: at most one of the three.
struct authorizer {
    /// A JSON Web Token. AWS writes all claims as strings ("1612061676", "[admin staff]"); what
    /// comes as something else is its JSON.
    struct jwt_claims {
        text_map<> claims;
        std::span<const std::string_view> scopes; ///< that the route asks for and the token has
        static void wire(auto& self, auto&& field) {
            field("claims", self.claims);
            field("scopes", self.scopes);
        }
    };
    /// An AWS identity that has signed the request.
    struct iam_identity {
        struct cognito {
            std::span<const std::string_view> amr;
            std::string_view identity_id;
            std::string_view identity_pool_id;
            static void wire(auto& self, auto&& field) {
                field("amr", self.amr);
                field("identityId", self.identity_id);
                field("identityPoolId", self.identity_pool_id);
            }
        };
        std::string_view access_key;
        std::string_view account_id;
        std::string_view caller_id;
        std::optional<cognito> cognito_identity;
        std::string_view principal_org_id;
        std::string_view user_arn;
        std::string_view user_id;
        static void wire(auto& self, auto&& field) {
            field("accessKey", self.access_key);
            field("accountId", self.account_id);
            field("callerId", self.caller_id);
            field("cognitoIdentity", self.cognito_identity);
            field("principalOrgId", self.principal_org_id);
            field("userArn", self.user_arn);
            field("userId", self.user_id);
        }
    };

    std::optional<jwt_claims> jwt;
    raw_json lambda; ///< the object that a Lambda authorizer has answered with
    std::optional<iam_identity> iam;
    static void wire(auto& self, auto&& field) {
        field("jwt", self.jwt);
        field("lambda", self.lambda);
        field("iam", self.iam);
    }
};

struct authentication {
    std::optional<client_certificate> client_cert;
    static void wire(auto& self, auto&& field) { field("clientCert", self.client_cert); }
};

struct http_description {
    std::string_view method;
    std::string_view path; ///< decoded once
    std::string_view protocol;
    std::string_view source_ip; ///< the address that API Gateway was called from
    std::string_view user_agent;
    static void wire(auto& self, auto&& field) {
        field("method", self.method);
        field("path", self.path);
        field("protocol", self.protocol);
        field("sourceIp", self.source_ip);
        field("userAgent", self.user_agent);
    }
};

/// The request as API Gateway or the function URL sees it.
struct request_context {
    std::string_view account_id; ///< "anonymous" for a function URL that asks for no identity
    std::string_view api_id;
    std::optional<v2::authentication> authentication;
    std::optional<v2::authorizer> authorizer;
    std::string_view domain_name;
    std::string_view domain_prefix;
    http_description http;
    std::string_view request_id;
    std::string_view route_id;
    std::string_view route_key;
    std::string_view stage;
    clf_time time;
    epoch_ms time_epoch;
    static void wire(auto& self, auto&& field) {
        field("accountId", self.account_id);
        field("apiId", self.api_id);
        field("authentication", self.authentication);
        field("authorizer", self.authorizer);
        field("domainName", self.domain_name);
        field("domainPrefix", self.domain_prefix);
        field("http", self.http);
        field("requestId", self.request_id);
        field("routeId", self.route_id);
        field("routeKey", self.route_key);
        field("stage", self.stage);
        field("time", self.time);
        field("timeEpoch", self.time_epoch);
    }
};

/// One request. http::request is the view of it that all front doors share; use this for what only
/// API Gateway knows. The reply is an HTTP response, see http/reply.hpp.
/// Source:
/// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
struct event {
    std::string_view version; ///< "2.0"
    std::string_view route_key;
    std::string_view raw_path;         ///< decoded once, with the stage unless that is $default
    std::string_view raw_query_string; ///< percent-encoded
    std::span<const std::string_view> cookies;
    text_map<> headers; ///< names in lower case, repeated ones joined with ","
    text_map<> query_string_parameters;
    v2::request_context request_context;
    std::string_view body;
    text_map<> path_parameters;
    flag is_base64_encoded;
    text_map<> stage_variables;

    static constexpr source_info about{
        .id = "http.v2",
        .title = "Amazon API Gateway HTTP API",
        .delivery = delivery::synchronous,
        .docs = "https://docs.aws.amazon.com/apigateway/latest/developerguide/"
                "http-api-develop-integrations-lambda.html",
        .family = source_family::synchronous,
        .header = "headrace/http.hpp",
        .unrouted = not_found_reply};
    // A function URL has the same shape and is looked for before. Authorizers have a routeArn, VPC
    // Lattice has no http. Only here a route has a method and a path, which says enough without the
    // context, the longest member of most requests.
    static constexpr auto recognised = source::recognised_by(
        source::sparing("requestContext",
                        source::when(source::is("version", "2.0"), source::is_route_key("routeKey"),
                                     source::has_object("requestContext"),
                                     source::has_no("routeArn"), source::has_no("requestPayload"))),
        source::when(source::is("version", "2.0"), source::has_object("requestContext/http"),
                     source::has_no("routeArn"), source::has_no("requestPayload")));
    [[nodiscard]] static std::span<const sample> samples();
    static outcome dispatch(dispatcher& way, call& c, const document& d);
    /// What this front door says about the request.
    [[nodiscard]] static request_parts parts(const event& from, workspace& memory,
                                             const request_options& options);

    static void wire(auto& self, auto&& field) {
        field("version", self.version);
        field("routeKey", self.route_key);
        field("rawPath", self.raw_path);
        field("rawQueryString", self.raw_query_string);
        field("cookies", self.cookies);
        field("headers", self.headers);
        field("queryStringParameters", self.query_string_parameters);
        field("requestContext", self.request_context);
        field("body", self.body);
        field("pathParameters", self.path_parameters);
        field("isBase64Encoded", self.is_base64_encoded);
        field("stageVariables", self.stage_variables);
    }
};

} // namespace headrace::http::v2
