// SPDX-License-Identifier: BSL-1.0
#include <headrace/sources/detail/arn.hpp>

#include <doctest/doctest.h>

#include <string_view>

using namespace headrace;

TEST_CASE("an ARN's resource is what stands after its fifth colon") {
    struct row {
        std::string_view arn, resource;
    };
    const row rows[] = {
        {"arn:aws:sqs:eu-central-1:123456789012:orders", "orders"},
        {"arn:aws:s3:::uploads", "uploads"},
        {"arn:aws:sns:eu-central-1:123456789012:orders:1234", "orders:1234"},
        {"arn:aws:events:eu-central-1:123456789012:rule/bus/nightly", "rule/bus/nightly"},
        {"arn:aws:sqs:eu-central-1:123456789012:", ""},
        {"arn:aws:sqs:eu-central-1:123456789012", ""},
        {"arn:", ""},
        {"a:b:c:d:e:f", ""},
        {"", ""},
    };
    for (const row& each : rows) {
        CAPTURE(each.arn);
        CHECK(detail::arn_resource(each.arn) == each.resource);
    }
}

TEST_CASE("the last segment of a path is what stands after its last slash") {
    CHECK(detail::last_segment("rule/bus/nightly") == "nightly");
    CHECK(detail::last_segment("nightly") == "nightly");
    CHECK(detail::last_segment("rule/") == "");
    CHECK(detail::last_segment("") == "");
}
