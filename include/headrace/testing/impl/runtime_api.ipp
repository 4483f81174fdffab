// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/ascii.hpp>
#include <headrace/base/detail/format.hpp>
#include <headrace/base/platform.hpp>
#include <headrace/json/detail/descriptor.hpp>
#include <headrace/json/detail/percent.hpp>
#include <headrace/testing/runtime_api.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <range/v3/view/zip.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <mutex>
#include <set>
#include <system_error>

namespace headrace {

namespace detail::scripted_api {

using testing::answer_kind;
using testing::at_end;
using testing::framing;
using testing::received_answer;
using testing::received_call;
using testing::runtime_api_options;
using testing::scripted_event;

namespace beast_http = boost::beast::http;

inline void check(bool good, const char* what) {
    if (!good) throw std::system_error(errno, std::system_category(), what);
}

inline descriptor listen_on_loopback(bool ipv6, std::uint16_t& port) {
    descriptor made(::socket(ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    check(bool(made), "socket");
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_addr = in6addr_loopback;
    auto* const address =
        ipv6 ? reinterpret_cast<sockaddr*>(&v6) : reinterpret_cast<sockaddr*>(&v4);
    socklen_t size = ipv6 ? sizeof v6 : sizeof v4;
    check(::bind(made.get(), address, size) == 0, "bind");
    check(::listen(made.get(), 64) == 0, "listen");
    check(::getsockname(made.get(), address, &size) == 0, "getsockname");
    port = ntohs(ipv6 ? v6.sin6_port : v4.sin_port);
    return made;
}

// False: the other side has closed the connection.
inline bool send_all(int socket, std::string_view bytes) noexcept {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

} // namespace detail::scripted_api

std::string_view testing::received_call::header(std::string_view name) const noexcept {
    for (const auto& [known, value] : headers) {
        if (detail::same_but_for_case(known, name)) return value;
    }
    return {};
}

namespace detail::scripted_api {

// Reads requests from one connection.
class request_reader {
public:
    explicit request_reader(int socket) noexcept : socket_(socket) {}

    // Nothing: the connection has ended, or what came is not a request.
    std::optional<received_call> next() {
        beast_http::request_parser<beast_http::string_body> parser;
        parser.body_limit(boost::none);
        parser.eager(true);
        while (!parser.is_done()) {
            if (buffer_.empty() && !fill()) return std::nullopt;
            boost::beast::error_code problem;
            const auto used = parser.put(boost::asio::buffer(buffer_), problem);
            buffer_.erase(0, used);
            if (problem == beast_http::error::need_more) {
                if (!fill()) return std::nullopt;
            } else if (problem) {
                return std::nullopt;
            }
        }
        return taken(parser.release());
    }

private:
    bool fill() {
        char chunk[64 * 1024];
        ssize_t got = 0;
        do {
            got = ::recv(socket_, chunk, sizeof chunk, 0);
        } while (got < 0 && errno == EINTR);
        if (got <= 0) return false;
        buffer_.append(chunk, static_cast<std::size_t>(got));
        return true;
    }

    static received_call taken(beast_http::request<beast_http::string_body> request) {
        received_call call;
        call.method = request.method_string();
        call.path = request.target();
        for (const auto& each : request.base()) {
            call.headers.emplace_back(each.name_string(), each.value());
        }
        call.body = std::move(request.body());
        return call;
    }

    int socket_;
    std::string buffer_;
};

inline std::string status_line(unsigned status) {
    return format<"HTTP/1.1 {} Scripted\r\n">(status);
}

inline std::string plain_response(unsigned status, std::string_view body) {
    return format<"{}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}">(
        status_line(status), body.size(), body);
}

inline std::string hex(std::size_t number) {
    char digits[16];
    return {digits, std::to_chars(digits, digits + sizeof digits, number, 16).ptr};
}

inline std::string percent_decoded(std::string_view text) {
    std::string out;
    append_percent_decoded(out, text, plus_sign::itself);
    return out;
}

class server {
public:
    server(std::vector<scripted_event> script, runtime_api_options options, const platform& world)
        : world_(world),
          options_(std::move(options)),
          script_(std::move(script)),
          answered_(script_.size(), 0),
          listener_(listen_on_loopback(options_.ipv6, port_)) {
        for (std::size_t i = 0; i < script_.size(); ++i) {
            if (script_[i].id.empty()) script_[i].id = format<"request-{}">(i);
        }
        acceptor_ = world_.tasks.start([this] { accept_all(); });
    }
    server(const server&) = delete;
    server& operator=(const server&) = delete;

    ~server() {
        stop_listening();
        acceptor_.reset(); // joins
        {
            const std::lock_guard lock(mutex_);
            for (const int socket : open_) ::shutdown(socket, SHUT_RDWR);
        }
        connections_.clear(); // joins their threads
    }

    [[nodiscard]] std::string address() const {
        const std::string authority = format<"{}:{}">(options_.ipv6 ? "[::1]" : "127.0.0.1", port_);
        return options_.prefix.empty() ? authority
                                       : format<"http://{}{}">(authority, options_.prefix);
    }
    [[nodiscard]] std::vector<received_answer> answers() const {
        const std::lock_guard lock(mutex_);
        return answers_;
    }
    [[nodiscard]] std::vector<received_call> init_errors() const {
        const std::lock_guard lock(mutex_);
        return init_errors_;
    }
    [[nodiscard]] std::vector<received_call> calls() const {
        const std::lock_guard lock(mutex_);
        return calls_;
    }
    [[nodiscard]] std::size_t connections() const {
        const std::lock_guard lock(mutex_);
        return accepted_;
    }
    [[nodiscard]] std::vector<std::string> mistakes() const {
        const std::lock_guard lock(mutex_);
        std::vector<std::string> all = mistakes_;
        for (auto&& [event, times] : ranges::views::zip(script_, answered_)) {
            if (times != 1) all.push_back(format<"{} was answered {} times">(event.id, times));
        }
        return all;
    }
    void wait_for_answers(std::size_t answers) const { wait_for(answer_count_, answers); }
    void wait_for_end() const { wait_for(asked_at_end_, 1); }
    void wait_for_closed(std::size_t connections) const { wait_for(closed_, connections); }

private:
    using counter = std::atomic<std::size_t>;
    static void wait_for(const counter& what, std::size_t wanted) {
        for (std::size_t now = 0; (now = what.load()) < wanted;) what.wait(now);
    }
    static void count(counter& what) {
        ++what;
        what.notify_all();
    }

    struct plan { // what a call is answered with, decided under the lock
        unsigned status = 0;
        std::string body;
        const scripted_event* event = nullptr;
        bool silent = false; // no answer, and the connection stays
    };

    void stop_listening() { ::shutdown(listener_.get(), SHUT_RDWR); } // accept() then fails

    void accept_all() {
        while (true) {
            descriptor socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
            if (!socket && errno == EINTR) continue;
            if (!socket) return;
            const int on = 1;
            ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            {
                const std::lock_guard lock(mutex_);
                ++accepted_;
                open_.insert(socket.get());
            }
            connections_.push_back(
                world_.tasks.start([this, owned = std::move(socket)]() mutable { serve(owned); }));
        }
    }

    void serve(descriptor& socket) {
        request_reader requests(socket.get());
        bool keep = true;
        bool ours = false;
        while (keep) {
            auto call = requests.next();
            if (!call) break;
            keep = answer(socket.get(), *std::move(call));
            ours = !keep;
        }
        const std::lock_guard lock(mutex_);
        open_.erase(socket.get());
        // Under the lock, so that whoever waited for it finds the connection closed. shutdown()
        // tells the other side even while a child process has the descriptor too.
        ::shutdown(socket.get(), SHUT_RDWR);
        socket = descriptor();
        if (!ours) return;
        count(closed_);
    }

    // Returns whether the connection stays.
    bool answer(int socket, received_call call) {
        plan p;
        {
            const std::lock_guard lock(mutex_);
            p = decide(std::move(call));
        }
        if (p.silent) return true;
        if (p.event && p.status != 0) return send_event(socket, *p.event);
        if (p.status == 0) return false;
        return send_all(socket, plain_response(p.status, p.body));
    }

    plan decide(received_call call) {
        constexpr std::string_view runtime = "/2018-06-01/runtime/";
        std::string_view path = call.path;
        const bool known = path.starts_with(options_.prefix)
                           && path.substr(options_.prefix.size()).starts_with(runtime);
        if (known) path.remove_prefix(options_.prefix.size() + runtime.size());
        const std::string rest = known ? std::string(path) : std::string();
        call.path.erase(0, known ? options_.prefix.size() : 0);
        if (rest == "invocation/next" && call.method == "GET") return next(std::move(call));
        if (call.method == "POST") {
            if (rest == "init/error") return init_error(std::move(call));
            for (const auto kind : {answer_kind::response, answer_kind::error}) {
                const std::string_view end = kind == answer_kind::error ? "/error" : "/response";
                if (!rest.starts_with("invocation/") || !rest.ends_with(end)) continue;
                const auto id = rest.substr(11, rest.size() - 11 - end.size());
                return settle(std::move(call), kind, percent_decoded(id));
            }
        }
        mistakes_.push_back(format<"there is no {} {}">(call.method, call.path));
        return record(std::move(call), {404, R"({"errorType":"NotFound"})"});
    }

    plan record(received_call call, plan p) {
        call.status = p.status;
        call.body.clear();
        calls_.push_back(std::move(call));
        return p;
    }

    plan next(received_call call) {
        if (position_ == script_.size()) {
            if (options_.end == at_end::close) stop_listening();
            count(asked_at_end_);
            if (options_.end == at_end::wait) {
                return record(std::move(call), {0, {}, nullptr, true});
            }
            return record(std::move(call), {options_.end == at_end::gone ? 410u : 0u, "{}"});
        }
        scripted_event& event = script_[position_];
        if (event.dropped_requests > 0) {
            --event.dropped_requests;
            return record(std::move(call), {});
        }
        waiting_ = true;
        return record(std::move(call), {event.status, {}, &event});
    }

    plan init_error(received_call call) {
        call.status = options_.init_error_status;
        init_errors_.push_back(call);
        return record(std::move(call), {options_.init_error_status, R"({"status":"OK"})"});
    }

    plan settle(received_call call, answer_kind kind, const std::string& id) {
        plan p{202, R"({"status":"OK"})"};
        const auto event = std::ranges::find(script_, id, &scripted_event::id);
        const auto place = static_cast<std::size_t>(event - script_.begin());
        if (event == script_.end() || place > position_ || (place == position_ && !waiting_)) {
            mistakes_.push_back(format<"an answer came for {}, which waits for none">(id));
            p = {400, R"({"errorMessage":"invalid request id","errorType":"InvalidRequestID"})"};
        } else if (++answered_[place] > 1) {
            p = {403,
                 R"({"errorMessage":"already answered","errorType":"InvalidStateTransition"})"};
        } else {
            p.status = event->answer_status;
            waiting_ = false;
            ++position_;
        }
        call.status = p.status;
        answers_.push_back({id, kind, call});
        count(answer_count_);
        return record(std::move(call), std::move(p));
    }

    // The script's events do not move and, once they are served, do not change: no lock is needed.
    bool send_event(int socket, const scripted_event& event) {
        std::string head = status_line(event.status);
        if (!event.without_id)
            append_format<"Lambda-Runtime-Aws-Request-Id: {}\r\n">(head, event.id);
        if (event.timeout) {
            using std::chrono::milliseconds;
            const auto deadline =
                std::chrono::floor<milliseconds>(detail::later(world_.clock.now(), *event.timeout))
                    .time_since_epoch();
            append_format<"Lambda-Runtime-Deadline-Ms: {}\r\n">(head, deadline.count());
        }
        for (const auto& [name, value] : event.headers) {
            append_format<"{}: {}\r\n">(head, name, value);
        }
        if (event.body == framing::chunked) head += "Transfer-Encoding: chunked\r\n";
        if (event.body == framing::content_length) {
            append_format<"Content-Length: {}\r\n">(head, event.payload.size());
        }
        head += "\r\n";
        return send_in_pieces(socket, event, std::move(head)) && !event.closes_connection
               && !event.cut_after && event.body != framing::close;
    }

    static bool send_in_pieces(int socket, const scripted_event& event, std::string head) {
        std::string_view body = event.payload;
        if (event.cut_after) body = body.substr(0, *event.cut_after);
        const std::size_t piece =
            event.piece == 0 ? std::max<std::size_t>(body.size(), 1) : event.piece;
        if (event.piece == 0) head += framed(event, body);
        if (!send_split(socket, head, event.piece)) return false;
        for (std::size_t at = 0; event.piece != 0 && at < body.size(); at += piece) {
            const std::string part = framed(event, body.substr(at, piece));
            if (!send_split(socket, part, event.piece)) return false;
        }
        const bool ends = event.body == framing::chunked && !event.cut_after;
        return !ends || send_all(socket, "0\r\n\r\n");
    }

    // The smallest pieces also cut headers and chunk sizes.
    static bool send_split(int socket, std::string_view bytes, std::size_t piece) {
        const std::size_t step = piece == 1 ? 1 : std::max<std::size_t>(bytes.size(), 1);
        for (std::size_t at = 0; at < bytes.size(); at += step) {
            if (!send_all(socket, bytes.substr(at, step))) return false;
        }
        return true;
    }

    static std::string framed(const scripted_event& event, std::string_view part) {
        if (event.body != framing::chunked || part.empty()) return std::string(part);
        return format<"{}\r\n{}\r\n">(hex(part.size()), part);
    }

    const platform world_;
    const runtime_api_options options_;
    mutable std::mutex mutex_;
    std::vector<scripted_event> script_;
    std::vector<unsigned> answered_; // how often, by place in the script
    std::size_t position_ = 0;       // of the event that is served, or will be next
    bool waiting_ = false;           // the event at position_ was served and has no answer
    std::vector<received_answer> answers_;
    std::vector<received_call> init_errors_;
    std::vector<received_call> calls_;
    std::vector<std::string> mistakes_;
    std::set<int> open_;
    std::size_t accepted_ = 0;
    counter answer_count_ = 0;
    counter asked_at_end_ = 0;
    counter closed_ = 0;
    std::uint16_t port_ = 0;
    descriptor listener_;
    std::vector<std::unique_ptr<executor::task>>
        connections_; // touched by the acceptor alone, until it has ended
    std::unique_ptr<executor::task> acceptor_;
};

} // namespace detail::scripted_api

namespace testing {

class runtime_api::server : public detail::scripted_api::server {
    using detail::scripted_api::server::server;
};

runtime_api::runtime_api(std::vector<scripted_event> script, runtime_api_options options,
                         const platform& world)
    : server_(std::make_unique<server>(std::move(script), std::move(options), world)) {}
runtime_api::~runtime_api() = default;

std::string runtime_api::address() const { return server_->address(); }
std::vector<received_answer> runtime_api::answers() const { return server_->answers(); }
std::vector<received_call> runtime_api::init_errors() const { return server_->init_errors(); }
std::vector<received_call> runtime_api::calls() const { return server_->calls(); }
std::size_t runtime_api::connections() const { return server_->connections(); }
std::vector<std::string> runtime_api::mistakes() const { return server_->mistakes(); }
void runtime_api::wait_for_answers(std::size_t answers) const {
    server_->wait_for_answers(answers);
}
void runtime_api::wait_for_end() const { server_->wait_for_end(); }
void runtime_api::wait_for_closed(std::size_t connections) const {
    server_->wait_for_closed(connections);
}

} // namespace testing

} // namespace headrace
