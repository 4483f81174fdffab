// SPDX-License-Identifier: BSL-1.0
#pragma once

// How do stores speak to their servers? Over streams of bytes that a connector opens: TCP or TLS in
// earnest, something in memory in tests.

#include <headrace/base/result.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace headrace::net {

/// Whom to connect to.
struct peer {
    std::string host = {}; ///< a name or an address, IPv6 without brackets
    std::string port = {}; ///< a number
    bool tls = false;
    std::string ca_file =
        {}; ///< PEM, beside the system's certificate authorities; empty: only those

    friend bool operator==(const peer&, const peer&) = default;
};

/// A connection. After an error it is of no more use. Not thread-safe. Its end closes it without a
/// word to the peer, TLS's close_notify included: a child of fork() may have a copy.
class stream {
public:
    virtual ~stream() = default;
    /// Sends all bytes. Errors: transient and errc::input_output.
    virtual result<void> write(std::string_view bytes, std::chrono::milliseconds within) = 0;
    /// Waits for bytes and says how many have come; 0: closed by the peer. Errors: transient and
    /// errc::input_output.
    virtual result<std::size_t> read_some(std::span<char> into,
                                          std::chrono::milliseconds within) = 0;
};

/// Opens connections. Thread-safe. An interface, so that tests put a server in memory under the
/// code that ships.
class connector {
public:
    virtual ~connector() = default;
    /// Errors: transient and errc::input_output with the stage and the peer; permanent for a
    /// certificate that does not verify.
    virtual result<std::unique_ptr<stream>> connect(const peer& to,
                                                    std::chrono::milliseconds within) = 0;
};

/// The real one: TCP without delay, TLS 1.2 or later with the peer's name checked and sent (RFC
/// 6125, RFC 6066 section 3). Starts no thread, so a look-up of a name ends when the system's
/// resolver says so; its time counts. The system's certificate authorities are those of OpenSSL's
/// variables SSL_CERT_FILE and SSL_CERT_DIR or of the places that it was built for; where these are
/// empty, as on another distribution, those of a file where Linux distributions keep them.
[[nodiscard]] std::unique_ptr<connector> make_connector();

} // namespace headrace::net
