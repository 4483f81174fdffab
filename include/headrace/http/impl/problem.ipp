// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/ascii.hpp>
#include <headrace/base/detail/format.hpp>
#include <headrace/base/detail/http_date.hpp>
#include <headrace/http/fields.hpp>
#include <headrace/http/problem.hpp>
#include <headrace/json/writer.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <system_error>
#include <utility>

namespace headrace::detail::http_problem {

// May the caller read the error's message?
inline bool is_for_the_caller(std::uint16_t status, const error& e) noexcept {
    return status < 500 && e.kind != error_class::bug && e.kind != error_class::permanent
           && e.code != errc::exception;
}

inline error with_status(error e, std::uint16_t status) {
    e.http_status = status;
    return e;
}

constexpr bool may_change(std::uint16_t status) noexcept {
    return status <= 500 || (status >= 502 && status <= 504);
}

inline std::string_view retry_after(const http::response& r) noexcept {
    for (const auto& each : r.headers) {
        if (http::caseless_names::same(each.name, "retry-after")) {
            return trimmed(each.value);
        }
    }
    return {};
}

inline std::optional<std::chrono::milliseconds> read_seconds(std::string_view text) noexcept {
    constexpr auto most =
        std::chrono::floor<std::chrono::seconds>(std::chrono::milliseconds::max()).count();
    const char* const end = text.data() + text.size();
    std::uint64_t number = 0;
    const auto [stop, problem] = std::from_chars(text.data(), end, number);
    if (stop != end || problem == std::errc::invalid_argument) return std::nullopt;
    const bool for_ever = problem != std::errc() || number > static_cast<std::uint64_t>(most);
    return for_ever ? std::chrono::milliseconds::max()
                    : std::chrono::seconds(static_cast<std::int64_t>(number));
}

} // namespace headrace::detail::http_problem

namespace headrace::http {

std::string_view reason_phrase(std::uint16_t status) noexcept {
    switch (status) {
    case 100: return "Continue";
    case 101: return "Switching Protocols";
    case 103: return "Early Hints";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 203: return "Non-Authoritative Information";
    case 204: return "No Content";
    case 205: return "Reset Content";
    case 206: return "Partial Content";
    case 207: return "Multi-Status";
    case 300: return "Multiple Choices";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 402: return "Payment Required";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 407: return "Proxy Authentication Required";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 417: return "Expectation Failed";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 423: return "Locked";
    case 424: return "Failed Dependency";
    case 425: return "Too Early";
    case 426: return "Upgrade Required";
    case 428: return "Precondition Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 451: return "Unavailable For Legal Reasons";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 507: return "Insufficient Storage";
    case 511: return "Network Authentication Required";
    default: break;
    }
    if (status < 200) return "Informational";
    if (status < 300) return "Successful";
    if (status < 400) return "Redirection";
    return status < 500 ? "Client Error" : "Server Error";
}

std::uint16_t status_of(const error& e) noexcept {
    if (e.http_status >= 400 && e.http_status <= 599) return e.http_status;
    switch (e.kind) {
    case error_class::malformed: return 400;
    case error_class::unauthorised: return 401;
    case error_class::conflict: return 409;
    case error_class::invalid: return 422;
    case error_class::throttled: return 429;
    case error_class::transient:
    case error_class::cancelled: return 503;
    case error_class::deadline: return 504;
    case error_class::permanent:
    case error_class::bug: break;
    }
    return 500;
}

response problem(std::uint16_t status, const error& e) {
    response r;
    r.status = status;
    writer w(r.body);
    w.begin_object();
    w.key("title");
    w.string(reason_phrase(status));
    w.key("status");
    w.integer(status);
    if (detail::http_problem::is_for_the_caller(status, e)) {
        if (!e.message.empty()) {
            w.key("detail");
            w.string(e.message);
        }
        if (!e.pointer.empty()) {
            w.key("pointer");
            w.string(e.pointer);
        }
    }
    w.end_object();
    r.header("content-type", "application/problem+json");
    if (e.after && e.after->count() > 0) {
        const auto wait = std::chrono::ceil<std::chrono::seconds>(*e.after);
        r.header("retry-after", std::to_string(wait.count()));
    }
    return r;
}

response problem(const error& e) { return problem(status_of(e), e); }

error failure_of(const response& r) {
    namespace here = detail::http_problem;
    auto why = detail::format<"a response of status {} was returned">(r.status);
    error e = here::may_change(r.status) ? error::transient(std::move(why))
                                         : error::permanent(std::move(why));
    e.code = errc::failed_response;
    e.http_status = r.status;
    e.after = here::read_seconds(here::retry_after(r));
    return e;
}

std::optional<time_point> retry_date(const response& r) noexcept {
    return detail::read_http_date(detail::http_problem::retry_after(r));
}

error bad_request(std::string why) {
    return detail::http_problem::with_status(error::malformed(std::move(why)), 400);
}
error unauthorised(std::string why) {
    return detail::http_problem::with_status(error::unauthorised(std::move(why)), 401);
}
error forbidden(std::string why) {
    return detail::http_problem::with_status(error::unauthorised(std::move(why)), 403);
}
error not_found(std::string why) {
    return detail::http_problem::with_status(error::invalid(std::move(why)), 404);
}
error not_acceptable(std::string why) {
    return detail::http_problem::with_status(error::invalid(std::move(why)), 406);
}
error conflict(std::string why) {
    return detail::http_problem::with_status(error::conflict(std::move(why)), 409);
}
error gone(std::string why) {
    return detail::http_problem::with_status(error::invalid(std::move(why)), 410);
}
error precondition_failed(std::string why) {
    return detail::http_problem::with_status(error::invalid(std::move(why)), 412);
}
error content_too_large(std::string why) {
    return detail::http_problem::with_status(error::invalid(std::move(why)), 413);
}
error unsupported_media_type(std::string why) {
    return detail::http_problem::with_status(error::invalid(std::move(why)), 415);
}
error unprocessable(std::string why) {
    return detail::http_problem::with_status(error::invalid(std::move(why)), 422);
}

} // namespace headrace::http
