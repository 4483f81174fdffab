// SPDX-License-Identifier: BSL-1.0
#pragma once

// Boost.Beast parses; the sockets are the system's own. Asio's sockets would add a reactor, which
// blocking calls do not need, and objects that are initialised before main.

#include <headrace/base/detail/ascii.hpp>
#include <headrace/base/detail/authority.hpp>
#include <headrace/base/detail/format.hpp>
#include <headrace/json/detail/descriptor.hpp>
#include <headrace/runtime/transport.hpp>

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <system_error>
#include <utility>

namespace headrace {

namespace detail::transport {

using runtime::body_buffer;
using runtime::endpoint;
using runtime::header_view;
using runtime::request;
using runtime::response;
using runtime::transport_limits;

} // namespace detail::transport

// ---- header_block -------------------------------------------------------------------------------

namespace runtime {

void header_block::clear() noexcept {
    text_.clear();
    lines_.clear();
}

void header_block::add(std::string_view name, std::string_view value) {
    const std::size_t start = text_.size();
    text_.append(name).append(value);
    lines_.push_back({start, start + name.size(), text_.size()});
}

std::string_view header_block::get(std::string_view name) const noexcept {
    const std::string_view text = text_;
    for (const line& l : lines_) {
        if (detail::same_but_for_case(text.substr(l.name, l.value - l.name), name)) {
            return text.substr(l.value, l.end - l.value);
        }
    }
    return {};
}

} // namespace runtime

// ---- endpoint -----------------------------------------------------------------------------------

namespace detail::transport {

inline error bad_endpoint(const char* why) {
    return error::invalid(format<"AWS_LAMBDA_RUNTIME_API {}; expected host:port, [IPv6]:port or "
                                 "http://host:port/prefix">(why));
}

// Nothing that would end the request line or start another part of the URL.
inline bool visible(std::string_view text) noexcept {
    return std::ranges::all_of(text, [](char c) {
        return c > 0x20 && c < 0x7F && c != '?' && c != '#' && c != '@' && c != '\\';
    });
}

} // namespace detail::transport

result<runtime::endpoint> runtime::parse_endpoint(std::string_view text) {
    using namespace detail::transport;
    constexpr std::string_view scheme = "http://";
    if (detail::same_but_for_case(text.substr(0, scheme.size()), scheme))
        text.remove_prefix(scheme.size());
    if (text.find("://") != text.npos) return bad_endpoint("has another scheme than http");
    if (!visible(text)) return bad_endpoint("has a character that does not belong there");
    const auto slash = std::min(text.find('/'), text.size());
    std::string_view prefix = text.substr(slash);
    while (prefix.ends_with('/')) prefix.remove_suffix(1);
    const auto server = detail::read_authority(text.substr(0, slash));
    if (server.wrong != nullptr) return bad_endpoint(server.wrong);
    return endpoint{std::string(server.host), std::string(server.port.empty() ? "80" : server.port),
                    std::string(prefix)};
}

// ---- TCP ----------------------------------------------------------------------------------------

namespace detail::transport {

namespace http = boost::beast::http;

// Parses one response: status and headers into `in`, a body whose length is not known beforehand
// into `body`.
class response_parser final : public http::basic_parser<false> {
public:
    response_parser(response& in, body_buffer& body, const transport_limits& limits)
        : in_(in), body_(body) {
        in_.headers.clear();
        body_limit(limits.body);
        header_limit(limits.headers);
    }

    // Room for `size` bytes of the body in all.
    result<char*> reserve(std::size_t size) {
        auto grown = body_.grow(received_, size);
        if (grown) start_ = *grown, room_ = size;
        return grown;
    }
    [[nodiscard]] std::size_t received() const noexcept { return received_; }
    void advance(std::size_t bytes) noexcept { received_ += bytes; }
    // The error of the body buffer, if that was what ended the parse.
    [[nodiscard]] std::optional<error>& refused() noexcept { return refused_; }

private:
    using code = boost::beast::error_code;
    using text = boost::beast::string_view;

    void on_request_impl(http::verb, text, text, int, code&) override {}
    void on_response_impl(int status, text, int, code&) override {
        in_.status = static_cast<unsigned>(status);
    }
    void on_field_impl(http::field, text name, text value, code&) override {
        in_.headers.add({name.data(), name.size()}, {value.data(), value.size()});
    }
    void on_header_impl(code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, code&) override {}
    std::size_t on_body_impl(text bytes, code& ec) override {
        if (bytes.size() > room_ - received_) {
            auto grown = reserve(std::max(received_ + bytes.size(), 2 * room_));
            if (!grown) {
                refused_ = std::move(grown).error();
                ec = http::error::body_limit;
                return 0;
            }
        }
        std::memcpy(start_ + received_, bytes.data(), bytes.size());
        received_ += bytes.size();
        return bytes.size();
    }
    void on_chunk_header_impl(std::uint64_t, text, code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, text bytes, code& ec) override {
        return on_body_impl(bytes, ec);
    }
    void on_finish_impl(code&) override {}

