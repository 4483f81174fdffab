// SPDX-License-Identifier: BSL-1.0
#include <headrace/http.hpp>
#include <headrace/sources/recognise.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace headrace;

namespace {

std::string_view source_of(std::string_view json) {
    workspace memory;
    const auto d = memory.load(json);
    REQUIRE(d.has_value());
    const auto* source = recognise(*d);
    return source != nullptr ? source->info->id : std::string_view("none");
}

} // namespace

TEST_CASE("requests are told apart by what their door puts into the context") {
    struct row {
        std::string_view json;
        std::string_view source;
    };
    const row rows[] = {
        {R"({"httpMethod":"GET","requestContext":{"elb":{"targetGroupArn":"a"}}})", "http.alb"},
        {R"({"body":"","requestContext":{"elb":{}},"version":"2.0"})", "http.alb"},
        {R"({"version":"2.0","requestContext":{"http":{"method":"GET"}}})", "http.v2"},
        {R"({"requestContext":{"http":{},"domainName":"api.shop.example"},"version":"2.0"})",
         "http.v2"},
        {R"({"version":"2.0","requestContext":{"domainName":"u.lambda-url.eu-central-1.on.aws",)"
         R"("http":{}}})",
         "http.furl"},
        {R"({"requestContext":{"http":{},"domainName":"u.lambda-url.eu-central-1.on.aws"},)"
         R"("version":"2.0"})",
         "http.furl"},
        // no routeKey is no sign, a path that says lambda-url is none either
        {R"({"version":"2.0","rawPath":"/.lambda-url.","requestContext":{"http":{}}})", "http.v2"},
        {R"({"httpMethod":"GET","resource":"/a","requestContext":{"stage":"live"}})", "http.rest"},
        {R"({"version":"1.0","httpMethod":"GET","requestContext":{}})", "http.rest"},
        {R"({"body":"{}","httpMethod":"GET","requestContext":{"connectionId":"a"}})", "http.rest"},
    };
    for (const row& r : rows) {
        CAPTURE(r.json);
        CHECK(source_of(r.json) == r.source);
    }
}

TEST_CASE("what looks like a request and is none is not taken for one") {
    const std::string_view rows[] = {
        // an authorizer of a REST API, of a WebSocket API, of an HTTP API in both formats
        R"({"type":"REQUEST","methodArn":"arn:a","httpMethod":"GET","requestContext":{}})",
        R"({"type":"TOKEN","methodArn":"arn:a","authorizationToken":"a"})",
        R"({"type":"REQUEST","methodArn":"arn:a","requestContext":{"connectionId":"a",)"
        R"("eventType":"CONNECT"}})",
        R"({"version":"2.0","type":"REQUEST","routeArn":"arn:a","requestContext":{"http":{}}})",
        R"({"version":"2.0","requestContext":{"http":{}},"type":"REQUEST","routeArn":"arn:a"})",
        R"({"version":"1.0","type":"REQUEST","methodArn":"arn:a","httpMethod":"GET",)"
        R"("requestContext":{}})",
        // a WebSocket's message and connection
        R"({"requestContext":{"connectionId":"a","eventType":"MESSAGE"},"body":"a"})",
        R"({"httpMethod":"GET","requestContext":{"connectionId":"a","eventType":"CONNECT"}})",
        // the record of an asynchronous invocation whose event was a request
        R"({"version":"1.0","requestContext":{"functionArn":"arn:a"},"requestPayload":{)"
        R"("httpMethod":"GET"}})",
        // VPC Lattice, a Bedrock agent, an AppSync authorizer
        R"({"version":"2.0","path":"/","method":"GET","requestContext":{"serviceArn":"arn:a"}})",
        R"({"raw_path":"/","method":"GET"})",
        R"({"messageVersion":"1.0","agent":{},"actionGroup":"a","apiPath":"/","httpMethod":"GET"})",
        R"({"authorizationToken":"a","requestContext":{"apiId":"a","queryString":"a"}})",
        // wrong kinds
        R"({"version":"2.0","requestContext":{"http":"GET"}})",
        R"({"version":2.0,"requestContext":{"http":{}}})",
        R"({"httpMethod":"GET","requestContext":null})",
        R"({"requestContext":{"elb":null}})",
    };
    for (const auto json : rows) {
        CAPTURE(json);
        CHECK_FALSE(source_of(json).starts_with("http."));
    }
}
