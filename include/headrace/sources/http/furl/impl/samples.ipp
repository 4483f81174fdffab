// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/sources/http/furl.hpp>

#include <array>

// Our own events, after the AWS documentation, as compact as they arrive.
namespace headrace::detail::http_furl_samples {

// The request that all four doors have as their first sample.
inline constexpr std::string_view shop =
    R"({"version":"2.0","routeKey":"$default","rawPath":"/orders/green%20tea/lines",)"
    R"("rawQueryString":"tag=hot&tag=loose&next=https%3A%2F%2Fshop.example%2Fa%2Fb&sum=1%2)"
    R"(B1&words=two+words&empty=","cookies":["sid=31f0a8","seen=yes"],"headers":{)"
    R"("accept":"application/json, text/plain;q=0.5","content-length":"44",)"
    R"("content-type":"application/json; charset=utf-8","cookie":"sid=31f0a8; seen=yes",)"
    R"("host":"q5rn7c2xw4example0url1id.lambda-url.eu-central-1.on.aws",)"
    R"("user-agent":"tea-client/4.1",)"
    R"("x-amzn-trace-id":"Root=1-6924e7a7-2c5d3f0e8a1b4c6d7e9f0a1b",)"
    R"("x-forwarded-for":"203.0.113.24","x-forwarded-port":"443",)"
    R"("x-forwarded-proto":"https","x-trace":"one,two"},"queryStringParameters":{)"
    R"("tag":"hot,loose","next":"https://shop.example/a/b","sum":"1+1",)"
    R"("words":"two words","empty":""},"requestContext":{"accountId":"anonymous",)"
    R"("apiId":"q5rn7c2xw4example0url1id",)"
    R"("domainName":"q5rn7c2xw4example0url1id.lambda-url.eu-central-1.on.aws",)"
    R"("domainPrefix":"q5rn7c2xw4example0url1id","http":{"method":"POST",)"
    R"("path":"/orders/green tea/lines","protocol":"HTTP/1.1","sourceIp":"203.0.113.24",)"
    R"("userAgent":"tea-client/4.1"},"requestId":"U8dYoGx2joEEMTw=","routeKey":"$default",)"
    R"("stage":"$default","time":"24/Nov/2026:09:15:27 +0000","timeEpoch":1795511727381},)"
    R"("body":"{\"item\":\"sencha\",\"grams\":250,\"note\":\"grün\"}",)"
    R"("isBase64Encoded":false})";

// A signed request; what the documentation lists as null is null.
inline constexpr std::string_view iam =
    R"({"version":"2.0","routeKey":"$default","rawPath":"/reports/2026-11-23",)"
    R"("rawQueryString":"","headers":{)"
    R"("host":"q5rn7c2xw4example0url1id.lambda-url.eu-central-1.on.aws",)"
    R"("x-amzn-tls-version":"TLSv1.3","x-amzn-tls-cipher-suite":"TLS_AES_128_GCM_SHA256"},)"
    R"("requestContext":{"accountId":"111122223333","apiId":"q5rn7c2xw4example0url1id",)"
    R"("authorizer":{"iam":{"accessKey":"ASIAEXAMPLEACCESSKEY","accountId":"111122223333",)"
    R"("callerId":"AIDAEXAMPLECALLER001","cognitoIdentity":null,"principalOrgId":null,)"
    R"("userArn":"arn:aws:iam::111122223333:user/lena","userId":"AIDAEXAMPLECALLER001"}},)"
    R"("domainName":"q5rn7c2xw4example0url1id.lambda-url.eu-central-1.on.aws",)"
    R"("domainPrefix":"q5rn7c2xw4example0url1id","http":{"method":"GET",)"
    R"("path":"/reports/2026-11-23","protocol":"HTTP/1.1","sourceIp":"203.0.113.24",)"
    R"("userAgent":"tea-client/4.1"},"requestId":"U8dYoGx2joEEMTw=","routeKey":"$default",)"
    R"("stage":"$default","time":"24/Nov/2026:09:15:27 +0000","timeEpoch":1795511727381,)"
    R"("authentication":null},"body":null,"pathParameters":null,"isBase64Encoded":false,)"
    R"("stageVariables":null})";

} // namespace headrace::detail::http_furl_samples

namespace headrace {

std::span<const sample> http::furl::event::samples() noexcept {
    namespace own = detail::http_furl_samples;
    static constexpr std::array all{
        sample{"http-furl", own::shop},
        sample{"http-furl-iam", own::iam},
    };
    return all;
}

} // namespace headrace
