// SPDX-License-Identifier: BSL-1.0
#pragma once

// What would Lambda answer? Runs an app with one event after the other on this machine, with the
// limits and error documents that Lambda has.

#include <headrace/base/logger.hpp>
#include <headrace/base/platform.hpp>
#include <headrace/json/workspace.hpp>
#include <headrace/routing/service.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace headrace::tool {

/// What Lambda hands back to the caller.
struct local_reply {
    enum class kind : std::uint8_t { response, function_error };
    kind what = kind::response;
    std::string text;       ///< JSON: the reply, or the error document
    std::string error_type; ///< of a function error
    std::chrono::nanoseconds took{};
};

/// One worker. The app must have been started.
class local_function {
public:
    local_function(service& app, const platform& world, log_level threshold)
        : app_(app), world_(world), log_(world.log, world.clock, threshold) {}

    /// Runs the app once, until it returns: an invocation that took longer than `timeout` is
    /// answered as Lambda would have done, but nothing stops it.
    [[nodiscard]] local_reply invoke(std::string_view payload, std::string_view request_id,
                                     std::chrono::milliseconds timeout);

private:
    service& app_;
    const platform& world_;
    logger log_;
    workspace memory_;
    bool cold_ = true;
};

/// A version 4 UUID (RFC 9562).
[[nodiscard]] std::string random_uuid(random_source& random);

/// AWS_LAMBDA_LOG_LEVEL, or `otherwise` where it is not set.
[[nodiscard]] log_level wanted_log_level(const environment& env, log_level otherwise);

} // namespace headrace::tool