    response& in_;
    body_buffer& body_;
    char* start_ = nullptr;
    std::size_t received_ = 0;
    std::size_t room_ = 0;
    std::optional<error> refused_;
};

class tcp_transport final : public runtime::transport {
public:
    tcp_transport(endpoint server, transport_limits limits)
        : server_(std::move(server)), limits_(limits), buffer_(16 * 1024) {}

    result<void> exchange(const request& out, response& in, body_buffer& body) override {
        if (auto written = write_head(out); !written) return written;
        const bool may_repeat = out.method == "GET";
        const bool reused = may_repeat ? bool(socket_) : still_open();
        auto done = attempt(out, in, body);
        if (may_repeat && reused && (done ? timed_out_idle(in) : !answered_)) {
            socket_ = descriptor();
            done = attempt(out, in, body);
        }
        return done;
    }

private:
    // Servers say so, unasked, before they close an idle connection (RFC 9110 section 15.5.9).
    static bool timed_out_idle(const response& in) noexcept { return in.status == 408; }

    // One try. A connection that does not end it ready for the next request is closed.
    result<void> attempt(const request& out, response& in, body_buffer& body) {
        answered_ = false;
        filled_ = 0;
        if (!socket_) {
            if (auto connected = connect(); !connected) return connected;
        }
        auto sent = send(out.body);
        auto received = receive(in, body);
        // A server may refuse a request before it has read all of it, and close. Its answer counts.
        const bool keep = sent && received && *received && filled_ == 0;
        if (!keep) socket_ = descriptor();
        if (!answered_ && !sent) return sent;
        return received ? result<void>() : std::move(received).error();
    }

    result<void> connect() {
        const addrinfo hints{.ai_flags = AI_NUMERICSERV,
                             .ai_family = AF_UNSPEC,
                             .ai_socktype = SOCK_STREAM,
                             .ai_protocol = 0,
                             .ai_addrlen = 0,
                             .ai_addr = nullptr,
                             .ai_canonname = nullptr,
                             .ai_next = nullptr};
        addrinfo* list = nullptr;
        const int code = ::getaddrinfo(server_.host.c_str(), server_.port.c_str(), &hints, &list);
        if (code != 0) return broken(::gai_strerror(code));
        const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(list, &::freeaddrinfo);
        int problem = 0;
        for (const addrinfo* at = list; at; at = at->ai_next) {
            problem = connect(*at);
            if (problem == 0) return {};
        }
        return broken(problem);
    }

    // 0, or the errno. After EINTR a connection attempt goes on in the background, so it is given
    // up and a new one made.
    int connect(const addrinfo& address) {
        int problem = EINTR;
        while (problem == EINTR) {
            descriptor made(::socket(address.ai_family, address.ai_socktype | SOCK_CLOEXEC,
                                     address.ai_protocol));
            if (!made) return errno;
            problem = ::connect(made.get(), address.ai_addr, address.ai_addrlen) == 0 ? 0 : errno;
            if (problem != 0) continue;
            const int on = 1;
            ::setsockopt(made.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            socket_ = std::move(made);
        }
        return problem;
    }

    // Whether there is a connection from an earlier exchange that the server has not closed.
    // Unasked bytes make it useless too. A system call, which only those need who cannot repeat.
    bool still_open() noexcept {
        if (!socket_) return false;
        char byte = 0;
        ssize_t got = 0;
        do {
            got = ::recv(socket_.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
        } while (got < 0 && errno == EINTR);
        const bool open = got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
        if (!open) socket_ = descriptor();
        return open;
    }

    result<void> write_head(const request& out) {
        const auto clean = [](std::string_view text) {
            return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c != 0x7F; });
        };
        if (!clean(out.target) || out.target.find(' ') != out.target.npos) {
            return error::bug("a request target has characters that do not belong there");
        }
        head_.clear();
        head_.append(out.method).append(" ").append(server_.prefix).append(out.target);
        head_.append(" HTTP/1.1\r\nHost: ").append(authority()).append("\r\n");
        for (const header_view& line : out.headers) {
            if (!clean(line.name) || !clean(line.value)) {
                return error::bug("a request header has characters that do not belong there");
            }
            head_.append(line.name).append(": ").append(line.value).append("\r\n");
        }
        if (out.method != "GET") {
            head_.append("Content-Length: ").append(std::to_string(out.body.size())).append("\r\n");
        }
        head_.append("\r\n");
        return {};
    }

    [[nodiscard]] std::string authority() const {
        const bool address = server_.host.find(':') != std::string::npos;
        return (address ? '[' + server_.host + ']' : server_.host) + ':' + server_.port;
    }

