// SPDX-License-Identifier: BSL-1.0
#pragma once

// Rejected records for the tests of sinks.

#include <headrace/layers/dead_letter.hpp>
#include <headrace/testing/world.hpp>

#include <string>
#include <string_view>

namespace sinks {

/// Owns the reason that a rejected_record refers to.
struct some_record {
    headrace::error reason = headrace::error::invalid("the total is negative");
    headrace::rejected_record about{.at = headrace::testing::start_of_time,
                                    .source = "sqs",
                                    .route = "sqs queue orders",
                                    .record_id = "b94fdc5d-33ad",
                                    .attempt = 2,
                                    .request_id = "request-1",
                                    .function_arn = "arn:aws:lambda:r:1:function:orders",
                                    .reason = reason,
                                    .record = R"({"messageId":"b94fdc5d-33ad","body":"{}"})",
                                    .listed = true,
                                    .body = "{}"};
    some_record() = default;
    some_record(const some_record&) = delete;
    some_record& operator=(const some_record&) = delete;
};

} // namespace sinks
