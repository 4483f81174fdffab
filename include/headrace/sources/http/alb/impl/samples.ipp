// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/sources/http/alb.hpp>

#include <array>

// Our own events, after the AWS documentation, as compact as they arrive.
namespace headrace::detail::http_alb_samples {

// The request that all four doors have as their first sample: of repeated names only the
// last is left.
inline constexpr std::string_view shop =
    R"({"requestContext":{"elb":{)"
    R"("targetGroupArn":"arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgrou)"
    R"(p/orders/6d0ecf831eec9f09"}},"httpMethod":"POST",)"
    R"("path":"/orders/green%20tea/lines","queryStringParameters":{"tag":"loose",)"
    R"("next":"https%3A%2F%2Fshop.example%2Fa%2Fb","sum":"1%2B1","words":"two+words",)"
    R"("empty":""},"headers":{"accept":"application/json, text/plain;q=0.5",)"
    R"("content-length":"44","content-type":"application/json; charset=utf-8",)"
    R"("cookie":"sid=31f0a8; seen=yes",)"
    R"("host":"shop-1187305521.eu-central-1.elb.amazonaws.com",)"
    R"("user-agent":"tea-client/4.1",)"
    R"("x-amzn-trace-id":"Root=1-6924e7a7-2c5d3f0e8a1b4c6d7e9f0a1b",)"
    R"("x-forwarded-for":"203.0.113.24","x-forwarded-port":"443",)"
    R"("x-forwarded-proto":"https","x-trace":"two"},)"
    R"("body":"{\"item\":\"sencha\",\"grams\":250,\"note\":\"grün\"}",)"
    R"("isBase64Encoded":false})";

// The same where the target group has multi-value headers enabled.
inline constexpr std::string_view multi_value =
    R"({"requestContext":{"elb":{)"
    R"("targetGroupArn":"arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgrou)"
    R"(p/orders/6d0ecf831eec9f09"}},"httpMethod":"POST",)"
    R"("path":"/orders/green%20tea/lines","multiValueQueryStringParameters":{"tag":["hot",)"
    R"("loose"],"next":["https%3A%2F%2Fshop.example%2Fa%2Fb"],"sum":["1%2B1"],"words":[)"
    R"("two+words"],"empty":[""]},"multiValueHeaders":{"accept":[)"
    R"("application/json, text/plain;q=0.5"],"content-length":["44"],"content-type":[)"
    R"("application/json; charset=utf-8"],"cookie":["sid=31f0a8; seen=yes"],"host":[)"
    R"("shop-1187305521.eu-central-1.elb.amazonaws.com"],"user-agent":["tea-client/4.1"],)"
    R"("x-amzn-trace-id":["Root=1-6924e7a7-2c5d3f0e8a1b4c6d7e9f0a1b"],"x-forwarded-for":[)"
    R"("203.0.113.24"],"x-forwarded-port":["443"],"x-forwarded-proto":["https"],)"
    R"("x-trace":["one","two"]},)"
    R"("body":"{\"item\":\"sencha\",\"grams\":250,\"note\":\"grün\"}",)"
    R"("isBase64Encoded":false})";

// A health check: no query, hardly a header.
inline constexpr std::string_view health_check =
    R"({"requestContext":{"elb":{)"
    R"("targetGroupArn":"arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgrou)"
    R"(p/orders/6d0ecf831eec9f09"}},"httpMethod":"GET","path":"/health",)"
    R"("queryStringParameters":{},"headers":{"user-agent":"ELB-HealthChecker/2.0"},)"
    R"("body":"","isBase64Encoded":false})";

// A binary body behind two proxies; an encoded name in the query.
inline constexpr std::string_view base64 =
    R"({"requestContext":{"elb":{)"
    R"("targetGroupArn":"arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgrou)"
    R"(p/orders/6d0ecf831eec9f09"}},"httpMethod":"PUT","path":"/labels/2026%2F11",)"
    R"("queryStringParameters":{"user%5Bname%5D":"Lena+K%C3%B6nig"},"headers":{)"
    R"("content-type":"image/png","host":"shop-1187305521.eu-central-1.elb.amazonaws.com",)"
    R"("x-forwarded-for":"198.51.100.9, 203.0.113.24:52114","x-forwarded-port":"80",)"
    R"("x-forwarded-proto":"http"},"body":"iVBORw0KGgoAAAANSUhEUg==",)"
    R"("isBase64Encoded":true})";

} // namespace headrace::detail::http_alb_samples

namespace headrace {

std::span<const sample> http::alb::event::samples() noexcept {
    namespace own = detail::http_alb_samples;
    static constexpr std::array all{
        sample{"http-alb", own::shop},
        sample{"http-alb-multi-value", own::multi_value},
        sample{"http-alb-health-check", own::health_check},
        sample{"http-alb-base64", own::base64},
    };
    return all;
}

} // namespace headrace
