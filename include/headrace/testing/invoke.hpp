// SPDX-License-Identifier: BSL-1.0
#pragma once

// What does an app answer to an event? One call, the whole way: recognise, decode, route, layers,
// handler, reply.
//   const auto reply = testing::invoke(orders, testing::get("/orders/1001"));
//   CHECK(reply.status() == 200);

#include <headrace/base/error.hpp>
#include <headrace/base/result.hpp>
#include <headrace/json/decode.hpp>
#include <headrace/routing/router.hpp>
#include <headrace/testing/world.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headrace::testing {

/// What the caller of the function gets. Owns everything.
class reply {
public:
    reply(std::string text, std::optional<headrace::error> problem)
        : text_(std::move(text)), error_(std::move(problem)) {}

    /// JSON; empty if the function failed.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    /// Set: the invocation failed, Lambda reports a function error.
    [[nodiscard]] const std::optional<headrace::error>& error() const noexcept { return error_; }
    [[nodiscard]] bool succeeded() const noexcept { return !error_; }
    /// The reply decoded as a T.
    template <class T> [[nodiscard]] result<decoded<T>> as() const { return decode<T>(text_); }

    // ---- of an HTTP route, in whichever form the front door wants its replies -----------------
    /// 0 if this is no HTTP reply.
    [[nodiscard]] std::uint16_t status() const;
    /// The values of a header of this name in any case, joined with ", "; "" if there is none.
    [[nodiscard]] std::string header(std::string_view name) const;
    /// The values of Set-Cookie.
    [[nodiscard]] std::vector<std::string> cookies() const;
    /// The body, decoded if it travels as base64.
    [[nodiscard]] std::string body() const;

    // ---- of a batch ---------------------------------------------------------------------------
    /// The identifiers of the records that are to be delivered again.
    [[nodiscard]] std::vector<std::string> failed_records() const;

private:
    std::string text_;
    std::optional<headrace::error> error_;
};

/// Something with an event in it: the builders of builders.hpp.
template <class B>
concept event_builder = requires(const B& b) {
    { b.json() } -> std::same_as<std::string>;
};

/// Builds the app, if that has not been done, and runs it once in this world.
/// Throws failure with all mistakes if the app cannot be built.
[[nodiscard]] reply invoke(router& app, std::string_view event, const world& in,
                           std::chrono::milliseconds timeout = world::default_timeout);
/// The same in a world of its own.
[[nodiscard]] reply invoke(router& app, std::string_view event);

template <event_builder B>
[[nodiscard]] reply invoke(router& app, const B& event, const world& in,
                           std::chrono::milliseconds timeout = world::default_timeout) {
    return invoke(app, std::string_view(event.json()), in, timeout);
}
template <event_builder B> [[nodiscard]] reply invoke(router& app, const B& event) {
    return invoke(app, std::string_view(event.json()));
}

} // namespace headrace::testing
