// SPDX-License-Identifier: BSL-1.0
#pragma once

// ./dev generate writes this from samples/*.json.

#include <headrace/sources/http/v2.hpp>

namespace headrace {

// clang-format off
std::span<const sample> http::v2::event::samples() {
    static constexpr sample all[] = {
        {"http-v2",
         R"({"version":"2.0","routeKey":"POST /orders/{name}/lines","rawPath":)"
         R"("/orders/green tea/lines","rawQueryString":)"
         R"("tag=hot&tag=loose&next=https%3A%2F%2Fshop.example%2Fa%2Fb&sum=1%2B1&words=two+w)"
         R"(ords&empty=","cookies":["sid=31f0a8","seen=yes"],"headers":{"accept":)"
         R"("application/json, text/plain;q=0.5","content-length":"44","content-type":)"
         R"("application/json; charset=utf-8","host":)"
         R"("h8z4w1s6yn.execute-api.eu-central-1.amazonaws.com","user-agent":)"
         R"("tea-client/4.1","x-amzn-trace-id":"Root=1-6924e7a7-2c5d3f0e8a1b4c6d7e9f0a1b",)"
         R"("x-forwarded-for":"203.0.113.24","x-forwarded-port":"443","x-forwarded-proto":)"
         R"("https","x-trace":"one,two"},"queryStringParameters":{"tag":"hot,loose","next":)"
         R"("https://shop.example/a/b","sum":"1+1","words":"two words","empty":""},)"
         R"("requestContext":{"accountId":"111122223333","apiId":"h8z4w1s6yn","domainName":)"
         R"("h8z4w1s6yn.execute-api.eu-central-1.amazonaws.com","domainPrefix":"h8z4w1s6yn",)"
         R"("http":{"method":"POST","path":"/orders/green tea/lines","protocol":"HTTP/1.1",)"
         R"("sourceIp":"203.0.113.24","userAgent":"tea-client/4.1"},"requestId":)"
         R"("U8dYoGx2joEEMTw=","routeKey":"POST /orders/{name}/lines","stage":"$default",)"
         R"("time":"24/Nov/2026:09:15:27 +0000","timeEpoch":1795511727381},"body":)"
         R"("{\"item\":\"sencha\",\"grams\":250,\"note\":\"grün\"}","pathParameters":{)"
         R"("name":"green tea"},"isBase64Encoded":false})"},
        {"http-v2-iam",
         R"({"version":"2.0","routeKey":"$default","rawPath":"/reports/2026-11-23",)"
         R"("rawQueryString":"","headers":{"host":)"
         R"("h8z4w1s6yn.execute-api.eu-central-1.amazonaws.com"},"requestContext":{)"
         R"("accountId":"111122223333","apiId":"h8z4w1s6yn","authentication":{"clientCert":{)"
         R"("clientCertPem":)"
         R"("-----BEGIN CERTIFICATE-----\nMIIBexample\n-----END CERTIFICATE-----\n",)"
         R"("issuerDN":"CN=Shop Example Root","serialNumber":"3f:91","subjectDN":)"
         R"("CN=nightly.shop.example","validity":{"notAfter":"Jan  1 00:00:00 2028 GMT",)"
         R"("notBefore":"Jan  1 00:00:00 2026 GMT"}}},"authorizer":{"iam":{"accessKey":)"
         R"("ASIAEXAMPLEACCESSKEY","accountId":"111122223333","callerId":)"
         R"("AROAEXAMPLEROLE00001:nightly","cognitoIdentity":{"amr":["authenticated"],)"
         R"("identityId":"eu-central-1:7c1f-example","identityPoolId":)"
         R"("eu-central-1:9d2e-example"},"principalOrgId":"o-exampleorg","userArn":)"
         R"("arn:aws:sts::111122223333:assumed-role/reports/nightly","userId":)"
         R"("AROAEXAMPLEROLE00001:nightly"}},"domainName":)"
         R"("h8z4w1s6yn.execute-api.eu-central-1.amazonaws.com","domainPrefix":"h8z4w1s6yn",)"
         R"("http":{"method":"DELETE","path":"/reports/2026-11-23","protocol":"HTTP/1.1",)"
         R"("sourceIp":"203.0.113.24","userAgent":"tea-client/4.1"},"requestId":)"
         R"("U8dYoGx2joEEMTw=","routeKey":"$default","stage":"$default","time":)"
         R"("24/Nov/2026:09:15:27 +0000","timeEpoch":1795511727381},"isBase64Encoded":false})"},
        {"http-v2-stage",
         R"({"version":"2.0","routeKey":"GET /orders/{name}","rawPath":"/beta/orders/matcha",)"
         R"("rawQueryString":"q=tea%2Ccake,scones","headers":{"authorization":)"
         R"("Bearer example","host":"h8z4w1s6yn.execute-api.eu-central-1.amazonaws.com",)"
         R"("x-forwarded-proto":"https"},"queryStringParameters":{"q":"tea,cake,scones"},)"
         R"("requestContext":{"accountId":"111122223333","apiId":"h8z4w1s6yn","authorizer":{)"
         R"("jwt":{"claims":{"iss":"https://login.shop.example","sub":"customer|4711",)"
         R"("scope":"orders.read orders.write","groups":"[staff night]"},"scopes":[)"
         R"("orders.read"]}},"domainName":)"
         R"("h8z4w1s6yn.execute-api.eu-central-1.amazonaws.com","domainPrefix":"h8z4w1s6yn",)"
         R"("http":{"method":"GET","path":"/beta/orders/matcha","protocol":"HTTP/1.1",)"
         R"("sourceIp":"203.0.113.24","userAgent":"tea-client/4.1"},"requestId":)"
         R"("U8dYoGx2joEEMTw=","routeKey":"GET /orders/{name}","stage":"beta","time":)"
         R"("24/Nov/2026:09:15:27 +0000","timeEpoch":1795511727381},"pathParameters":{"name":)"
         R"("matcha"},"isBase64Encoded":false,"stageVariables":{"table":"orders-beta"}})"},
        {"http-v2-minimal",
         R"({"version":"2.0","routeKey":"$default","rawPath":"/","rawQueryString":"",)"
         R"("headers":{"content-length":"0","host":)"
         R"("h8z4w1s6yn.execute-api.eu-central-1.amazonaws.com","x-forwarded-for":)"
         R"("203.0.113.24","x-forwarded-port":"443","x-forwarded-proto":"https"},)"
         R"("requestContext":{"accountId":"111122223333","apiId":"h8z4w1s6yn","domainName":)"
         R"("h8z4w1s6yn.execute-api.eu-central-1.amazonaws.com","domainPrefix":"h8z4w1s6yn",)"
         R"("http":{"method":"GET","path":"/","protocol":"HTTP/1.1","sourceIp":)"
         R"("203.0.113.24","userAgent":"tea-client/4.1"},"requestId":"U8dYoGx2joEEMTw=",)"
         R"("routeKey":"$default","stage":"$default","time":"24/Nov/2026:09:15:27 +0000",)"
         R"("timeEpoch":1795511727381},"isBase64Encoded":false})"},
        {"http-v2-lambda-authorizer",
         R"({"version":"2.0","routeKey":"POST /forms","rawPath":"/forms","rawQueryString":"",)"
         R"("headers":{"content-type":"application/x-www-form-urlencoded","host":)"
         R"("api.shop.example"},"requestContext":{"accountId":"111122223333","apiId":)"
         R"("h8z4w1s6yn","authorizer":{"lambda":{"customer":4711,"gold":true,"tags":["a","b"]}},)"
         R"("domainName":"api.shop.example","domainPrefix":"api","http":{"method":"POST",)"
         R"("path":"/forms","protocol":"HTTP/1.1","sourceIp":"203.0.113.24","userAgent":)"
         R"("tea-client/4.1"},"requestId":"U8dYoGx2joEEMTw=","routeKey":"POST /forms",)"
         R"("stage":"$default","time":"24/Nov/2026:09:15:27 +0000","timeEpoch":1795511727381},)"
         R"("body":"bmFtZT1ncmVlbit0ZWEmbm90ZT1ncnVlbg==","isBase64Encoded":true})"},
    };
    return all;
}

// clang-format on
} // namespace headrace
