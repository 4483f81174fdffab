// SPDX-License-Identifier: BSL-1.0
#include "samples.hpp"

#include <headrace/sources/http/furl.hpp>

#include <doctest/doctest.h>

#include <string_view>

using namespace headrace;

TEST_CASE("a request of a function URL is read in all its members") {
    const auto event = samples::decoded<http::furl::event>("http-furl");
    CHECK(event->version == "2.0");
    CHECK(event->route_key == "$default");
    CHECK(event->raw_path == "/orders/green%20tea/lines");
    CHECK(event->raw_query_string.ends_with("words=two+words&empty="));
    CHECK(event->cookies.size() == 2);
    CHECK(*event->headers.find("cookie") == "sid=31f0a8; seen=yes");
    CHECK(*event->query_string_parameters.find("sum") == "1+1");
    CHECK(event->body == R"({"item":"sencha","grams":250,"note":"grün"})");
    CHECK_FALSE(event->is_base64_encoded);
    CHECK(event->request_context.account_id == "anonymous");
    CHECK(event->request_context.http.path == "/orders/green tea/lines");
    CHECK(event->request_context.domain_name.find(".lambda-url.") != std::string_view::npos);
}

TEST_CASE("a signed request has an identity, and null elsewhere is nothing") {
    const auto event = samples::decoded<http::furl::event>("http-furl-iam");
    REQUIRE(event->request_context.authorizer.has_value());
    REQUIRE(event->request_context.authorizer->iam.has_value());
    CHECK(event->request_context.authorizer->iam->user_id == "AIDAEXAMPLECALLER001");
    CHECK_FALSE(event->request_context.authorizer->iam->cognito_identity.has_value());
    CHECK_FALSE(event->request_context.authentication.has_value());
    CHECK(event->path_parameters.empty());
    CHECK(event->stage_variables.empty());
    CHECK(event->body.data() == nullptr);
}
