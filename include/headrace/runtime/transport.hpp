// SPDX-License-Identifier: BSL-1.0
#pragma once

// How do bytes get to the Runtime API and back? One HTTP/1.1 exchange at a time over a connection
// that is kept, behind an interface that tests replace.

#include <headrace/base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headrace::runtime {

/// Where the Runtime API listens.
struct endpoint {
    std::string host;   ///< a name or an address; IPv6 without brackets
    std::string port;   ///< decimal
    std::string prefix; ///< in front of every path; empty or "/..." without a slash at its end

    friend bool operator==(const endpoint&, const endpoint&) = default;
};

/// Reads AWS_LAMBDA_RUNTIME_API: "127.0.0.1:9001", "[::1]:9001", "http://host:9000/prefix". The
/// port is 80 where there is none. Errors: invalid.
[[nodiscard]] result<endpoint> parse_endpoint(std::string_view text);

/// One header line of a request.
struct header_view {
    std::string_view name;
    std::string_view value;
};

struct request {
    std::string_view method;              ///< "GET" or "POST"
    std::string_view target;              ///< path and query, without the endpoint's prefix
    std::span<const header_view> headers; ///< Host and Content-Length are added
    std::string_view body;
};

/// Header lines in order, in memory that is used again after clear().
class header_block {
public:
    void clear() noexcept;
    void add(std::string_view name, std::string_view value);
    /// The value of the first line with this name in any case (RFC 9110 section 5.1), or an empty
    /// text. Valid until the next clear() or add().
    [[nodiscard]] std::string_view get(std::string_view name) const noexcept;
    [[nodiscard]] std::size_t size() const noexcept { return lines_.size(); }

private:
    struct line {
        std::size_t name, value, end; // where they begin in text_, and where the value ends
    };
    std::string text_;
    std::vector<line> lines_;
};

/// A response but for its body, which is at the beginning of the body_buffer.
struct response {
    unsigned status = 0;
    header_block headers;
    std::size_t body_size = 0;
};

/// Receives the body of a response.
class body_buffer {
public:
    virtual ~body_buffer() = default;
    /// A buffer of `size` bytes at least, of which the first `used` are those of the last one. An
    /// error ends the exchange.
    [[nodiscard]] virtual result<char*> grow(std::size_t used, std::size_t size) = 0;
};

/// Carries requests to one server. Not thread-safe: every worker has its own.
class transport {
public:
    virtual ~transport() = default;
    /// Sends `out` and waits for the response as long as it takes. A response with any status is a
    /// success. Errors: transient and input_output when there is no whole response; those of
    /// `body`; bug for a request that would not be HTTP.
    [[nodiscard]] virtual result<void> exchange(const request& out, response& in,
                                                body_buffer& body) = 0;
};

/// Bounds on what a server may send.
struct transport_limits {
    std::size_t body = 6'291'556 + (1u << 20); ///< the largest event, and some room for emulators
    std::uint32_t headers = 64 * 1024; ///< status line and headers; Lambda's take below 8 kB
};

/// Plain TCP with a connection that is kept as long as the server keeps it, and TCP_NODELAY. No
/// proxy, whatever the environment says, and no timeout, since Lambda freezes the process while it
/// waits.
///
/// A connection may have died while the process was frozen. A GET that fails on one that was used
/// before, without a byte of a response, or with a 408 (RFC 9110 section 15.5.9), is sent once more
/// over a new connection; reading the same event twice is harmless. A POST is never sent twice,
/// since the server may have taken it. So before a POST is sent over a connection that was used
/// before, that one is replaced if the server has closed it: nothing was sent, so nothing can
/// happen twice. An exchange is two system calls, and three for a POST.
[[nodiscard]] std::unique_ptr<transport> make_tcp_transport(endpoint server,
                                                            transport_limits limits = {});

} // namespace headrace::runtime
