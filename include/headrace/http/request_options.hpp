// SPDX-License-Identifier: BSL-1.0
#pragma once

// How is a request read where its event does not say it? app::requests() takes the answers.

#include <cstdint>

namespace headrace::http {

/// Is a named stage of an HTTP API (payload format 2.0) the first segment of its paths where
/// nothing tells: on a custom domain, for the route $default?
enum class stage_in_path : std::uint8_t {
    no,  ///< /dev/admin is what the client asked for, and not /admin behind a gateway's back
    yes, ///< /dev/admin is /admin of the stage dev: where API Gateway is known to put it there
};

/// How does an HTTP API's path stand in the event?
enum class path_coding : std::uint8_t {
    by_domain, ///< decoded once, as AWS does it; where the domain has no dot, as an emulator does
               ///< it
    emulated,  ///< by an emulator with another domain: percent-encoded, as the client sent it
};

/// What is said about a request whose event cannot be decoded?
enum class when_undecodable : std::uint8_t {
    fail,       ///< a function error: AWS has written the event, so it is not the client's fault
    answer_500, ///< the same to the client, without a function error
};

struct request_options {
    stage_in_path stage = stage_in_path::no;
    path_coding path = path_coding::by_domain;
    when_undecodable undecodable = when_undecodable::fail;
};

} // namespace headrace::http
