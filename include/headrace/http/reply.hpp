// SPDX-License-Identifier: BSL-1.0
#pragma once

// How does a response travel back through the front door that the request came in by? As JSON in
// that door's form, checked before it leaves: a door answers 502 to what it does not understand.

#include <headrace/base/result.hpp>
#include <headrace/http/door.hpp>
#include <headrace/http/response.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace headrace::http {

/// What a load balancer takes at most, in bytes of JSON.
inline constexpr std::size_t most_alb_bytes = 1u << 20;
/// Header lines and cookies in one response.
inline constexpr std::size_t most_header_lines = 1000;

/// Appends the JSON reply for a response to a request of this method ("HEAD" gets no body).
///   - Lines with the same name, whatever its case, become one: a list in multiValueHeaders, text
///     joined with ", " elsewhere. A Set-Cookie line counts as a cookie, which is never joined.
///   - Content-Length is dropped: the door counts what it sends. 1xx, 204 and 304 have no body.
///   - The body is base64 if it is declared binary, has a Content-Encoding, is of a content type
///     that is not text, or is not UTF-8. Without a content type UTF-8 is text.
/// Errors (bug, bad_reply): a status outside of 100 to 599; a name that is no token; control
/// characters or broken UTF-8 in a value or cookie; more than most_header_lines lines; for
/// reply_form::alb several cookies; a load balancer's reply of more than most_alb_bytes. `out` is
/// then as it was.
/// Source:
/// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html,
/// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html,
/// RFC 9110 sections 5.3, 5.6.2 and 6.4.1.
[[nodiscard]] result<void> write_reply(std::string& out, const response& r, reply_form form,
                                       std::string_view method);

/// Appends what write_reply() would append for json(200, body), without a response in between.
/// False, with `out` as it was, where it is not that simple: `body` is not UTF-8, or too much for a
/// load balancer.
[[nodiscard]] bool write_json_reply(std::string& out, std::string_view body, reply_form form,
                                    std::string_view method);

} // namespace headrace::http
