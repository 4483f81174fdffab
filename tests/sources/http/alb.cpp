// SPDX-License-Identifier: BSL-1.0
#include "samples.hpp"

#include <headrace/sources/http/alb.hpp>

#include <doctest/doctest.h>

#include <string_view>

using namespace headrace;

TEST_CASE("a request of a load balancer is read in both forms") {
    const auto single = samples::decoded<http::alb::event>("http-alb");
    CHECK(single->request_context.elb.target_group_arn
          == "arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/orders/"
             "6d0ecf831eec9f09");
    CHECK(single->http_method == "POST");
    CHECK(single->path == "/orders/green%20tea/lines");
    CHECK(*single->query_string_parameters.find("words") == "two+words");
    CHECK(*single->headers.find("x-trace") == "two");
    CHECK(single->multi_value_headers.data() == nullptr);
    CHECK(single->multi_value_query_string_parameters.data() == nullptr);
    CHECK(single->body == R"({"item":"sencha","grams":250,"note":"grün"})");
    CHECK_FALSE(single->is_base64_encoded);

    const auto multi = samples::decoded<http::alb::event>("http-alb-multi-value");
    CHECK(multi->headers.data() == nullptr);
    CHECK(multi->query_string_parameters.data() == nullptr);
    CHECK(multi->multi_value_headers.find("x-trace")->size() == 2);
    CHECK(multi->multi_value_query_string_parameters.find("tag")->size() == 2);
    const auto image = samples::decoded<http::alb::event>("http-alb-base64");
    CHECK(image->is_base64_encoded);
}

TEST_CASE("a health check has hardly a header") {
    const auto event = samples::decoded<http::alb::event>("http-alb-health-check");
    CHECK(event->http_method == "GET");
    CHECK(event->path == "/health");
    CHECK(event->headers.size() == 1);
    CHECK(*event->headers.find("user-agent") == "ELB-HealthChecker/2.0");
    CHECK(event->query_string_parameters.empty());
    CHECK(event->body.empty());
}
