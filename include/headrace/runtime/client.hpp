// SPDX-License-Identifier: BSL-1.0
#pragma once

// What does the Lambda Runtime API say, and what is it told? Its four calls as functions:
// next event, response, function error, init error.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html

#include <headrace/base/error.hpp>
#include <headrace/base/logger.hpp>
#include <headrace/base/platform.hpp>
#include <headrace/base/result.hpp>
#include <headrace/runtime/transport.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace headrace {

class workspace;

namespace runtime {

/// The largest reply that the Runtime API takes: 6 MiB and 100 bytes.
inline constexpr std::size_t largest_reply = 6'291'556;

/// One event. The texts are valid until the next call of client::next(), the payload until its
/// workspace is reset. What the API did not send is empty.
struct delivery {
    std::string_view request_id; ///< never empty
    std::string_view function_arn;
    std::string_view trace_id;
    std::string_view tenant_id;
    std::string_view client_context;    ///< JSON text
    std::string_view cognito_identity;  ///< JSON text
    std::optional<time_point> deadline; ///< nothing: absent, or not a time since the year 2000
    std::string_view payload;           ///< lies in the workspace's input buffer
};

/// What the caller of a failed function gets: errorType and errorMessage.
struct error_document {
    std::string type; ///< "Function.NoRoute", or the name of an exception's type
    std::string message;
};

/// The error document of an error: its own type, or one made from its code and class; the message
/// with its JSON pointer in front.
[[nodiscard]] error_document to_document(const error& e);

/// What an invocation fails with whose reply has more than `largest_reply` bytes.
[[nodiscard]] error_document reply_too_large(std::size_t size);

/// The JSON text of a document, with an empty stackTrace. Escaped like log lines; texts of more
/// than 64 kB are cut.
[[nodiscard]] std::string to_json(const error_document& document);

/// The value of Lambda-Runtime-Function-Error-Type for an errorType. Lambda takes only
/// (Runtime|Function).Xxx with letters and counts everything else as unknown, so
/// "shop::card_declined" becomes "Function.CardDeclined".
[[nodiscard]] std::string error_type_header(std::string_view type);

/// The Runtime API, seen from one worker. Borrows its transport. Not thread-safe.
///
/// A result without a value means that the API is gone or broken and that the process should end.
/// Refusals of a single reply (any 4xx, like 413 for too large or 403 for answered already) are
/// logged and are no error: the next event can be asked for.
class client {
public:
    client(transport& wire, logger log);

    /// Waits for the next event, as long as it takes, and receives it into `memory`. Nothing: the
    /// API has no more (status 410, which emulators send to end a program; Lambda never does).
    [[nodiscard]] result<std::optional<delivery>> next(workspace& memory);

    /// Answers with JSON text. A text above `largest_reply` is not sent; the invocation then fails
    /// with Function.ResponseSizeTooLarge.
    result<void> respond(std::string_view request_id, std::string_view json);

    /// Answers with a function error.
    result<void> fail(std::string_view request_id, const error_document& why);

    /// Reports that the program could not start.
    result<void> init_error(const error_document& why);

private:
    result<void> post(std::string_view request_id, std::string_view call, std::string_view body,
                      std::string_view error_type = {});

    transport& wire_;
    logger log_;
    std::string user_agent_;
    response event_;  // of next(); a delivery borrows its headers
    response answer_; // to posts
    std::string answer_body_;
};

} // namespace runtime

} // namespace headrace
