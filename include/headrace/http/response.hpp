// SPDX-License-Identifier: BSL-1.0
#pragma once

// What an HTTP handler answers with, before the front door that asked decides the JSON form.

#include <headrace/json/codec.hpp>
#include <headrace/routing/outcome.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace headrace::detail {
struct failed_value;
}

namespace headrace::http {

/// One header line. Names compare without case (RFC 9110 section 5.1).
struct header_line {
    std::string name;
    std::string value;
    friend bool operator==(const header_line&, const header_line&) = default;
};

/// Whether the body travels as text or base64 in the JSON reply.
enum class body_kind : std::uint8_t {
    by_content_type, ///< text if the content type says so and the bytes are UTF-8, else base64
    text,            ///< as text; bytes that are not UTF-8 travel as base64 all the same
    binary,          ///< as base64
};

/// An HTTP response. Owns everything; encoding checks it (no CR, LF or other control characters in
/// names, values and cookies, a status of 100 to 599) and refuses what it cannot say.
struct response {
    static constexpr bool needs_http = true; ///< only http routes can answer with it
    std::uint16_t status = 200;
    std::vector<header_line> headers{}; ///< in order, repeated names kept; no Set-Cookie here
    std::vector<std::string> cookies{}; ///< one Set-Cookie value each, as "name=value; Path=/"
    std::string body{};
    body_kind kind = body_kind::by_content_type;

    /// Appends a header line.
    response& header(std::string name, std::string value) & {
        headers.push_back({std::move(name), std::move(value)});
        return *this;
    }
    response&& header(std::string name, std::string value) && {
        return std::move(header(std::move(name), std::move(value)));
    }
    /// Appends a Set-Cookie value.
    response& cookie(std::string value) & {
        cookies.push_back(std::move(value));
        return *this;
    }
    response&& cookie(std::string value) && { return std::move(cookie(std::move(value))); }

    /// A response whose status says that it has failed is that failure and still the reply: 408,
    /// 425, 429, 500, 502, 503 and 504 retry, with what Retry-After says; other 5xx reject. All
    /// others are ok. Whoever means otherwise gives outcome::set_reply() the response.
    operator outcome() &&;
    operator outcome() const&;

    friend bool operator==(const response&, const response&) = default;
};

/// What layers see of a response as a value: its failure, if its status says that it has failed.
[[nodiscard]] std::optional<detail::failed_value> failure_in(const response& r);

/// text/plain; charset=utf-8
[[nodiscard]] response text(std::uint16_t status, std::string body);
/// application/json; `body` is JSON text already.
[[nodiscard]] response json(std::uint16_t status, std::string body);
/// application/json of any value that can be written as JSON. A text is JSON text already.
template <class T> [[nodiscard]] response json(std::uint16_t status, const T& value) {
    std::string body;
    if constexpr (std::is_convertible_v<const T&, std::string_view>)
        body = std::string_view(value);
    else
        writer(body).value(value);
    return json(status, std::move(body));
}

} // namespace headrace::http

template <> inline constexpr bool headrace::is_reply<headrace::http::response> = true;
