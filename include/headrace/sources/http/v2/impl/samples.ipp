// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/sources/http/v2.hpp>

#include <array>

// Our own events, after the AWS documentation, as compact as they arrive.
namespace headrace::detail::http_v2_samples {

// The request that all four doors have as their first sample.
inline constexpr std::string_view shop =
    R"({"version":"2.0","routeKey":"POST /orders/{name}/lines",)"
    R"("rawPath":"/orders/green tea/lines",)"
    R"("rawQueryString":"tag=hot&tag=loose&next=https%3A%2F%2Fshop.example%2Fa%2Fb&sum=1%2)"
    R"(B1&words=two+words&empty=","cookies":["sid=31f0a8","seen=yes"],"headers":{)"
    R"("accept":"application/json, text/plain;q=0.5","content-length":"44",)"
    R"("content-type":"application/json; charset=utf-8",)"
    R"("host":"h8z4w1s6yn.execute-api.eu-central-1.amazonaws.com",)"
    R"("user-agent":"tea-client/4.1",)"
    R"("x-amzn-trace-id":"Root=1-6924e7a7-2c5d3f0e8a1b4c6d7e9f0a1b",)"
    R"("x-forwarded-for":"203.0.113.24","x-forwarded-port":"443",)"
    R"("x-forwarded-proto":"https","x-trace":"one,two"},"queryStringParameters":{)"
    R"("tag":"hot,loose","next":"https://shop.example/a/b","sum":"1+1",)"
    R"("words":"two words","empty":""},"requestContext":{"accountId":"111122223333",)"
    R"("apiId":"h8z4w1s6yn",)"
    R"("domainName":"h8z4w1s6yn.execute-api.eu-central-1.amazonaws.com",)"
    R"("domainPrefix":"h8z4w1s6yn","http":{"method":"POST",)"
    R"("path":"/orders/green tea/lines","protocol":"HTTP/1.1","sourceIp":"203.0.113.24",)"
    R"("userAgent":"tea-client/4.1"},"requestId":"U8dYoGx2joEEMTw=",)"
    R"("routeKey":"POST /orders/{name}/lines","stage":"$default",)"
    R"("time":"24/Nov/2026:09:15:27 +0000","timeEpoch":1795511727381},)"
    R"("body":"{\"item\":\"sencha\",\"grams\":250,\"note\":\"grün\"}","pathParameters":{)"
    R"("name":"green tea"},"isBase64Encoded":false})";

// A request without anything: most members are absent.
inline constexpr std::string_view minimal =
    R"({"version":"2.0","routeKey":"$default","rawPath":"/","rawQueryString":"",)"
    R"("headers":{"content-length":"0",)"
    R"("host":"h8z4w1s6yn.execute-api.eu-central-1.amazonaws.com",)"
    R"("x-forwarded-for":"203.0.113.24","x-forwarded-port":"443",)"
    R"("x-forwarded-proto":"https"},"requestContext":{"accountId":"111122223333",)"
    R"("apiId":"h8z4w1s6yn",)"
    R"("domainName":"h8z4w1s6yn.execute-api.eu-central-1.amazonaws.com",)"
    R"("domainPrefix":"h8z4w1s6yn","http":{"method":"GET","path":"/",)"
    R"("protocol":"HTTP/1.1","sourceIp":"203.0.113.24","userAgent":"tea-client/4.1"},)"
    R"("requestId":"U8dYoGx2joEEMTw=","routeKey":"$default","stage":"$default",)"
    R"("time":"24/Nov/2026:09:15:27 +0000","timeEpoch":1795511727381},)"
    R"("isBase64Encoded":false})";

// A named stage stands in the path; stage variables; a JWT with scopes.
inline constexpr std::string_view stage =
    R"({"version":"2.0","routeKey":"GET /orders/{name}","rawPath":"/beta/orders/matcha",)"
    R"("rawQueryString":"q=tea%2Ccake,scones","headers":{"authorization":"Bearer example",)"
    R"("host":"h8z4w1s6yn.execute-api.eu-central-1.amazonaws.com",)"
    R"("x-forwarded-proto":"https"},"queryStringParameters":{"q":"tea,cake,scones"},)"
    R"("requestContext":{"accountId":"111122223333","apiId":"h8z4w1s6yn","authorizer":{)"
    R"("jwt":{"claims":{"iss":"https://login.shop.example","sub":"customer|4711",)"
    R"("scope":"orders.read orders.write","groups":"[staff night]"},"scopes":[)"
    R"("orders.read"]}},"domainName":"h8z4w1s6yn.execute-api.eu-central-1.amazonaws.com",)"
    R"("domainPrefix":"h8z4w1s6yn","http":{"method":"GET","path":"/beta/orders/matcha",)"
    R"("protocol":"HTTP/1.1","sourceIp":"203.0.113.24","userAgent":"tea-client/4.1"},)"
    R"("requestId":"U8dYoGx2joEEMTw=","routeKey":"GET /orders/{name}","stage":"beta",)"
    R"("time":"24/Nov/2026:09:15:27 +0000","timeEpoch":1795511727381},"pathParameters":{)"
    R"("name":"matcha"},"isBase64Encoded":false,"stageVariables":{"table":"orders-beta"}})";

// The context of a Lambda authorizer keeps its types; a form body as base64.
inline constexpr std::string_view lambda_authorizer =
    R"({"version":"2.0","routeKey":"POST /forms","rawPath":"/forms","rawQueryString":"",)"
    R"("headers":{"content-type":"application/x-www-form-urlencoded",)"
    R"("host":"api.shop.example"},"requestContext":{"accountId":"111122223333",)"
    R"("apiId":"h8z4w1s6yn","authorizer":{"lambda":{"customer":4711,"gold":true,"tags":[)"
    R"("a","b"]}},"domainName":"api.shop.example","domainPrefix":"api","http":{)"
    R"("method":"POST","path":"/forms","protocol":"HTTP/1.1","sourceIp":"203.0.113.24",)"
    R"("userAgent":"tea-client/4.1"},"requestId":"U8dYoGx2joEEMTw=",)"
    R"("routeKey":"POST /forms","stage":"$default","time":"24/Nov/2026:09:15:27 +0000",)"
    R"("timeEpoch":1795511727381},"body":"bmFtZT1ncmVlbit0ZWEmbm90ZT1ncnVlbg==",)"
    R"("isBase64Encoded":true})";

// A signed request over mutual TLS.
inline constexpr std::string_view iam =
    R"({"version":"2.0","routeKey":"$default","rawPath":"/reports/2026-11-23",)"
    R"("rawQueryString":"","headers":{)"
    R"("host":"h8z4w1s6yn.execute-api.eu-central-1.amazonaws.com"},"requestContext":{)"
    R"("accountId":"111122223333","apiId":"h8z4w1s6yn","authentication":{"clientCert":{)"
    R"("clientCertPem":"-----BEGIN CERTIFICATE-----\nMIIBexample\n-----END CERTIFICATE----)"
    R"(-\n","issuerDN":"CN=Shop Example Root","serialNumber":"3f:91",)"
    R"("subjectDN":"CN=nightly.shop.example","validity":{)"
    R"("notAfter":"Jan  1 00:00:00 2028 GMT","notBefore":"Jan  1 00:00:00 2026 GMT"}}},)"
    R"("authorizer":{"iam":{"accessKey":"ASIAEXAMPLEACCESSKEY","accountId":"111122223333",)"
    R"("callerId":"AROAEXAMPLEROLE00001:nightly","cognitoIdentity":{"amr":[)"
    R"("authenticated"],"identityId":"eu-central-1:7c1f-example",)"
    R"("identityPoolId":"eu-central-1:9d2e-example"},"principalOrgId":"o-exampleorg",)"
    R"("userArn":"arn:aws:sts::111122223333:assumed-role/reports/nightly",)"
    R"("userId":"AROAEXAMPLEROLE00001:nightly"}},)"
    R"("domainName":"h8z4w1s6yn.execute-api.eu-central-1.amazonaws.com",)"
    R"("domainPrefix":"h8z4w1s6yn","http":{"method":"DELETE","path":"/reports/2026-11-23",)"
    R"("protocol":"HTTP/1.1","sourceIp":"203.0.113.24","userAgent":"tea-client/4.1"},)"
    R"("requestId":"U8dYoGx2joEEMTw=","routeKey":"$default","stage":"$default",)"
    R"("time":"24/Nov/2026:09:15:27 +0000","timeEpoch":1795511727381},)"
    R"("isBase64Encoded":false})";

} // namespace headrace::detail::http_v2_samples

namespace headrace {

std::span<const sample> http::v2::event::samples() noexcept {
    namespace own = detail::http_v2_samples;
    static constexpr std::array all{
        sample{"http-v2", own::shop},
        sample{"http-v2-minimal", own::minimal},
        sample{"http-v2-stage", own::stage},
        sample{"http-v2-lambda-authorizer", own::lambda_authorizer},
        sample{"http-v2-iam", own::iam},
    };
    return all;
}

} // namespace headrace
