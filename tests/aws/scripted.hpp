// SPDX-License-Identifier: BSL-1.0
#pragma once

// A server that answers as a test has written down.

#include <headrace/net/stream.hpp>

#include <algorithm>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace scripted {

using headrace::result;
using std::chrono::milliseconds;

/// An answer with a body and its length.
inline std::string answered(std::string_view status, std::string_view body,
                            std::string_view more_headers = {}) {
    std::string out("HTTP/1.1 ");
    out.append(status).append("\r\nContent-Length: ").append(std::to_string(body.size()));
    out.append("\r\n").append(more_headers).append("\r\n").append(body);
    return out;
}

/// What one connection answers, one text for each request; after the last one it is closed.
using answers = std::deque<std::string>;

struct connector final : headrace::net::connector {
    explicit connector(std::vector<answers> each) : connections(each.begin(), each.end()) {}

    std::deque<answers> connections; ///< that are still to come; then connecting fails
    std::vector<headrace::net::peer> peers;
    std::vector<std::string> requests;
    std::size_t piece = 1'000'000;                ///< bytes that arrive at once
    std::function<void(milliseconds)> on_silence; ///< when nothing will come, with the time to wait

    result<std::unique_ptr<headrace::net::stream>> connect(const headrace::net::peer& to,
                                                           milliseconds) override {
        peers.push_back(to);
        if (connections.empty()) return broken("connect");
        auto made = std::make_unique<stream>(*this, std::move(connections.front()));
        connections.pop_front();
        return std::unique_ptr<headrace::net::stream>(std::move(made));
    }

private:
    static headrace::error broken(std::string why) {
        auto e = headrace::error::transient(std::move(why));
        e.code = headrace::errc::input_output;
        return e;
    }
    struct stream final : headrace::net::stream {
        stream(connector& by, answers all) : of(by), left(std::move(all)) {}
        result<void> write(std::string_view bytes, milliseconds) override {
            of.requests.emplace_back(bytes);
            if (left.empty()) return {};
            pending += left.front();
            left.pop_front();
            return {};
        }
        result<std::size_t> read_some(std::span<char> into, milliseconds within) override {
            if (pending.empty() && of.on_silence) {
                of.on_silence(within);
                return broken("read");
            }
            const auto size = std::min({into.size(), of.piece, pending.size()});
            std::copy_n(pending.begin(), size, into.begin());
            pending.erase(0, size);
            return size;
        }
        connector& of;
        answers left;
        std::string pending;
    };
};

} // namespace scripted
