// SPDX-License-Identifier: BSL-1.0
#include "samples.hpp"

#include <headrace/sources/http/v2.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string_view>
#include <vector>

using namespace headrace;
using texts = std::vector<std::string_view>;

TEST_CASE("a request of an HTTP API is read in all its members") {
    const auto event = samples::decoded<http::v2::event>("http-v2");
    CHECK(event->version == "2.0");
    CHECK(event->route_key == "POST /orders/{name}/lines");
    CHECK(event->raw_path == "/orders/green tea/lines");
    CHECK(event->raw_query_string.starts_with("tag=hot&tag=loose&next=https%3A%2F%2F"));
    CHECK((texts(event->cookies.begin(), event->cookies.end()) == texts{"sid=31f0a8", "seen=yes"}));
    CHECK(*event->headers.find("x-trace") == "one,two");
    CHECK_FALSE(event->headers.contains("cookie"));
    CHECK(*event->query_string_parameters.find("tag") == "hot,loose");
    CHECK(*event->path_parameters.find("name") == "green tea");
    CHECK(event->body == R"({"item":"sencha","grams":250,"note":"grün"})");
    CHECK_FALSE(event->is_base64_encoded);
    CHECK(event->stage_variables.empty());

    const auto& context = event->request_context;
    CHECK(context.account_id == "111122223333");
    CHECK(context.api_id == "h8z4w1s6yn");
    CHECK_FALSE(context.authentication.has_value());
    CHECK_FALSE(context.authorizer.has_value());
    CHECK(context.domain_name == "h8z4w1s6yn.execute-api.eu-central-1.amazonaws.com");
    CHECK(context.domain_prefix == "h8z4w1s6yn");
    CHECK(context.http.method == "POST");
    CHECK(context.http.path == "/orders/green tea/lines");
    CHECK(context.http.protocol == "HTTP/1.1");
    CHECK(context.http.source_ip == "203.0.113.24");
    CHECK(context.http.user_agent == "tea-client/4.1");
    CHECK(context.request_id == "U8dYoGx2joEEMTw=");
    CHECK(context.route_id.data() == nullptr);
    CHECK(context.route_key == "POST /orders/{name}/lines");
    CHECK(context.stage == "$default");
    const auto in_seconds = context.time.time();
    const auto in_milliseconds = context.time_epoch.time();
    REQUIRE(in_seconds.has_value());
    REQUIRE(in_milliseconds.has_value());
    CHECK(std::chrono::floor<std::chrono::seconds>(*in_milliseconds) == *in_seconds);
}

TEST_CASE("each kind of authorizer is read") {
    const auto jwt = samples::decoded<http::v2::event>("http-v2-stage");
    REQUIRE(jwt->request_context.authorizer.has_value());
    REQUIRE(jwt->request_context.authorizer->jwt.has_value());
    CHECK(*jwt->request_context.authorizer->jwt->claims.find("groups") == "[staff night]");
    CHECK(jwt->request_context.authorizer->jwt->scopes.size() == 1);
    CHECK(*jwt->stage_variables.find("table") == "orders-beta");

    const auto lambda = samples::decoded<http::v2::event>("http-v2-lambda-authorizer");
    REQUIRE(lambda->request_context.authorizer.has_value());
    CHECK_FALSE(lambda->request_context.authorizer->lambda.empty());
    CHECK_FALSE(lambda->request_context.authorizer->jwt.has_value());
    CHECK(lambda->is_base64_encoded);

    const auto iam = samples::decoded<http::v2::event>("http-v2-iam");
    REQUIRE(iam->request_context.authorizer.has_value());
    REQUIRE(iam->request_context.authorizer->iam.has_value());
    const auto& who = *iam->request_context.authorizer->iam;
    CHECK(who.access_key == "ASIAEXAMPLEACCESSKEY");
    CHECK(who.account_id == "111122223333");
    CHECK(who.caller_id == "AROAEXAMPLEROLE00001:nightly");
    REQUIRE(who.cognito_identity.has_value());
    CHECK(who.cognito_identity->amr.size() == 1);
    CHECK(who.cognito_identity->identity_id == "eu-central-1:7c1f-example");
    CHECK(who.cognito_identity->identity_pool_id == "eu-central-1:9d2e-example");
    CHECK(who.principal_org_id == "o-exampleorg");
    CHECK(who.user_arn == "arn:aws:sts::111122223333:assumed-role/reports/nightly");
    CHECK(who.user_id == "AROAEXAMPLEROLE00001:nightly");
    REQUIRE(iam->request_context.authentication.has_value());
    REQUIRE(iam->request_context.authentication->client_cert.has_value());
    CHECK(iam->request_context.authentication->client_cert->serial_number == "3f:91");
}

TEST_CASE("a bare request leaves most members absent") {
    const auto event = samples::decoded<http::v2::event>("http-v2-minimal");
    CHECK(event->raw_query_string.empty());
    CHECK(event->raw_query_string.data() != nullptr);
    CHECK(event->cookies.empty());
    CHECK(event->query_string_parameters.data() == nullptr);
    CHECK(event->path_parameters.data() == nullptr);
    CHECK(event->body.data() == nullptr);
}

TEST_CASE("the route's id is read where it is there") {
    const auto event = decode<http::v2::event>(
        R"({"version":"2.0","requestContext":{"requestId":"a","routeId":"x1y2z3","routeKey":"k"}})");
    REQUIRE(event.has_value());
    CHECK((*event)->request_context.route_id == "x1y2z3");
    CHECK((*event)->request_context.route_key == "k");
    CHECK(encode(**event).find(R"("routeId":"x1y2z3")") != std::string::npos);
}
