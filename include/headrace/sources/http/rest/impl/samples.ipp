// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/sources/http/rest.hpp>

#include <array>

// Our own events, after the AWS documentation, as compact as they arrive.
namespace headrace::detail::http_rest_samples {

// The request that all four doors have as their first sample.
inline constexpr std::string_view shop =
    R"({"resource":"/orders/{name}/lines","path":"/orders/green%20tea/lines",)"
    R"("httpMethod":"POST","headers":{"accept":"application/json, text/plain;q=0.5",)"
    R"("content-type":"application/json; charset=utf-8","Cookie":"sid=31f0a8; seen=yes",)"
    R"("Host":"k3v9tqp2la.execute-api.eu-central-1.amazonaws.com",)"
    R"("User-Agent":"tea-client/4.1",)"
    R"("X-Amzn-Trace-Id":"Root=1-6924e7a7-2c5d3f0e8a1b4c6d7e9f0a1b",)"
    R"("X-Forwarded-For":"203.0.113.24","X-Forwarded-Port":"443",)"
    R"("X-Forwarded-Proto":"https","x-trace":"two"},"multiValueHeaders":{"accept":[)"
    R"("application/json, text/plain;q=0.5"],"content-type":[)"
    R"("application/json; charset=utf-8"],"Cookie":["sid=31f0a8; seen=yes"],"Host":[)"
    R"("k3v9tqp2la.execute-api.eu-central-1.amazonaws.com"],"User-Agent":[)"
    R"("tea-client/4.1"],"X-Amzn-Trace-Id":["Root=1-6924e7a7-2c5d3f0e8a1b4c6d7e9f0a1b"],)"
    R"("X-Forwarded-For":["203.0.113.24"],"X-Forwarded-Port":["443"],"X-Forwarded-Proto":[)"
    R"("https"],"x-trace":["one","two"]},"queryStringParameters":{"tag":"loose",)"
    R"("next":"https://shop.example/a/b","sum":"1+1","words":"two words","empty":""},)"
    R"("multiValueQueryStringParameters":{"tag":["hot","loose"],"next":[)"
    R"("https://shop.example/a/b"],"sum":["1+1"],"words":["two words"],"empty":[""]},)"
    R"("pathParameters":{"name":"green%20tea"},"stageVariables":null,"requestContext":{)"
    R"("resourceId":"4qk7ab","resourcePath":"/orders/{name}/lines","httpMethod":"POST",)"
    R"("extendedRequestId":"U8dXkF1bDoEEvQw=","requestTime":"24/Nov/2026:09:15:27 +0000",)"
    R"("path":"/live/orders/green%20tea/lines","accountId":"111122223333",)"
    R"("protocol":"HTTP/1.1","stage":"live","domainPrefix":"k3v9tqp2la",)"
    R"("requestTimeEpoch":1795511727381,)"
    R"("requestId":"5f0c1a9e-63c7-4f0b-9d51-0d6c2f7e81aa","identity":{)"
    R"("cognitoIdentityPoolId":null,"accountId":null,"cognitoIdentityId":null,)"
    R"("caller":null,"sourceIp":"203.0.113.24","principalOrgId":null,"accessKey":null,)"
    R"("cognitoAuthenticationType":null,"cognitoAuthenticationProvider":null,)"
    R"("userArn":null,"userAgent":"tea-client/4.1","user":null},)"
    R"("domainName":"k3v9tqp2la.execute-api.eu-central-1.amazonaws.com",)"
    R"("deploymentId":"x7m2pd","apiId":"k3v9tqp2la"},)"
    R"("body":"{\"item\":\"sencha\",\"grams\":250,\"note\":\"grün\"}",)"
    R"("isBase64Encoded":false})";

// The Test button of the console: null wherever nothing was filled in.
inline constexpr std::string_view console_test =
    R"({"resource":"/orders/{name}","path":"/orders/matcha","httpMethod":"GET",)"
    R"("headers":null,"multiValueHeaders":null,"queryStringParameters":null,)"
    R"("multiValueQueryStringParameters":null,"pathParameters":{"name":"matcha"},)"
    R"("stageVariables":null,"requestContext":{"resourceId":"4qk7ab",)"
    R"("resourcePath":"/orders/{name}","httpMethod":"GET",)"
    R"("extendedRequestId":"U8dXkF1bDoEEvQw=","requestTime":"24/Nov/2026:09:15:27 +0000",)"
    R"("path":"/orders/{name}","accountId":"111122223333","protocol":"HTTP/1.1",)"
    R"("stage":"test-invoke-stage","domainPrefix":"testPrefix",)"
    R"("requestTimeEpoch":1795511727381,)"
    R"("requestId":"5f0c1a9e-63c7-4f0b-9d51-0d6c2f7e81aa","identity":{)"
    R"("cognitoIdentityPoolId":null,"accountId":"111122223333","cognitoIdentityId":null,)"
    R"("caller":"AIDAEXAMPLECALLER001","sourceIp":"test-invoke-source-ip",)"
    R"("principalOrgId":null,"accessKey":"ASIAEXAMPLEACCESSKEY",)"
    R"("cognitoAuthenticationType":null,"cognitoAuthenticationProvider":null,)"
    R"("userArn":"arn:aws:iam::111122223333:user/lena","userAgent":"aws-internal/3",)"
    R"("user":"AIDAEXAMPLECALLER001","apiKey":"test-invoke-api-key",)"
    R"("apiKeyId":"test-invoke-api-key-id"},"domainName":"testPrefix.testDomainName",)"
    R"("deploymentId":"x7m2pd","apiId":"k3v9tqp2la"},"body":null,"isBase64Encoded":false})";

// A binary body behind a Cognito authorizer, on a custom domain with a base path.
inline constexpr std::string_view cognito =
    R"({"resource":"/labels/{proxy+}","path":"/shop/labels/2026/11","httpMethod":"PUT",)"
    R"("headers":{"content-type":"image/png","Host":"api.shop.example"},)"
    R"("multiValueHeaders":{"content-type":["image/png"],"Host":["api.shop.example"]},)"
    R"("queryStringParameters":null,"multiValueQueryStringParameters":null,)"
    R"("pathParameters":{"proxy":"2026/11"},"stageVariables":{"table":"labels-live"},)"
    R"("requestContext":{"resourceId":"4qk7ab","authorizer":{"claims":{)"
    R"("sub":"0d6c2f7e-81aa-4f0b-9d51-5f0c1a9e63c7","cognito:username":"lena",)"
    R"("email_verified":"true","token_use":"id","exp":"Tue Nov 24 10:15:27 UTC 2026"}},)"
    R"("resourcePath":"/labels/{proxy+}","httpMethod":"PUT",)"
    R"("extendedRequestId":"U8dXkF1bDoEEvQw=","requestTime":"24/Nov/2026:09:15:27 +0000",)"
    R"("path":"/shop/labels/2026/11","accountId":"111122223333","protocol":"HTTP/1.1",)"
    R"("stage":"live","domainPrefix":"api","requestTimeEpoch":1795511727381,)"
    R"("requestId":"5f0c1a9e-63c7-4f0b-9d51-0d6c2f7e81aa","identity":{)"
    R"("cognitoIdentityPoolId":null,"accountId":null,"cognitoIdentityId":null,)"
    R"("caller":null,"sourceIp":"203.0.113.24","principalOrgId":null,"accessKey":null,)"
    R"("cognitoAuthenticationType":null,"cognitoAuthenticationProvider":null,)"
    R"("userArn":null,"userAgent":"tea-client/4.1","user":null},)"
    R"("domainName":"api.shop.example","deploymentId":"x7m2pd","apiId":"k3v9tqp2la"},)"
    R"("body":"iVBORw0KGgoAAAANSUhEUg==","isBase64Encoded":true})";

// The context of a Lambda authorizer: text, whatever it was.
inline constexpr std::string_view lambda_authorizer =
    R"({"resource":"/orders","path":"/orders","httpMethod":"GET","headers":{)"
    R"("Accept":"*/*","Authorization":"Bearer example",)"
    R"("Host":"k3v9tqp2la.execute-api.eu-central-1.amazonaws.com"},"multiValueHeaders":{)"
    R"("Accept":["*/*"],"Authorization":["Bearer example"],"Host":[)"
    R"("k3v9tqp2la.execute-api.eu-central-1.amazonaws.com"]},"queryStringParameters":{)"
    R"("page":"2"},"multiValueQueryStringParameters":{"page":["2"]},"pathParameters":null,)"
    R"("stageVariables":null,"requestContext":{"resourceId":"4qk7ab","authorizer":{)"
    R"("principalId":"customer|4711","integrationLatency":18,"tier":"gold","limit":"50"},)"
    R"("resourcePath":"/orders","httpMethod":"GET","extendedRequestId":"U8dXkF1bDoEEvQw=",)"
    R"("requestTime":"24/Nov/2026:09:15:27 +0000","path":"/live/orders",)"
    R"("accountId":"111122223333","protocol":"HTTP/1.1","stage":"live",)"
    R"("domainPrefix":"k3v9tqp2la","requestTimeEpoch":1795511727381,)"
    R"("requestId":"5f0c1a9e-63c7-4f0b-9d51-0d6c2f7e81aa","identity":{)"
    R"("cognitoIdentityPoolId":null,"accountId":null,"cognitoIdentityId":null,)"
    R"("caller":null,"sourceIp":"203.0.113.24","principalOrgId":null,"accessKey":null,)"
    R"("cognitoAuthenticationType":null,"cognitoAuthenticationProvider":null,)"
    R"("userArn":null,"userAgent":"tea-client/4.1","user":null},)"
    R"("domainName":"k3v9tqp2la.execute-api.eu-central-1.amazonaws.com",)"
    R"("deploymentId":"x7m2pd","apiId":"k3v9tqp2la","operationName":"ListOrders"},)"
    R"("body":null,"isBase64Encoded":false})";

// A signed request over mutual TLS, inside a VPC.
inline constexpr std::string_view iam =
    R"({"resource":"/reports/{day}","path":"/reports/2026-11-23","httpMethod":"DELETE",)"
    R"("headers":{"Host":"k3v9tqp2la.execute-api.eu-central-1.amazonaws.com"},)"
    R"("multiValueHeaders":{"Host":["k3v9tqp2la.execute-api.eu-central-1.amazonaws.com"]},)"
    R"("queryStringParameters":null,"multiValueQueryStringParameters":null,)"
    R"("pathParameters":{"day":"2026-11-23"},"stageVariables":null,"requestContext":{)"
    R"("resourceId":"4qk7ab","resourcePath":"/reports/{day}","httpMethod":"DELETE",)"
    R"("extendedRequestId":"U8dXkF1bDoEEvQw=","requestTime":"24/Nov/2026:09:15:27 +0000",)"
    R"("path":"/live/reports/2026-11-23","accountId":"111122223333","protocol":"HTTP/1.1",)"
    R"("stage":"live","domainPrefix":"k3v9tqp2la","requestTimeEpoch":1795511727381,)"
    R"("requestId":"5f0c1a9e-63c7-4f0b-9d51-0d6c2f7e81aa","identity":{)"
    R"("cognitoIdentityPoolId":null,"accountId":"111122223333","cognitoIdentityId":null,)"
    R"("caller":"AROAEXAMPLEROLE00001:nightly","sourceIp":"10.0.12.7",)"
    R"("principalOrgId":"o-exampleorg","accessKey":"ASIAEXAMPLEACCESSKEY",)"
    R"("cognitoAuthenticationType":null,"cognitoAuthenticationProvider":null,)"
    R"("userArn":"arn:aws:sts::111122223333:assumed-role/reports/nightly",)"
    R"("userAgent":"tea-client/4.1","user":"AROAEXAMPLEROLE00001:nightly",)"
    R"("vpcId":"vpc-0a1b2c3d4e5f60718","vpceId":"vpce-0f1e2d3c4b5a69788","clientCert":{)"
    R"("clientCertPem":"-----BEGIN CERTIFICATE-----\nMIIBexample\n-----END CERTIFICATE----)"
    R"(-\n","subjectDN":"CN=nightly.shop.example","issuerDN":"CN=Shop Example Root",)"
    R"("serialNumber":"3f:91","validity":{"notBefore":"Jan  1 00:00:00 2026 GMT",)"
    R"("notAfter":"Jan  1 00:00:00 2028 GMT"}}},)"
    R"("domainName":"k3v9tqp2la.execute-api.eu-central-1.amazonaws.com",)"
    R"("deploymentId":"x7m2pd","apiId":"k3v9tqp2la"},"body":null,"isBase64Encoded":false})";

