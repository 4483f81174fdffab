// SPDX-License-Identifier: BSL-1.0
#pragma once

// What does an HTTP caller see of an error? A status by the error's class and a problem document
// (RFC 9457), which says why where the caller can act on it and nothing about our insides. And the
// other way round: which error is a response?

#include <headrace/base/error.hpp>
#include <headrace/base/time_point.hpp>
#include <headrace/http/response.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace headrace::http {

/// "Not Found" for 404; the name of the status's class where the code is not registered.
/// Source: https://www.iana.org/assignments/http-status-codes (2025-09-15).
[[nodiscard]] std::string_view reason_phrase(std::uint16_t status) noexcept;

/// The status that an error is answered with: error::http_status if that is one of an error (400 to
/// 599), else by class: malformed 400, unauthorised 401, conflict 409, invalid 422, throttled 429,
/// permanent and bug 500, transient and cancelled 503, deadline 504.
[[nodiscard]] std::uint16_t status_of(const error& e) noexcept;

/// An application/problem+json response with title, status, detail and, where the error has one,
/// the JSON pointer to what is wrong in the request. Messages of statuses from 500, of the classes
/// bug and permanent and of exceptions are for our log: their detail is left out. `error::after`
/// becomes Retry-After, in whole seconds. Source: RFC 9457 section 3; RFC 9110 section 10.2.3.
[[nodiscard]] response problem(std::uint16_t status, const error& e);
/// The same with status_of(e).
[[nodiscard]] response problem(const error& e);

/// Does a response of this status say that what was asked for has failed, and not that it was a
/// mistake to ask? 408, 425, 429 and 5xx.
[[nodiscard]] constexpr bool is_failure(std::uint16_t status) noexcept {
    return (status >= 500 && status <= 599) || status == 408 || status == 425 || status == 429;
}
/// What layers see of a response of such a status: an error of code failed_response, transient for
/// 408, 425, 429, 500, 502, 503 and 504, which may change, and permanent for the others. Seconds in
/// Retry-After become `error::after`. Source: RFC 9110 sections 10.2.3 and 15.
[[nodiscard]] error failure_of(const response& r);
/// The date in Retry-After, if it has one.
[[nodiscard]] std::optional<time_point> retry_date(const response& r) noexcept;

/// Errors with a status of their own. The message is sent to the caller.
[[nodiscard]] error bad_request(std::string why);            ///< 400
[[nodiscard]] error unauthorised(std::string why);           ///< 401
[[nodiscard]] error forbidden(std::string why);              ///< 403
[[nodiscard]] error not_found(std::string why);              ///< 404
[[nodiscard]] error not_acceptable(std::string why);         ///< 406
[[nodiscard]] error conflict(std::string why);               ///< 409
[[nodiscard]] error gone(std::string why);                   ///< 410
[[nodiscard]] error precondition_failed(std::string why);    ///< 412
[[nodiscard]] error content_too_large(std::string why);      ///< 413
[[nodiscard]] error unsupported_media_type(std::string why); ///< 415
[[nodiscard]] error unprocessable(std::string why);          ///< 422

} // namespace headrace::http
