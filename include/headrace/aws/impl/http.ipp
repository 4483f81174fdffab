// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/aws/http.hpp>
#include <headrace/base/detail/ascii.hpp>
#include <headrace/base/detail/authority.hpp>
#include <headrace/base/detail/format.hpp>
#include <headrace/net/detail/connections.hpp>

#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>

namespace headrace::aws {

namespace http_exchange {

namespace beast_http = boost::beast::http;

inline bool is_visible(std::string_view text, char from) noexcept {
    return std::ranges::all_of(text, [=](char c) { return (c >= from || c < 0) && c != 0x7F; });
}

inline error broken(const std::string& authority, std::string_view why) {
    error e = error::transient(detail::format<"{}: {}">(authority, why));
    e.code = errc::input_output;
    return e;
}

// One connection with what has arrived over it.
class connection {
public:
    connection(net::stream& over, const std::string& authority, const http_limits& limits,
               const detail::stopwatch& time)
        : over_(over), authority_(authority), limits_(limits), time_(time), buffer_(16u << 10) {}

    result<http_response> exchange(std::string_view head, std::string_view body) {
        if (time_.is_over()) return late();
        // One write, so that a small request is one packet.
        std::string whole;
        whole.reserve(head.size() + body.size());
        whole.append(head).append(body);
        auto sent = over_.write(whole, time_.left());
        auto received = receive();
        // A server may refuse a request before it has read all of it. Its answer counts.
        if (!sent && !answered_) return std::move(sent).error();
        return received;
    }
    [[nodiscard]] bool is_reusable() const noexcept { return reusable_ && filled_ == 0; }
    [[nodiscard]] bool has_answered() const noexcept { return answered_; }
    [[nodiscard]] bool is_late() const { return time_.is_over(); }

private:
    using parser = beast_http::response_parser<beast_http::string_body>;

    result<http_response> receive() {
        for (;;) {
            parser one;
            one.body_limit(limits_.body);
            one.header_limit(static_cast<std::uint32_t>(limits_.head));
            one.eager(true);
            if (auto read = read_whole(one); !read) return std::move(read).error();
            if (one.get().result_int() < 200) continue; // RFC 9110 section 15.2
            reusable_ = one.keep_alive();
            return taken(one);
        }
    }

    static http_response taken(parser& one) {
        http_response out;
        out.status = one.get().result_int();
        for (const auto& each : one.get().base()) {
            const auto name = each.name_string();
            const auto value = each.value();
            out.headers.push_back({{name.data(), name.size()}, {value.data(), value.size()}});
        }
        out.body = std::move(one.get().body());
        return out;
    }

    // A body that ends where the connection does could have been cut, so there is none of these.
    result<void> read_whole(parser& one) {
        for (;;) {
            if (auto parsed = parse(one); !parsed) return parsed;
            if (one.is_done()) return {};
            auto more = fill();
            if (!more) return std::move(more).error();
            if (*more == 0) return broken(authority_, "the connection ended before the answer");
        }
    }

    result<void> parse(parser& one) {
        while (filled_ > 0 && !one.is_done()) {
            boost::beast::error_code ec;
            const auto used = one.put(boost::asio::const_buffer(buffer_.data(), filled_), ec);
            std::memmove(buffer_.data(), buffer_.data() + used, filled_ - used);
            filled_ -= used;
            if (ec == beast_http::error::need_more) return {};
            if (ec == beast_http::error::body_limit || ec == beast_http::error::header_limit) {
                return too_long();
            }
            if (ec)
                return broken(authority_,
                              detail::format<"the answer is not HTTP: {}">(ec.message()));
        }
        return {};
    }

    result<std::size_t> fill() {
        if (filled_ == buffer_.size()) {
            // The parser takes bodies as they come, but no line before its end.
            if (filled_ > limits_.head) return too_long();
            buffer_.resize(2 * buffer_.size());
        }
        if (time_.is_over()) return late();
        auto got = over_.read_some(std::span(buffer_).subspan(filled_), time_.left());
        if (!got) return got;
        filled_ += *got;
        answered_ = answered_ || *got > 0;
        return got;
    }

    [[nodiscard]] error too_long() const {
        error e = error::permanent(detail::format<"{}: the answer is too long">(authority_));
        e.code = errc::too_large;
        return e;
    }
    [[nodiscard]] error late() const {
        error e = error::transient(detail::format<"{}: no answer in time">(authority_));
        e.code = errc::timed_out;
        return e;
    }

