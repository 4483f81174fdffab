// SPDX-License-Identifier: BSL-1.0
#pragma once

// What does API Gateway send for a REST API with Lambda proxy integration? HTTP APIs with payload
// format 1.0 and `sam local` send the same, with "version": "1.0".

#include <headrace/http/certificate.hpp>
#include <headrace/http/door.hpp>
#include <headrace/http/fields.hpp>
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

namespace headrace::http::rest {

/// Who calls, as far as API Gateway knows. Most is absent unless the method uses IAM authorization
/// or an API key.
struct identity {
    std::string_view cognito_identity_pool_id;
    std::string_view account_id;
    std::string_view cognito_identity_id;
    std::string_view caller;
    std::string_view source_ip; ///< the address that API Gateway was called from
    std::string_view principal_org_id;
    std::string_view access_key;
    std::span<const std::string_view> cognito_amr;
    std::string_view cognito_authentication_type;
    std::string_view cognito_authentication_provider;
    std::string_view user_arn;
    std::string_view user_agent;
    std::string_view user;
    std::string_view api_key; ///< a secret
    std::string_view api_key_id;
    std::string_view vpc_id;  ///< of private APIs
    std::string_view vpce_id; ///< the VPC endpoint, of private APIs
    std::optional<client_certificate> client_cert;
    static void wire(auto& self, auto&& field) {
        field("cognitoIdentityPoolId", self.cognito_identity_pool_id);
        field("accountId", self.account_id);
        field("cognitoIdentityId", self.cognito_identity_id);
        field("caller", self.caller);
        field("sourceIp", self.source_ip);
        field("principalOrgId", self.principal_org_id);
        field("accessKey", self.access_key);
        field("cognitoAmr", self.cognito_amr);
        field("cognitoAuthenticationType", self.cognito_authentication_type);
        field("cognitoAuthenticationProvider", self.cognito_authentication_provider);
        field("userArn", self.user_arn);
        field("userAgent", self.user_agent);
        field("user", self.user);
        field("apiKey", self.api_key);
        field("apiKeyId", self.api_key_id);
        field("vpcId", self.vpc_id);
        field("vpceId", self.vpce_id);
        field("clientCert", self.client_cert);
    }
};

/// The request as API Gateway sees it.
struct request_context {
    std::string_view resource_id;
    raw_json authorizer; ///< an object; its members depend on the authorizer, see request::caller()
    std::string_view resource_path;
    std::string_view operation_name;
    std::string_view http_method;
    std::string_view extended_request_id;
    clf_time request_time;
    std::string_view path; ///< with the stage or the base path of a custom domain
    std::string_view account_id;
    std::string_view protocol;
    std::string_view stage;
    std::string_view domain_prefix;
    epoch_ms request_time_epoch;
    std::string_view request_id;
    rest::identity identity;
    std::string_view domain_name;
    std::string_view deployment_id;
    std::string_view api_id;
    static void wire(auto& self, auto&& field) {
        field("resourceId", self.resource_id);
        field("authorizer", self.authorizer);
        field("resourcePath", self.resource_path);
        field("operationName", self.operation_name);
        field("httpMethod", self.http_method);
        field("extendedRequestId", self.extended_request_id);
        field("requestTime", self.request_time);
        field("path", self.path);
        field("accountId", self.account_id);
        field("protocol", self.protocol);
        field("stage", self.stage);
        field("domainPrefix", self.domain_prefix);
        field("requestTimeEpoch", self.request_time_epoch);
        field("requestId", self.request_id);
        field("identity", self.identity);
        field("domainName", self.domain_name);
        field("deploymentId", self.deployment_id);
        field("apiId", self.api_id);
    }
};

/// One request. http::request is the view of it that all front doors share; use this for what only
/// API Gateway knows. The reply is an HTTP response, see http/reply.hpp.
/// Source:
/// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
struct event {
    std::string_view version; ///< "1.0" from HTTP APIs and `sam local`, absent from REST APIs
    std::string_view resource;
    std::string_view path; ///< percent-encoded; decoded once where version is "1.0"
    std::string_view http_method;
    text_map<> headers; ///< the last of repeated ones
    multi_value_map multi_value_headers;
    text_map<> query_string_parameters; ///< decoded; the last of repeated ones
    multi_value_map multi_value_query_string_parameters;
    text_map<> path_parameters; ///< percent-encoded
    text_map<> stage_variables;
    rest::request_context request_context;
    std::string_view body;
    flag is_base64_encoded;

    static constexpr source_info about{
        .id = "http.rest",
        .title = "Amazon API Gateway REST API",
        .delivery = delivery::synchronous,
        .docs = "https://docs.aws.amazon.com/apigateway/latest/developerguide/"
                "set-up-lambda-proxy-integrations.html",
        .family = source_family::synchronous,
        .header = "headrace/http.hpp",
        .unrouted = not_found_rest_reply};
    // What else has a method and a context: a load balancer, a WebSocket, authorizers, the record
    // of an asynchronous invocation.
    static constexpr auto recognised = source::recognised_by(source::when(
        source::has("httpMethod"), source::has_object("requestContext"),
        source::has_no("requestContext/elb"), source::has_no("requestContext/eventType"),
        source::has_no("methodArn"), source::has_no("requestPayload")));
    [[nodiscard]] static std::span<const sample> samples();
    static outcome dispatch(dispatcher& way, call& c, const document& d);
    /// What this front door says about the request.
    [[nodiscard]] static request_parts parts(const event& from, workspace& memory,
                                             const request_options& options);

    static void wire(auto& self, auto&& field) {
        field("version", self.version);
        field("resource", self.resource);
        field("path", self.path);
        field("httpMethod", self.http_method);
        field("headers", self.headers);
        field("multiValueHeaders", self.multi_value_headers);
        field("queryStringParameters", self.query_string_parameters);
        field("multiValueQueryStringParameters", self.multi_value_query_string_parameters);
        field("pathParameters", self.path_parameters);
        field("stageVariables", self.stage_variables);
        field("requestContext", self.request_context);
        field("body", self.body);
        field("isBase64Encoded", self.is_base64_encoded);
    }
};

} // namespace headrace::http::rest