// An HTTP API with payload format 1.0: a decoded path behind a named stage, a JWT.
inline constexpr std::string_view payload_1 =
    R"({"version":"1.0","resource":"/orders/{name}","path":"/beta/orders/green tea",)"
    R"("httpMethod":"GET","headers":{"Content-Length":"0",)"
    R"("Host":"h8z4w1s6yn.execute-api.eu-central-1.amazonaws.com",)"
    R"("X-Forwarded-For":"203.0.113.24","X-Forwarded-Port":"443",)"
    R"("X-Forwarded-Proto":"https","accept":"*/*"},"multiValueHeaders":{"Content-Length":[)"
    R"("0"],"Host":["h8z4w1s6yn.execute-api.eu-central-1.amazonaws.com"],)"
    R"("X-Forwarded-For":["203.0.113.24"],"X-Forwarded-Port":["443"],"X-Forwarded-Proto":[)"
    R"("https"],"accept":["*/*"]},"queryStringParameters":{"tag":"loose"},)"
    R"("multiValueQueryStringParameters":{"tag":["hot","loose"]},"requestContext":{)"
    R"("accountId":"111122223333","apiId":"h8z4w1s6yn","authorizer":{"claims":{)"
    R"("iss":"https://login.shop.example","sub":"customer|4711","scope":"orders.read"},)"
    R"("scopes":["orders.read"]},)"
    R"("domainName":"h8z4w1s6yn.execute-api.eu-central-1.amazonaws.com",)"
    R"("domainPrefix":"h8z4w1s6yn","extendedRequestId":"U8dYoGx2joEEMTw=",)"
    R"("httpMethod":"GET","identity":{"accessKey":null,"accountId":null,"caller":null,)"
    R"("cognitoAmr":null,"cognitoAuthenticationProvider":null,)"
    R"("cognitoAuthenticationType":null,"cognitoIdentityId":null,)"
    R"("cognitoIdentityPoolId":null,"principalOrgId":null,"sourceIp":"203.0.113.24",)"
    R"("user":null,"userAgent":"tea-client/4.1","userArn":null},)"
    R"("path":"/beta/orders/green tea","protocol":"HTTP/1.1",)"
    R"("requestId":"U8dYoGx2joEEMTw=","requestTime":"24/Nov/2026:09:16:02 +0000",)"
    R"("requestTimeEpoch":1795511762004,"resourceId":"GET /orders/{name}",)"
    R"("resourcePath":"/orders/{name}","stage":"beta"},"pathParameters":{)"
    R"("name":"green tea"},"stageVariables":null,"body":null,"isBase64Encoded":false})";

} // namespace headrace::detail::http_rest_samples

namespace headrace {

std::span<const sample> http::rest::event::samples() noexcept {
    namespace own = detail::http_rest_samples;
    static constexpr std::array all{
        sample{"http-rest", own::shop},
        sample{"http-rest-console-test", own::console_test},
        sample{"http-rest-cognito", own::cognito},
        sample{"http-rest-lambda-authorizer", own::lambda_authorizer},
        sample{"http-rest-iam", own::iam},
        sample{"http-rest-payload-1", own::payload_1},
    };
    return all;
}

} // namespace headrace
