// SPDX-License-Identifier: BSL-1.0
#pragma once

// What does a front door answer for an app that has no HTTP routes at all? 404 in its own form, as
// text: such a program links nothing of HTTP.

#include <string_view>

namespace headrace::http {

inline constexpr std::string_view not_found_reply =
    R"({"statusCode":404,"headers":{"content-type":"application/problem+json"},)"
    R"("body":"{\"title\":\"Not Found\",\"status\":404}"})";
inline constexpr std::string_view not_found_rest_reply =
    R"({"statusCode":404,"multiValueHeaders":{"content-type":["application/problem+json"]},)"
    R"("body":"{\"title\":\"Not Found\",\"status\":404}"})";
/// In both forms: a load balancer reads the one that its target group is set to.
inline constexpr std::string_view not_found_alb_reply =
    R"({"statusCode":404,"statusDescription":"404 Not Found",)"
    R"("headers":{"content-type":"application/problem+json"},)"
    R"("multiValueHeaders":{"content-type":["application/problem+json"]},)"
    R"("body":"{\"title\":\"Not Found\",\"status\":404}"})";

} // namespace headrace::http
