// SPDX-License-Identifier: BSL-1.0
#pragma once

// How is DynamoDB called? By a client: one function that takes the name of an operation and its
// JSON. Ours, or a class of yours around the SDK that you use.

#include <headrace/aws/credentials.hpp>
#include <headrace/aws/http.hpp>
#include <headrace/base/context.hpp>
#include <headrace/base/result.hpp>
#include <headrace/net/stream.hpp>

#include <concepts>
#include <memory>
#include <string>
#include <string_view>

namespace headrace::aws {

/// What DynamoDB has answered: its HTTP status, and JSON as it stands in the API reference. Of a
/// failure that is {"__type": "ConditionalCheckFailedException", "message": ..., "Item": ...}.
/// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/Welcome.html
struct dynamodb_answer {
    unsigned status = 200;
    std::string body;
};

/// Performs one operation: "UpdateItem" with the JSON of its request. Whatever DynamoDB answers is
/// a success; errors are what kept it from answering. It is called from several threads at once.
/// A request may be sent twice: those of dynamodb_store recognise their own writes.
template <class C>
concept dynamodb_client =
    requires(C& c, const context& ctx, std::string_view operation, std::string_view json) {
        { c.call(ctx, operation, json) } -> std::same_as<result<dynamodb_answer>>;
    };

/// The failure in an answer whose status is not 200, for programs that call DynamoDB themselves:
/// throttled and transient for what is worth another try, conflict for a condition that was not
/// met, permanent for the rest; error::type is the name of the exception.
[[nodiscard]] error dynamodb_error(const dynamodb_answer& answer);

struct dynamodb_client_options {
    std::string region{};   ///< "": find_region()
    std::string endpoint{}; ///< a URL; "": AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL, AWS's own
    std::string ca_file{};  ///< see net::peer; "": AWS_CA_BUNDLE
    std::shared_ptr<credentials_provider> credentials{}; ///< null: a credentials_chain
    std::shared_ptr<net::connector> connector{};         ///< null: net::make_connector()
    http_limits limits{};
};

/// AWS JSON 1.0 over HTTP/1.1, signed. Answers with a checksum (x-amz-crc32) are checked. One call
/// is one request, or two where a kept connection was dead: whoever calls tries again, and knows
/// how often, as the protocol of idempotency/ does. When AWS says that the clock is wrong, or the
/// credentials have expired, the next try takes AWS's time and new credentials. Opens nothing and
/// reads no variable before the first call. Errors of call(): those of http_client,
/// credentials_provider and find_region(); transient for an answer whose checksum is wrong;
/// permanent for a bad endpoint. Thread-safe.
class dynamodb {
public:
    explicit dynamodb(dynamodb_client_options options = {});
    ~dynamodb();
    dynamodb(const dynamodb&) = delete;
    dynamodb& operator=(const dynamodb&) = delete;

    [[nodiscard]] result<dynamodb_answer> call(const context& ctx, std::string_view operation,
                                               std::string_view json);

private:
    class connection;
    std::unique_ptr<connection> connection_;
};

} // namespace headrace::aws
