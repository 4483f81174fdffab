// SPDX-License-Identifier: BSL-1.0
#pragma once

// How is a bootstrap tested without AWS? Against a Runtime API of the test's own, which serves a
// script of events, keeps every answer and can misbehave in the ways that real ones do.

#include <headrace/base/platform.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace headrace::testing {

/// How the server marks the end of an event's body.
enum class framing : std::uint8_t { content_length, chunked, close };

/// One event of the script, and what the server does wrong with it.
struct scripted_event {
    std::string payload;
    /// Lambda-Runtime-Aws-Request-Id; empty: "request-0", "request-1", ... by place in the script.
    std::string id = {};
    /// Header lines beside the id, as they are written.
    std::vector<std::pair<std::string, std::string>> headers = {};
    /// Sends Lambda-Runtime-Deadline-Ms, this long after the event was asked for.
    std::optional<std::chrono::milliseconds> timeout = std::chrono::milliseconds(3000);

    unsigned status = 200;        ///< of the event
    unsigned answer_status = 202; ///< of its response or error; 0: closes without one
    framing body = framing::content_length;
    std::size_t piece = 0;         ///< bytes per write; 0: all in one. With chunked: per chunk
    unsigned dropped_requests = 0; ///< so often the connection is closed instead
    std::optional<std::size_t>
        cut_after{};                ///< closes the connection after so many bytes of the body
    bool without_id = false;        ///< sends no request id
    bool closes_connection = false; ///< after the event was sent, without saying so
};

/// What the server does when the script has ended.
enum class at_end : std::uint8_t {
    gone,  ///< answers 410: no more events
    wait,  ///< does not answer, like Lambda while there is nothing to do
    close, ///< closes the connection and listens no more
};

struct runtime_api_options {
    at_end end = at_end::gone;
    unsigned init_error_status = 202; ///< of a reported init error
    std::string prefix = {};          ///< in front of every path, like "/.rt/orders"
    bool ipv6 = false;                ///< listens on ::1 instead of 127.0.0.1
};

/// One call that the server got, next calls included.
struct received_call {
    std::string method;
    std::string path; ///< without the prefix
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    unsigned status = 0; ///< what it was answered with; 0: the connection was closed

    /// The first header of this name in any case, or an empty text.
    [[nodiscard]] std::string_view header(std::string_view name) const noexcept;
};

/// How an event ended.
enum class answer_kind : std::uint8_t { response, error };

struct received_answer {
    std::string id;
    answer_kind kind = answer_kind::response;
    received_call call;
};

/// A Runtime API on a free loopback port with threads of its own, from construction to destruction.
/// One worker is assumed: while an event has no answer, asking for the next one gives it again, and
/// an id that does not wait for an answer is refused with 400 or 403, all as AWS documents it.
/// Thread-safe.
class runtime_api {
public:
    /// Throws std::system_error when it cannot listen.
    explicit runtime_api(std::vector<scripted_event> script, runtime_api_options options = {},
                         const platform& world = system_platform());
    runtime_api(const runtime_api&) = delete;
    runtime_api& operator=(const runtime_api&) = delete;
    ~runtime_api();

    /// For AWS_LAMBDA_RUNTIME_API: "127.0.0.1:38211", with the prefix "http://...:38211/prefix".
    [[nodiscard]] std::string address() const;

    /// The accepted and refused answers to events so far, in order.
    [[nodiscard]] std::vector<received_answer> answers() const;
    /// The reported init errors.
    [[nodiscard]] std::vector<received_call> init_errors() const;
    /// Every call in order. The bodies of answers and init errors are empty here.
    [[nodiscard]] std::vector<received_call> calls() const;
    /// How many connections were accepted.
    [[nodiscard]] std::size_t connections() const;

    /// A sentence for every event of the script without exactly one answer, every answer to an
    /// unknown or answered event, and every unknown path. Empty: all is well.
    [[nodiscard]] std::vector<std::string> mistakes() const;

    /// Waits until so many answers to events have come.
    void wait_for_answers(std::size_t answers) const;
    /// Waits until the script has ended and another event was asked for.
    void wait_for_end() const;
    /// Waits until the server has closed so many connections by itself.
    void wait_for_closed(std::size_t connections) const;

private:
    class server;
    std::unique_ptr<server> server_;
};

} // namespace headrace::testing