    result<void> send(std::string_view body) {
        std::array<iovec, 2> parts{iovec{head_.data(), head_.size()},
                                   iovec{const_cast<char*>(body.data()), body.size()}};
        msghdr message{};
        message.msg_iov = parts.data();
        message.msg_iovlen = parts.size();
        while (message.msg_iovlen > 0) {
            const ssize_t sent = ::sendmsg(socket_.get(), &message, MSG_NOSIGNAL);
            if (sent < 0 && errno == EINTR) continue;
            if (sent < 0) return broken(errno);
            auto left = static_cast<std::size_t>(sent);
            while (message.msg_iovlen > 0 && left >= message.msg_iov->iov_len) {
                left -= message.msg_iov->iov_len;
                ++message.msg_iov;
                --message.msg_iovlen;
            }
            if (message.msg_iovlen == 0) break;
            message.msg_iov->iov_base = static_cast<char*>(message.msg_iov->iov_base) + left;
            message.msg_iov->iov_len -= left;
        }
        return {};
    }

    // Reads one response. Returns whether the connection may be used again.
    result<bool> receive(response& in, body_buffer& body) {
        while (true) {
            response_parser parser(in, body, limits_);
            if (auto read = read_header(parser); !read) return std::move(read).error();
            const bool interim = in.status < 200; // RFC 9110 section 15.2: may come at any time
            if (interim) continue;
            auto read = read_body(parser);
            if (!read) return std::move(read).error();
            in.body_size = parser.received();
            return parser.keep_alive();
        }
    }

    result<void> read_header(response_parser& parser) {
        while (true) {
            if (auto parsed = parse(parser); !parsed) return parsed;
            if (parser.is_header_done()) return {};
            auto more = fill();
            if (!more) return std::move(more).error();
            if (!*more) return broken("the connection was closed before the response ended");
        }
    }

    result<void> read_body(response_parser& parser) {
        const auto length = parser.content_length();
        auto target = parser.reserve(static_cast<std::size_t>(length.value_or(4096)));
        if (!target) return std::move(target).error();
        if (parser.is_done()) return {};
        if (length) return read_sized(parser, *target, static_cast<std::size_t>(*length));
        parser.eager(true);
        while (true) {
            if (auto parsed = parse(parser); !parsed) return parsed;
            if (parser.is_done()) return {};
            auto more = fill();
            if (!more) return std::move(more).error();
            if (!*more) return finish_at_end(parser);
        }
    }

    // A body of known length goes from the socket to where it is wanted.
    result<void> read_sized(response_parser& parser, char* target, std::size_t length) {
        const std::size_t early = std::min(filled_, length);
        std::memcpy(target, buffer_.data(), early);
        consume(early);
        parser.advance(early);
        while (parser.received() < length) {
            auto got = read_some(target + parser.received(), length - parser.received());
            if (!got) return std::move(got).error();
            if (*got == 0) return broken("the connection was closed before the response ended");
            parser.advance(*got);
        }
        return {};
    }

    result<void> finish_at_end(response_parser& parser) {
        boost::beast::error_code ec;
        parser.put_eof(ec);
        if (ec) return broken("the connection was closed before the response ended");
        return {};
    }

    // Hands what has arrived to the parser.
    result<void> parse(response_parser& parser) {
        while (filled_ > 0 && !parser.is_done()) {
            boost::beast::error_code ec;
            const bool header = !parser.is_header_done();
            consume(parser.put({buffer_.data(), filled_}, ec));
            if (ec == http::error::need_more) return {};
            if (parser.refused()) return std::move(*parser.refused());
            if (ec) return broken(format<"the response is not HTTP or too long: {}">(ec.message()));
            if (header && parser.is_header_done()) return {};
        }
        return {};
    }

    void consume(std::size_t bytes) noexcept {
        std::memmove(buffer_.data(), buffer_.data() + bytes, filled_ - bytes);
        filled_ -= bytes;
    }

    // Reads more into the buffer. False: the server has closed the connection.
    result<bool> fill() {
        if (filled_ == buffer_.size()) buffer_.resize(2 * buffer_.size());
        auto got = read_some(buffer_.data() + filled_, buffer_.size() - filled_);
        if (!got) return std::move(got).error();
        filled_ += *got;
        return *got > 0;
    }

    result<std::size_t> read_some(char* target, std::size_t size) {
        while (true) {
            const ssize_t got = ::recv(socket_.get(), target, size, 0);
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) return broken(errno);
            answered_ = answered_ || got > 0;
            return static_cast<std::size_t>(got);
        }
    }

    [[nodiscard]] error broken(int number) const {
        return broken(std::system_category().message(number));
    }
    [[nodiscard]] error broken(std::string_view why) const {
        error e = error::transient(format<"the Runtime API at {}: {}">(authority(), why));
        e.code = errc::input_output;
        return e;
    }

    endpoint server_;
    transport_limits limits_;
    descriptor socket_;
    std::string head_;
    std::vector<char> buffer_;
    std::size_t filled_ = 0;
    bool answered_ = false; // a byte of the response has arrived
};

} // namespace detail::transport

std::unique_ptr<runtime::transport> runtime::make_tcp_transport(endpoint server,
                                                                transport_limits limits) {
    return std::make_unique<detail::transport::tcp_transport>(std::move(server), limits);
}

} // namespace headrace
