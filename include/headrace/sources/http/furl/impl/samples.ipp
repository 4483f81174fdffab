// SPDX-License-Identifier: BSL-1.0
#pragma once

// ./dev generate writes this from samples/*.json.

#include <headrace/sources/http/furl.hpp>

namespace headrace {

// clang-format off
std::span<const sample> http::furl::event::samples() {
    static constexpr sample all[] = {
        {"http-furl",
         R"({"version":"2.0","routeKey":"$default","rawPath":"/orders/green%20tea/lines",)"
         R"("rawQueryString":)"
         R"("tag=hot&tag=loose&next=https%3A%2F%2Fshop.example%2Fa%2Fb&sum=1%2B1&words=two+w)"
         R"(ords&empty=","cookies":["sid=31f0a8","seen=yes"],"headers":{"accept":)"
         R"("application/json, text/plain;q=0.5","content-length":"44","content-type":)"
         R"("application/json; charset=utf-8","cookie":"sid=31f0a8; seen=yes","host":)"
         R"("q5rn7c2xw4example0url1id.lambda-url.eu-central-1.on.aws","user-agent":)"
         R"("tea-client/4.1","x-amzn-trace-id":"Root=1-6924e7a7-2c5d3f0e8a1b4c6d7e9f0a1b",)"
         R"("x-forwarded-for":"203.0.113.24","x-forwarded-port":"443","x-forwarded-proto":)"
         R"("https","x-trace":"one,two"},"queryStringParameters":{"tag":"hot,loose","next":)"
         R"("https://shop.example/a/b","sum":"1+1","words":"two words","empty":""},)"
         R"("requestContext":{"accountId":"anonymous","apiId":"q5rn7c2xw4example0url1id",)"
         R"("domainName":"q5rn7c2xw4example0url1id.lambda-url.eu-central-1.on.aws",)"
         R"("domainPrefix":"q5rn7c2xw4example0url1id","http":{"method":"POST","path":)"
         R"("/orders/green tea/lines","protocol":"HTTP/1.1","sourceIp":"203.0.113.24",)"
         R"("userAgent":"tea-client/4.1"},"requestId":"U8dYoGx2joEEMTw=","routeKey":)"
         R"("$default","stage":"$default","time":"24/Nov/2026:09:15:27 +0000","timeEpoch":)"
         R"(1795511727381},"body":"{\"item\":\"sencha\",\"grams\":250,\"note\":\"grün\"}",)"
         R"("isBase64Encoded":false})"},
        {"http-furl-iam",
         R"({"version":"2.0","routeKey":"$default","rawPath":"/reports/2026-11-23",)"
         R"("rawQueryString":"","headers":{"host":)"
         R"("q5rn7c2xw4example0url1id.lambda-url.eu-central-1.on.aws","x-amzn-tls-version":)"
         R"("TLSv1.3","x-amzn-tls-cipher-suite":"TLS_AES_128_GCM_SHA256"},"requestContext":{)"
         R"("accountId":"111122223333","apiId":"q5rn7c2xw4example0url1id","authorizer":{)"
         R"("iam":{"accessKey":"ASIAEXAMPLEACCESSKEY","accountId":"111122223333","callerId":)"
         R"("AIDAEXAMPLECALLER001","cognitoIdentity":null,"principalOrgId":null,"userArn":)"
         R"("arn:aws:iam::111122223333:user/lena","userId":"AIDAEXAMPLECALLER001"}},)"
         R"("domainName":"q5rn7c2xw4example0url1id.lambda-url.eu-central-1.on.aws",)"
         R"("domainPrefix":"q5rn7c2xw4example0url1id","http":{"method":"GET","path":)"
         R"("/reports/2026-11-23","protocol":"HTTP/1.1","sourceIp":"203.0.113.24",)"
         R"("userAgent":"tea-client/4.1"},"requestId":"U8dYoGx2joEEMTw=","routeKey":)"
         R"("$default","stage":"$default","time":"24/Nov/2026:09:15:27 +0000","timeEpoch":)"
         R"(1795511727381,"authentication":null},"body":null,"pathParameters":null,)"
         R"("isBase64Encoded":false,"stageVariables":null})"},
    };
    return all;
}

// clang-format on
} // namespace headrace
