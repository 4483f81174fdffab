// SPDX-License-Identifier: BSL-1.0
#pragma once

// What does a Lambda function URL send? The shape of an HTTP API's payload format 2.0, with small
// differences: the path is percent-encoded and cookies stand in the headers as well.

#include <headrace/http/door.hpp>
#include <headrace/http/flag.hpp>
#include <headrace/json/text_map.hpp>
#include <headrace/sources/http/not_found.hpp>
#include <headrace/sources/http/v2.hpp>

#include <span>
#include <string_view>

namespace headrace::http::furl {

/// One request. http::request is the view of it that all front doors share. The only authorizer is
/// IAM. The reply is an HTTP response, see http/reply.hpp.
/// Source: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
struct event {
    std::string_view version; ///< "2.0"
    std::string_view route_key;
    std::string_view raw_path;         ///< percent-encoded
    std::string_view raw_query_string; ///< percent-encoded
    std::span<const std::string_view> cookies;
    text_map<> headers; ///< names in lower case, repeated ones joined with ","
    text_map<> query_string_parameters;
    v2::request_context request_context;
    std::string_view body;
    text_map<> path_parameters; ///< never there; the documentation lists it
    flag is_base64_encoded;
    text_map<> stage_variables; ///< never there; the documentation lists it

    static constexpr source_info about{
        .id = "http.furl",
        .title = "Lambda function URL",
        .delivery = delivery::synchronous,
        .docs = "https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html",
        .family = source_family::synchronous,
        .header = "headrace/http.hpp",
        .unrouted = not_found_reply};
    static constexpr auto recognised = source::recognised_by(source::when(
        source::is("version", "2.0"), source::has_object("requestContext/http"),
        source::contains("requestContext/domainName", ".lambda-url."),
        source::is_not(source::is_route_key("routeKey")), source::has_no("requestPayload")));
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

} // namespace headrace::http::furl
