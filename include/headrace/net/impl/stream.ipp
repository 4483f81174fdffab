// SPDX-License-Identifier: BSL-1.0
#pragma once

// Every stream has an event loop of its own, which runs in the calling thread for as long as a call
// takes: that is how Asio bounds the time of an operation without another thread.

#include <headrace/base/detail/format.hpp>
#include <headrace/base/platform.hpp>
#include <headrace/net/detail/authorities.hpp>
#include <headrace/net/stream.hpp>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <openssl/x509.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

namespace headrace::net {

namespace streams {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using code = boost::system::error_code;
using moment = asio::steady_timer::time_point;

inline std::string name(const peer& p) {
    const bool address = p.host.find(':') != std::string::npos;
    return (address ? '[' + p.host + ']' : p.host) + ':' + p.port;
}

inline error broken(std::string_view stage, const peer& with, std::string_view why) {
    error e = error::transient(detail::format<"{} {}: {}">(stage, name(with), why));
    e.code = errc::input_output;
    return e;
}

inline moment end_of(asio::io_context& io, std::chrono::milliseconds within) {
    using namespace std::chrono_literals;
    return asio::steady_timer(io, std::clamp<std::chrono::milliseconds>(within, 0ms, 24h)).expiry();
}

class tcp_stream final : public stream {
public:
    explicit tcp_stream(peer to) : peer_(std::move(to)) {}

    // `tls` for those peers that want it.
    result<void> open(std::shared_ptr<asio::ssl::context> tls, std::chrono::milliseconds within) {
        const auto until = end_of(io_, within);
        code problem;
        tcp::resolver resolver(io_);
        const auto found =
            resolver.resolve(peer_.host, peer_.port, tcp::resolver::numeric_service, problem);
        if (problem) return broken("looking up", peer_, problem.message());
        const auto connected = perform(until, [&](auto done) {
            asio::async_connect(socket_, found, [done](code ec, const auto&) { done(ec, 0); });
        });
        if (!connected) return broken("connecting to", peer_, "it took too long");
        if (connected->first) return broken("connecting to", peer_, connected->first.message());
        socket_.set_option(tcp::no_delay(true), problem);
        if (problem) return broken("connecting to", peer_, problem.message());
        return tls == nullptr ? result<void>() : secure(std::move(tls), until);
    }

    result<void> write(std::string_view bytes, std::chrono::milliseconds within) override {
        const auto start = [&](auto& wire, auto done) {
            asio::async_write(wire, asio::buffer(bytes), done);
        };
        const auto sent = transfer(within, start);
        if (!sent) return broken("writing to", peer_, "it took too long");
        if (sent->first) return broken("writing to", peer_, sent->first.message());
        return {};
    }

    result<std::size_t> read_some(std::span<char> into, std::chrono::milliseconds within) override {
        const auto start = [&](auto& wire, auto done) {
            wire.async_read_some(asio::buffer(into.data(), into.size()), done);
        };
        const auto got = transfer(within, start);
        if (!got) return broken("reading from", peer_, "it took too long");
        if (got->first == asio::error::eof) return std::size_t{0};
        if (got->first) return broken("reading from", peer_, got->first.message());
        return got->second;
    }

private:
    using ending = std::optional<std::pair<code, std::size_t>>;

    // Runs one operation to its end. Nothing: it took too long; the connection is closed then.
    template <class Start> ending perform(moment until, Start start) {
        ending ended;
        start([&ended](code ec, std::size_t bytes) { ended.emplace(ec, bytes); });
        io_.restart();
        io_.run_until(until);
        if (ended) return ended;
        code ignored;
        socket_.close(ignored);
        io_.restart();
        io_.run(); // the operation ends, since it refers to what is the caller's
        return std::nullopt;
    }
    template <class Start> ending transfer(std::chrono::milliseconds within, Start start) {
        return perform(end_of(io_, within), [&](auto done) {
            if (secure_) {
                start(*secure_, done);
            } else {
                start(socket_, done);
            }
        });
    }

    result<void> secure(std::shared_ptr<asio::ssl::context> tls, moment until) {
        tls_ = std::move(tls);
        secure_.emplace(socket_, *tls_);
        SSL* const ssl = secure_->native_handle();
        code no_address;
        (void)asio::ip::make_address(peer_.host, no_address);
        SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        const bool named =
            no_address
                ? SSL_set_tlsext_host_name(ssl, peer_.host.c_str()) == 1
                      && SSL_set1_host(ssl, peer_.host.c_str()) == 1
                : X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), peer_.host.c_str()) == 1;
        if (!named) return error::permanent("a name of a host that TLS does not take");
        SSL_set_verify(ssl, SSL_VERIFY_PEER, nullptr);
        const auto agreed = perform(until, [&](auto done) {
            secure_->async_handshake(asio::ssl::stream_base::client,
                                     [done](code ec) { done(ec, 0); });
        });
        if (!agreed) return broken("agreeing on TLS with", peer_, "it took too long");
        if (!agreed->first) return {};
        const long verdict = SSL_get_verify_result(ssl);
        if (verdict == X509_V_OK) {
            return broken("agreeing on TLS with", peer_, agreed->first.message());
        }
        error e = broken("the certificate of", peer_, X509_verify_cert_error_string(verdict));
        e.kind = error_class::permanent;
        return e;
    }

    peer peer_;
    asio::io_context io_{1};
    tcp::socket socket_{io_};
    std::shared_ptr<asio::ssl::context> tls_;
    std::optional<asio::ssl::stream<tcp::socket&>> secure_;
};

class tcp_connector final : public connector {
public:
    result<std::unique_ptr<stream>> connect(const peer& to,
                                            std::chrono::milliseconds within) override {
        try {
            std::shared_ptr<asio::ssl::context> tls;
            if (to.tls) {
                auto made = context_of(to);
                if (!made) return std::move(made).error();
                tls = *std::move(made);
            }
            auto made = std::make_unique<tcp_stream>(to);
            if (auto opened = made->open(std::move(tls), within); !opened) {
                return std::move(opened).error();
            }
            return std::unique_ptr<stream>(std::move(made));
        } catch (const boost::system::system_error& e) { // no descriptor is left
            return broken("connecting to", to, e.code().message());
        }
    }

private:
    using shared_context = std::shared_ptr<asio::ssl::context>;

    // The authorities are read once: there are more than a hundred.
    result<shared_context> context_of(const peer& to) {
        const std::lock_guard lock(mutex_);
        auto& known = contexts_[to.ca_file];
        if (known) return known;
        auto made = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
        code problem;
        made->set_default_verify_paths(problem);
        for (const auto& file : {more_authorities(), to.ca_file}) {
            if (!file.empty() && !problem) made->load_verify_file(file, problem);
            if (problem) {
                return error::permanent(
                    detail::format<"the certificate authorities in {} cannot be read: {}">(
                        file, problem.message()));
            }
        }
        SSL_CTX_set_min_proto_version(made->native_handle(), TLS1_2_VERSION);
        return known = std::move(made);
    }

    // Who has set OpenSSL's variables has chosen.
    static std::string more_authorities() {
        const auto& env = system_platform().env;
        if (env.get(X509_get_default_cert_file_env()) || env.get(X509_get_default_cert_dir_env())) {
            return {};
        }
        return detail::more_authorities(X509_get_default_cert_file(), X509_get_default_cert_dir(),
                                        detail::authority_files);
    }

    std::mutex mutex_;
    std::map<std::string, shared_context> contexts_;
};

} // namespace streams

std::unique_ptr<connector> make_connector() { return std::make_unique<streams::tcp_connector>(); }

} // namespace headrace::net
