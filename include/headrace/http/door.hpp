// SPDX-License-Identifier: BSL-1.0
#pragma once

// Through which front door did a request come, and in which JSON form does that door want its
// reply?

#include <cstdint>
#include <string_view>

namespace headrace {
class workspace;
}

namespace headrace::http {

struct request_options;
struct request_parts;

/// What called the function with a request.
enum class door : std::uint8_t {
    rest, ///< API Gateway REST API, or an HTTP API with payload format 1.0
    v2,   ///< API Gateway HTTP API, payload format 2.0
    furl, ///< Lambda function URL
    alb,  ///< Application Load Balancer
};
/// The source id: "http.rest", "http.v2", "http.furl", "http.alb".
[[nodiscard]] std::string_view to_string(door d) noexcept;

/// The JSON forms of a reply.
enum class reply_form : std::uint8_t {
    rest,            ///< multiValueHeaders only
    v2,              ///< headers and cookies; function URLs too
    alb,             ///< headers and statusDescription
    alb_multi_value, ///< multiValueHeaders and statusDescription
};

} // namespace headrace::http
