// SPDX-License-Identifier: BSL-1.0
#pragma once

// ./dev generate writes this from samples/*.json.

#include <headrace/sources/http/alb.hpp>

namespace headrace {

// clang-format off
std::span<const sample> http::alb::event::samples() {
    static constexpr sample all[] = {
        {"http-alb",
         R"({"requestContext":{"elb":{"targetGroupArn":)"
         R"("arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/orders/6d0ec)"
         R"(f831eec9f09"}},"httpMethod":"POST","path":"/orders/green%20tea/lines",)"
         R"("queryStringParameters":{"tag":"loose","next":)"
         R"("https%3A%2F%2Fshop.example%2Fa%2Fb","sum":"1%2B1","words":"two+words","empty":)"
         R"(""},"headers":{"accept":"application/json, text/plain;q=0.5","content-length":)"
         R"("44","content-type":"application/json; charset=utf-8","cookie":)"
         R"("sid=31f0a8; seen=yes","host":"shop-1187305521.eu-central-1.elb.amazonaws.com",)"
         R"("user-agent":"tea-client/4.1","x-amzn-trace-id":)"
         R"("Root=1-6924e7a7-2c5d3f0e8a1b4c6d7e9f0a1b","x-forwarded-for":"203.0.113.24",)"
         R"("x-forwarded-port":"443","x-forwarded-proto":"https","x-trace":"two"},"body":)"
         R"("{\"item\":\"sencha\",\"grams\":250,\"note\":\"grün\"}","isBase64Encoded":false})"},
        {"http-alb-base64",
         R"({"requestContext":{"elb":{"targetGroupArn":)"
         R"("arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/orders/6d0ec)"
         R"(f831eec9f09"}},"httpMethod":"PUT","path":"/labels/2026%2F11",)"
         R"("queryStringParameters":{"user%5Bname%5D":"Lena+K%C3%B6nig"},"headers":{)"
         R"("content-type":"image/png","host":)"
         R"("shop-1187305521.eu-central-1.elb.amazonaws.com","x-forwarded-for":)"
         R"("198.51.100.9, 203.0.113.24:52114","x-forwarded-port":"80","x-forwarded-proto":)"
         R"("http"},"body":"iVBORw0KGgoAAAANSUhEUg==","isBase64Encoded":true})"},
        {"http-alb-multi-value",
         R"({"requestContext":{"elb":{"targetGroupArn":)"
         R"("arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/orders/6d0ec)"
         R"(f831eec9f09"}},"httpMethod":"POST","path":"/orders/green%20tea/lines",)"
         R"("multiValueQueryStringParameters":{"tag":["hot","loose"],"next":[)"
         R"("https%3A%2F%2Fshop.example%2Fa%2Fb"],"sum":["1%2B1"],"words":["two+words"],)"
         R"("empty":[""]},"multiValueHeaders":{"accept":[)"
         R"("application/json, text/plain;q=0.5"],"content-length":["44"],"content-type":[)"
         R"("application/json; charset=utf-8"],"cookie":["sid=31f0a8; seen=yes"],"host":[)"
         R"("shop-1187305521.eu-central-1.elb.amazonaws.com"],"user-agent":["tea-client/4.1"],)"
         R"("x-amzn-trace-id":["Root=1-6924e7a7-2c5d3f0e8a1b4c6d7e9f0a1b"],"x-forwarded-for":)"
         R"(["203.0.113.24"],"x-forwarded-port":["443"],"x-forwarded-proto":["https"],)"
         R"("x-trace":["one","two"]},"body":)"
         R"("{\"item\":\"sencha\",\"grams\":250,\"note\":\"grün\"}","isBase64Encoded":false})"},
        {"http-alb-health-check",
         R"({"requestContext":{"elb":{"targetGroupArn":)"
         R"("arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/orders/6d0ec)"
         R"(f831eec9f09"}},"httpMethod":"GET","path":"/health","queryStringParameters":{},)"
         R"("headers":{"user-agent":"ELB-HealthChecker/2.0"},"body":"","isBase64Encoded":)"
         R"(false})"},
    };
    return all;
}

// clang-format on
} // namespace headrace
