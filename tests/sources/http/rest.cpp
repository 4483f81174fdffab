// SPDX-License-Identifier: BSL-1.0
#include "samples.hpp"

#include <headrace/sources/http/rest.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string_view>
#include <vector>

using namespace headrace;
using texts = std::vector<std::string_view>;

TEST_CASE("a request of a REST API is read in all its members") {
    const auto event = samples::decoded<http::rest::event>("http-rest");
    CHECK(event->version.data() == nullptr);
    CHECK(event->resource == "/orders/{name}/lines");
    CHECK(event->path == "/orders/green%20tea/lines");
    CHECK(event->http_method == "POST");
    CHECK(event->headers.size() == 10);
    CHECK(*event->headers.find("x-trace") == "two");
    const auto* trace = event->multi_value_headers.find("x-trace");
    REQUIRE(trace != nullptr);
    CHECK((texts(trace->begin(), trace->end()) == texts{"one", "two"}));
    CHECK(*event->query_string_parameters.find("tag") == "loose");
    CHECK(event->multi_value_query_string_parameters.find("tag")->size() == 2);
    CHECK(*event->path_parameters.find("name") == "green%20tea");
    CHECK(event->stage_variables.empty());
    CHECK(event->body == R"({"item":"sencha","grams":250,"note":"grün"})");
    CHECK_FALSE(event->is_base64_encoded);

    const auto& context = event->request_context;
    CHECK(context.resource_id == "4qk7ab");
    CHECK(context.authorizer.empty());
    CHECK(context.resource_path == "/orders/{name}/lines");
    CHECK(context.http_method == "POST");
    CHECK(context.extended_request_id == "U8dXkF1bDoEEvQw=");
    CHECK(context.path == "/live/orders/green%20tea/lines");
    CHECK(context.account_id == "111122223333");
    CHECK(context.protocol == "HTTP/1.1");
    CHECK(context.stage == "live");
    CHECK(context.domain_prefix == "k3v9tqp2la");
    CHECK(context.request_id == "5f0c1a9e-63c7-4f0b-9d51-0d6c2f7e81aa");
    CHECK(context.domain_name == "k3v9tqp2la.execute-api.eu-central-1.amazonaws.com");
    CHECK(context.deployment_id == "x7m2pd");
    CHECK(context.api_id == "k3v9tqp2la");
    CHECK(context.identity.source_ip == "203.0.113.24");
    CHECK(context.identity.user_agent == "tea-client/4.1");
    CHECK(context.identity.user_arn.data() == nullptr);
    const auto in_seconds = context.request_time.time();
    const auto in_milliseconds = context.request_time_epoch.time();
    REQUIRE(in_seconds.has_value());
    REQUIRE(in_milliseconds.has_value());
    CHECK(std::chrono::floor<std::chrono::seconds>(*in_milliseconds) == *in_seconds);
}

TEST_CASE("the console's test sends null for everything that was not filled in") {
    const auto event = samples::decoded<http::rest::event>("http-rest-console-test");
    CHECK(event->headers.data() == nullptr);
    CHECK(event->multi_value_headers.empty());
    CHECK(event->query_string_parameters.empty());
    CHECK(event->multi_value_query_string_parameters.empty());
    CHECK(event->body.empty());
    CHECK(event->request_context.stage == "test-invoke-stage");
    CHECK(event->request_context.identity.api_key == "test-invoke-api-key");
    CHECK(event->request_context.identity.api_key_id == "test-invoke-api-key-id");
}

TEST_CASE("a signed request over mutual TLS says who has signed it") {
    const auto event = samples::decoded<http::rest::event>("http-rest-iam");
    const auto& identity = event->request_context.identity;
    CHECK(identity.caller == "AROAEXAMPLEROLE00001:nightly");
    CHECK(identity.access_key == "ASIAEXAMPLEACCESSKEY");
    CHECK(identity.vpc_id == "vpc-0a1b2c3d4e5f60718");
    CHECK(identity.vpce_id == "vpce-0f1e2d3c4b5a69788");
    REQUIRE(identity.client_cert.has_value());
    CHECK(identity.client_cert->pem.starts_with("-----BEGIN CERTIFICATE-----\n"));
    CHECK(identity.client_cert->subject_dn == "CN=nightly.shop.example");
    CHECK(identity.client_cert->issuer_dn == "CN=Shop Example Root");
    CHECK(identity.client_cert->serial_number == "3f:91");
    CHECK(identity.client_cert->validity.not_before == "Jan  1 00:00:00 2026 GMT");
    CHECK(identity.client_cert->validity.not_after == "Jan  1 00:00:00 2028 GMT");
}

TEST_CASE("stage variables, an operation's name and an authorizer are read") {
    const auto cognito = samples::decoded<http::rest::event>("http-rest-cognito");
    CHECK(*cognito->stage_variables.find("table") == "labels-live");
    CHECK(cognito->is_base64_encoded);
    const auto lambda = samples::decoded<http::rest::event>("http-rest-lambda-authorizer");
    CHECK(lambda->request_context.operation_name == "ListOrders");
    CHECK(lambda->request_context.authorizer.text().starts_with(R"({"principalId":)"));
    const auto format_1 = samples::decoded<http::rest::event>("http-rest-payload-1");
    CHECK(format_1->version == "1.0");
    CHECK(format_1->request_context.identity.cognito_amr.empty());
}
