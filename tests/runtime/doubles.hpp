// SPDX-License-Identifier: BSL-1.0
#pragma once

// What the tests of the runtime put in place of the world: an environment, a kept log, a service
// made of functions, and a server that sends fixed bytes.

#include <headrace/base/platform.hpp>
#include <headrace/json/detail/descriptor.hpp>
#include <headrace/routing/service.hpp>
#include <headrace/runtime/transport.hpp>
#include <headrace/testing/runtime_api.hpp>

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace doubles {

using namespace headrace;

struct variables final : environment {
    [[nodiscard]] std::optional<std::string> get(std::string_view name) const override {
        const auto found = all.find(name);
        return found == all.end() ? std::nullopt : std::optional(found->second);
    }
    std::map<std::string, std::string, std::less<>> all;
};

struct kept_log final : log_output {
    void line(std::string_view text) noexcept override {
        const std::lock_guard lock(mutex);
        lines.emplace_back(text);
    }
    [[nodiscard]] bool contains(std::string_view text) const {
        for (const std::string& l : lines) {
            if (l.find(text) != l.npos) return true;
        }
        return false;
    }
    std::mutex mutex;
    std::vector<std::string> lines;
};

// The real clock, executor and entropy with an environment and a log of the test's own.
struct world {
    world() = default;
    explicit world(const std::string& api) { env.all["AWS_LAMBDA_RUNTIME_API"] = api; }

    variables env;
    kept_log log;
    platform real = system_platform();
    platform all{real.clock, real.tasks, real.random, env, log};
};

struct lambda_service final : service {
    using handler = std::function<reply_bytes(workspace&, std::string_view, context&)>;
    explicit lambda_service(handler h) : on_event(std::move(h)) {}

    result<void> start(const platform& w) override {
        return on_start ? on_start(w) : result<void>();
    }
    reply_bytes handle(workspace& memory, std::string_view payload, context& ctx) override {
        return on_event(memory, payload, ctx);
    }
    handler on_event;
    std::function<result<void>(const platform&)> on_start;
};

inline reply_bytes echo(workspace&, std::string_view payload, context&) {
    return {std::string(payload), std::nullopt};
}

// Receives bodies into a string.
struct text_buffer final : runtime::body_buffer {
    [[nodiscard]] result<char*> grow(std::size_t used, std::size_t size) override {
        std::string larger(size, '?');
        larger.replace(0, used, text, 0, used);
        text.swap(larger);
        ++calls;
        return text.data();
    }
    [[nodiscard]] std::string_view taken(const runtime::response& in) const {
        return std::string_view(text).substr(0, in.body_size);
    }
    std::string text;
    int calls = 0;
};

// Accepts one connection after the other, waits for the end of a request's headers, sends the next
// of `replies` and closes: after or without reading the rest, or not before the other side does.
class canned_server {
public:
    enum class rest { read, unread, stays_open, gives_up };
    explicit canned_server(std::vector<std::string> replies, rest after = rest::read)
        : replies_(std::move(replies)),
          after_(after),
          listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* const generic = reinterpret_cast<sockaddr*>(&address);
        REQUIRE(::bind(listener_.get(), generic, size) == 0);
        REQUIRE(::listen(listener_.get(), 8) == 0);
        REQUIRE(::getsockname(listener_.get(), generic, &size) == 0);
        port = std::to_string(ntohs(address.sin_port));
        task_ = system_platform().tasks.start([this] { serve(); });
    }
    canned_server(const canned_server&) = delete;
    ~canned_server() { finish(); }

    // What was received, one text a connection.
    std::vector<std::string> finish() {
        ::shutdown(listener_.get(), SHUT_RDWR);
        task_.reset();
        return requests_;
    }
    [[nodiscard]] runtime::endpoint address() const { return {"127.0.0.1", port, ""}; }

    std::string port;

private:
    void serve() {
        for (const std::string& reply : replies_) {
            const detail::descriptor socket(::accept(listener_.get(), nullptr, nullptr));
            if (!socket) return;
            std::string request;
            char chunk[4096];
            while (request.find("\r\n\r\n") == request.npos) {
                const auto got = ::recv(socket.get(), chunk, sizeof chunk, 0);
                if (got <= 0) break;
                request.append(chunk, static_cast<std::size_t>(got));
            }
            requests_.push_back(request);
            (void)::send(socket.get(), reply.data(), reply.size(), MSG_NOSIGNAL);
            if (after_ == rest::unread) continue;
            if (after_ == rest::read) ::shutdown(socket.get(), SHUT_WR);
            while (::recv(socket.get(), chunk, sizeof chunk, 0) > 0) {
                if (after_ == rest::stays_open) break; // a second request, which gets no answer
                if (after_ != rest::gives_up) continue;
                constexpr std::string_view idle = "HTTP/1.1 408 Idle\r\nContent-Length: 0\r\n\r\n";
                (void)::send(socket.get(), idle.data(), idle.size(), MSG_NOSIGNAL);
            }
        }
    }

    std::vector<std::string> replies_;
    rest after_;
    std::vector<std::string> requests_;
    detail::descriptor listener_;
    std::unique_ptr<executor::task> task_;
};

} // namespace doubles