    net::stream& over_;
    const std::string& authority_;
    const http_limits& limits_;
    const detail::stopwatch& time_;
    std::vector<char> buffer_;
    std::size_t filled_ = 0;
    bool answered_ = false;
    bool reusable_ = false;
};

} // namespace http_exchange

class http_client::pool {
public:
    pool(net::connector& by, net::peer to, http_limits limits)
        : connector_(by), peer_(std::move(to)), limits_(limits), idle_(limits.kept, limits.idle) {
        const bool address = peer_.host.find(':') != std::string::npos;
        authority_ = address ? "[" + peer_.host + "]" : peer_.host;
        if (peer_.port != (peer_.tls ? "443" : "80")) authority_ += ":" + peer_.port;
    }

    [[nodiscard]] const std::string& authority() const noexcept { return authority_; }

    result<http_response> exchange(const context& ctx, const http_request& request) {
        auto head = write_head(request);
        if (!head) return std::move(head).error();
        if (ctx.remaining() <= std::chrono::milliseconds(0)) {
            return error::deadline(
                detail::format<"no time is left for a request to {}">(authority_));
        }
        const detail::stopwatch time(ctx, limits_.exchange);
        if (auto kept = idle_.take(time.clock())) {
            http_exchange::connection one(*kept, authority_, limits_, time);
            auto answer = one.exchange(*head, request.body);
            if (answer && one.is_reusable()) idle_.keep(std::move(kept), time.clock());
            if (answer || one.has_answered()) return answer;
            idle_.drop_all(); // one of them is dead, so the others are not fresher
            if (one.is_late()) return answer;
        }
        auto made = connector_.connect(peer_, std::min(limits_.connect, time.left()));
        if (!made) return std::move(made).error();
        http_exchange::connection one(**made, authority_, limits_, time);
        auto answer = one.exchange(*head, request.body);
        if (answer && one.is_reusable()) idle_.keep(*std::move(made), time.clock());
        return answer;
    }

private:
    result<std::string> write_head(const http_request& request) const {
        using http_exchange::is_visible;
        std::string head;
        if (!is_visible(request.target, 0x21)) {
            return error::bug("a request target has characters that do not belong there");
        }
        head.append(request.method).append(" ").append(request.target).append(" HTTP/1.1\r\n");
        head.append("Host: ").append(authority_).append("\r\n");
        for (const auto& line : request.headers) {
            if (!is_visible(line.name, 0x21) || !is_visible(line.value, 0x20)) {
                return error::bug(
                    detail::format<"the request header {} has characters that do not belong there">(
                        line.name));
            }
            head.append(line.name).append(": ").append(line.value).append("\r\n");
        }
        if (request.method != "GET") {
            head.append("Content-Length: ").append(std::to_string(request.body.size()));
            head.append("\r\n");
        }
        head.append("\r\n");
        return head;
    }

    net::connector& connector_;
    net::peer peer_;
    http_limits limits_;
    std::string authority_;
    detail::pool<net::stream> idle_;
};

http_client::http_client(net::connector& by, net::peer to, http_limits limits)
    : pool_(std::make_unique<pool>(by, std::move(to), limits)) {}
http_client::~http_client() = default;

const std::string& http_client::authority() const noexcept { return pool_->authority(); }

result<http_response> http_client::exchange(const context& ctx, const http_request& request) {
    return pool_->exchange(ctx, request);
}

std::string_view http_response::find(std::string_view name) const noexcept {
    for (const auto& each : headers) {
        if (detail::same_but_for_case(each.name, name)) return each.value;
    }
    return {};
}

result<http_url> parse_http_url(std::string_view text, std::string_view what) {
    const auto bad = [&](const char* why) {
        return error::invalid(detail::format<"{} {}; expected http://host:port/path">(what, why));
    };
    if (!http_exchange::is_visible(text, 0x21)) return bad("has white space in it");
    http_url out;
    const auto colon = text.find("://");
    if (colon == text.npos) return bad("is not a URL of http or https");
    const auto scheme = text.substr(0, colon);
    out.server.tls = detail::same_but_for_case(scheme, "https");
    if (!out.server.tls && !detail::same_but_for_case(scheme, "http"))
        return bad("is not a URL of http or https");
    text.remove_prefix(colon + 3);
    const auto end = std::min(text.find_first_of("/?#"), text.size());
    const auto authority = text.substr(0, end);
    out.target = text.substr(end, text.substr(end).find('#'));
    if (!out.target.starts_with('/')) out.target.insert(0, "/");
    if (authority.find('@') != authority.npos) return bad("names a user");
    const auto server = detail::read_authority(authority);
    if (server.wrong != nullptr) return bad(server.wrong);
    out.server.host = server.host;
    out.server.port = !server.port.empty() ? server.port : out.server.tls ? "443" : "80";
    return out;
}

} // namespace headrace::aws
