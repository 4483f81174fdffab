// SPDX-License-Identifier: BSL-1.0
#pragma once

// What does an Application Load Balancer send to a Lambda target? One of two forms: single values,
// or, with lambda.multi_value_headers.enabled on the target group, lists of values.

#include <headrace/http/door.hpp>
#include <headrace/http/fields.hpp>
#include <headrace/http/flag.hpp>
#include <headrace/json/codec.hpp>
#include <headrace/json/text_map.hpp>
#include <headrace/routing/source.hpp>
#include <headrace/sources/http/not_found.hpp>

#include <span>
#include <string_view>

namespace headrace::http::alb {

struct request_context {
    struct target {
        std::string_view target_group_arn;
        static void wire(auto& self, auto&& field) {
            field("targetGroupArn", self.target_group_arn);
        }
    };
    target elb;
    static void wire(auto& self, auto&& field) { field("elb", self.elb); }
};

/// One request, or a health check: an ordinary GET with the user agent ELB-HealthChecker/2.0.
/// http::request is the view of it that all front doors share. The reply is an HTTP response in the
/// form of the request: a load balancer ignores the other one, see http/reply.hpp.
/// Source:
/// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
struct event {
    alb::request_context request_context;
    std::string_view http_method;
    std::string_view path;              ///< percent-encoded
    text_map<> query_string_parameters; ///< percent-encoded, the last of repeated ones
    multi_value_map multi_value_query_string_parameters; ///< percent-encoded
    text_map<> headers;                                  ///< the last of repeated ones
    multi_value_map multi_value_headers;
    std::string_view body;
    flag is_base64_encoded;

    static constexpr source_info about{
        .id = "http.alb",
        .title = "Application Load Balancer",
        .delivery = delivery::synchronous,
        .docs = "https://docs.aws.amazon.com/elasticloadbalancing/latest/"
                "application/lambda-functions.html",
        .family = source_family::synchronous,
        .header = "headrace/http.hpp",
        .unrouted = not_found_alb_reply};
    static constexpr auto recognised = source::recognised_by(
        source::decisive(source::when(source::has_object("requestContext/elb"))));
    [[nodiscard]] static std::span<const sample> samples();
    static outcome dispatch(dispatcher& way, call& c, const document& d);
    /// What this front door says about the request.
    [[nodiscard]] static request_parts parts(const event& from, workspace& memory,
                                             const request_options& options);

    static void wire(auto& self, auto&& field) {
        field("requestContext", self.request_context);
        field("httpMethod", self.http_method);
        field("path", self.path);
        field("queryStringParameters", self.query_string_parameters);
        field("multiValueQueryStringParameters", self.multi_value_query_string_parameters);
        field("headers", self.headers);
        field("multiValueHeaders", self.multi_value_headers);
        field("body", self.body);
        field("isBase64Encoded", self.is_base64_encoded);
    }
};

} // namespace headrace::http::alb
