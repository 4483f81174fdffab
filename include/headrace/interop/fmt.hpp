// SPDX-License-Identifier: BSL-1.0
#pragma once

// How do headrace's values look in text? Formatters for {fmt}, for programs that use it: include
// this and write fmt::print("{}\n", outcome). Width and precision work as for any text.

#include <headrace/base/error.hpp>
#include <headrace/base/logger.hpp>
#include <headrace/base/result.hpp>
#include <headrace/http/door.hpp>
#include <headrace/http/pattern.hpp>
#include <headrace/http/request.hpp>
#include <headrace/http/response.hpp>
#include <headrace/json/json.hpp>
#include <headrace/json/text.hpp>
#include <headrace/json/time.hpp>
#include <headrace/layers/circuit_breaker.hpp>
#include <headrace/routing/outcome.hpp>
#include <headrace/routing/router.hpp>
#include <headrace/sources/s3.hpp>

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <type_traits>

namespace headrace::detail {

/// A formatter that makes a text of the value first; Self::text(value) says which.
template <class Self> struct text_formatter : fmt::formatter<std::string_view> {
    auto format(const auto& value, auto& context) const {
        return fmt::formatter<std::string_view>::format(Self::text(value), context);
    }
};
/// For types that to_string() names.
template <class T> struct name_formatter : text_formatter<name_formatter<T>> {
    static std::string_view text(T value) noexcept { return to_string(value); }
};
/// For types that keep the text of the wire.
template <class T> struct kept_formatter : text_formatter<kept_formatter<T>> {
    static std::string_view text(const T& value) noexcept { return value.text(); }
};

} // namespace headrace::detail

// ---- names --------------------------------------------------------------------------------------

template <>
struct fmt::formatter<headrace::errc> : headrace::detail::name_formatter<headrace::errc> {};
template <>
struct fmt::formatter<headrace::error_class>
    : headrace::detail::name_formatter<headrace::error_class> {};
template <>
struct fmt::formatter<headrace::verdict> : headrace::detail::name_formatter<headrace::verdict> {};
template <>
struct fmt::formatter<headrace::log_level> : headrace::detail::name_formatter<headrace::log_level> {
};
template <>
struct fmt::formatter<headrace::breaker_state>
    : headrace::detail::name_formatter<headrace::breaker_state> {};
template <>
struct fmt::formatter<headrace::http::door>
    : headrace::detail::name_formatter<headrace::http::door> {};

// ---- texts of the wire --------------------------------------------------------------------------

template <>
struct fmt::formatter<headrace::raw_json> : headrace::detail::kept_formatter<headrace::raw_json> {};
template <>
struct fmt::formatter<headrace::iso_time> : headrace::detail::kept_formatter<headrace::iso_time> {};
template <>
struct fmt::formatter<headrace::clf_time> : headrace::detail::kept_formatter<headrace::clf_time> {};
template <>
struct fmt::formatter<headrace::base64> : headrace::detail::kept_formatter<headrace::base64> {};
template <>
struct fmt::formatter<headrace::form_key> : headrace::detail::kept_formatter<headrace::form_key> {};
template <>
struct fmt::formatter<headrace::s3::sequencer>
    : headrace::detail::kept_formatter<headrace::s3::sequencer> {};
template <class Unit>
struct fmt::formatter<headrace::epoch_time<Unit>>
    : headrace::detail::kept_formatter<headrace::epoch_time<Unit>> {};
template <class T>
struct fmt::formatter<headrace::number_text<T>>
    : headrace::detail::kept_formatter<headrace::number_text<T>> {};
template <class E>
struct fmt::formatter<headrace::open_enum<E>>
    : headrace::detail::kept_formatter<headrace::open_enum<E>> {};
template <>
struct fmt::formatter<headrace::http::pattern>
    : headrace::detail::kept_formatter<headrace::http::pattern> {};

// ---- values -------------------------------------------------------------------------------------

/// "/Records/1/size: expected an integer"
template <>
struct fmt::formatter<headrace::error>
    : headrace::detail::text_formatter<fmt::formatter<headrace::error>> {
    static std::string text(const headrace::error& e) { return describe(e); }
};

/// "ok", "retry: too many requests"
template <>
struct fmt::formatter<headrace::outcome>
    : headrace::detail::text_formatter<fmt::formatter<headrace::outcome>> {
    static std::string text(const headrace::outcome& o) {
        std::string out(to_string(o.verdict()));
        if (o.error() != nullptr) out.append(": ").append(describe(*o.error()));
        return out;
    }
};

/// The value, or "error: " and what went wrong; "ok" for a result<void>.
template <class T>
    requires(std::is_void_v<T> || fmt::is_formattable<T>::value)
struct fmt::formatter<headrace::result<T>>
    : headrace::detail::text_formatter<fmt::formatter<headrace::result<T>>> {
    static std::string text(const headrace::result<T>& made) {
        if (!made) return "error: " + describe(made.error());
        if constexpr (std::is_void_v<T>)
            return "ok";
        else
            return fmt::format("{}", *made);
    }
};

/// "GET /orders/1001": method and path. The query may hold secrets and is left out.
template <>
struct fmt::formatter<headrace::http::request>
    : headrace::detail::text_formatter<fmt::formatter<headrace::http::request>> {
    static std::string text(const headrace::http::request& r) {
        return fmt::format("{} {}", r.method(), r.path());
    }
};

/// "200, 17 bytes"
template <>
struct fmt::formatter<headrace::http::response>
    : headrace::detail::text_formatter<fmt::formatter<headrace::http::response>> {
    static std::string text(const headrace::http::response& r) {
        return fmt::format("{}, {} bytes", r.status, r.body.size());
    }
};

/// A line of the routing table: "sqs queue orders  [access_log, deadline_guard]"
template <>
struct fmt::formatter<headrace::route_info>
    : headrace::detail::text_formatter<fmt::formatter<headrace::route_info>> {
    static std::string text(const headrace::route_info& route) {
        if (route.layers.empty()) return std::string(route.text);
        return fmt::format("{}  [{}]", route.text, fmt::join(route.layers, ", "));
    }
};
