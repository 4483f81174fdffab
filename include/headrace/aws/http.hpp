// SPDX-License-Identifier: BSL-1.0
#pragma once

// How do requests get to AWS and answers back? HTTP/1.1 over streams of net::connector, which are
// kept for the next request.

#include <headrace/aws/sigv4.hpp>
#include <headrace/base/context.hpp>
#include <headrace/base/result.hpp>
#include <headrace/net/stream.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headrace::aws {

/// A request. Borrows, for the time of one call. Host and Content-Length are added.
struct http_request {
    std::string_view method;
    std::string_view target; ///< path and query
    std::span<const header> headers;
    std::string_view body;
};

struct http_response {
    unsigned status = 0;
    std::vector<header> headers;
    std::string body;

    /// The value of the first header of this name in any case, or an empty text.
    [[nodiscard]] std::string_view find(std::string_view name) const noexcept;
};

/// Where an "http://" or "https://" URL leads to.
struct http_url {
    net::peer server;
    std::string target; ///< path and query, at least "/"
};
/// Errors: invalid, with `what` for a name of the URL.
[[nodiscard]] result<http_url> parse_http_url(std::string_view text, std::string_view what);

struct http_limits {
    std::chrono::milliseconds connect{1'000};  ///< for a connection, TLS included
    std::chrono::milliseconds exchange{3'000}; ///< for all of a request and its answer
    std::chrono::milliseconds idle{20'000};    ///< a kept connection that is older is not used
    std::size_t kept = 32;                     ///< connections without a request
    std::size_t body = 16u << 20;              ///< bytes of an answer
    std::size_t head = 64u << 10;              ///< bytes of its status line and headers
};

/// Sends requests to one server. Thread-safe: every call has a connection for itself, and a child
/// of fork() has its own. A request over a kept connection that turns out to be dead (the server
/// has closed it, or Lambda has frozen the process) is sent again over a new one, so it must not
/// matter if it arrives twice.
class http_client {
public:
    /// Borrows the connector.
    http_client(net::connector& by, net::peer to, http_limits limits = {});
    ~http_client();
    http_client(const http_client&) = delete;
    http_client& operator=(const http_client&) = delete;

    /// The value of the Host header.
    [[nodiscard]] const std::string& authority() const noexcept;
    /// An answer with any status is a success. Ends with the invocation's deadline at the latest.
    /// Errors: transient with errc::input_output or timed_out when there is no whole answer,
    /// permanent with errc::too_large for one beyond the limits, deadline when no time is left, bug
    /// for a request that would not be HTTP, and those of connector::connect().
    [[nodiscard]] result<http_response> exchange(const context& ctx, const http_request& request);

private:
    class pool;
    std::unique_ptr<pool> pool_;
};

} // namespace headrace::aws
