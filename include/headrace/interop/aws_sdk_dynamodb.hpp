// SPDX-License-Identifier: BSL-1.0
#pragma once

// How does a program that has aws-sdk-cpp's DynamoDB client lend it to dynamodb_store? Through this
// adapter. Needs the SDK's headers and libraries, which the program brings.
//   Aws::DynamoDB::DynamoDBClient client;
//   aws::sdk_dynamodb adapter{client};
//   idempotency::dynamodb_store seen{adapter, "orders-seen"};

#include <headrace/aws/dynamodb.hpp>
#include <headrace/base/context.hpp>
#include <headrace/base/result.hpp>
#include <headrace/json/codec.hpp>
#include <headrace/json/writer.hpp>

#if __has_include(<aws/dynamodb/DynamoDBClient.h>)

#    include <aws/core/utils/json/JsonSerializer.h>
#    include <aws/dynamodb/DynamoDBClient.h>
#    include <aws/dynamodb/DynamoDBErrors.h>
#    include <aws/dynamodb/model/AttributeValue.h>
#    include <aws/dynamodb/model/CancellationReason.h>
#    include <aws/dynamodb/model/ConditionalCheckFailedException.h>
#    include <aws/dynamodb/model/GetItemRequest.h>
#    include <aws/dynamodb/model/GetItemResult.h>
#    include <aws/dynamodb/model/TransactWriteItemsRequest.h>
#    include <aws/dynamodb/model/TransactWriteItemsResult.h>
#    include <aws/dynamodb/model/TransactionCanceledException.h>
#    include <aws/dynamodb/model/UpdateItemRequest.h>
#    include <aws/dynamodb/model/UpdateItemResult.h>
#    include <string>
#    include <string_view>

namespace headrace::aws {

/// An aws::dynamodb_client over the SDK's. It performs what dynamodb_store needs while a function
/// runs (UpdateItem, GetItem, TransactWriteItems); create_table() is for our own client. The SDK
/// signs, tries again and bounds time in its own way: give it a ClientConfiguration with few
/// retries and short timeouts, since the protocol tries again by itself. The context is not
/// looked at. Borrows the client, whose calls are thread-safe.
template <class Client = Aws::DynamoDB::DynamoDBClient> class sdk_dynamodb {
public:
    explicit sdk_dynamodb(Client& client) noexcept : client_(&client) {}

    [[nodiscard]] result<dynamodb_answer> call(const context&, std::string_view operation,
                                               std::string_view json) {
        namespace model = Aws::DynamoDB::Model;
        if (operation == "UpdateItem") {
            const auto said = client_->UpdateItem(given<model::UpdateItemRequest>(json));
            if (!said.IsSuccess()) return failure(said.GetError());
            return success("Attributes", said.GetResult().GetAttributes());
        }
        if (operation == "GetItem") {
            const auto said = client_->GetItem(given<model::GetItemRequest>(json));
            if (!said.IsSuccess()) return failure(said.GetError());
            return success("Item", said.GetResult().GetItem());
        }
        if (operation == "TransactWriteItems") {
            const auto said =
                client_->TransactWriteItems(given<model::TransactWriteItemsRequest>(json));
            if (!said.IsSuccess()) return failure(said.GetError());
            return dynamodb_answer{200, "{}"};
        }
        return error::permanent("the adapter of the AWS SDK makes no tables");
    }

private:
    /// A request of the SDK that sends this JSON.
    template <class Request> class given final : public Request {
    public:
        explicit given(std::string_view json) : json_(json.data(), json.size()) {}
        [[nodiscard]] Aws::String SerializePayload() const override { return json_; }

    private:
        Aws::String json_;
    };

    static std::string_view view(const Aws::String& text) { return {text.data(), text.size()}; }

    template <class Item>
    static void write_item(writer& w, std::string_view name, const Item& item) {
        if (item.empty()) return; // an item has its key at least
        w.key(name);
        w.begin_object();
        for (const auto& [attribute, value] : item) {
            w.key(view(attribute));
            const auto json = value.Jsonize();
            w.verbatim(view(json.View().WriteCompact()));
        }
        w.end_object();
    }
    template <class Item> static dynamodb_answer success(std::string_view name, const Item& item) {
        dynamodb_answer out;
        writer w(out.body);
        w.begin_object();
        write_item(w, name, item);
        w.end_object();
        return out;
    }

    static result<dynamodb_answer> failure(Aws::DynamoDB::DynamoDBError why) {
        using kind = Aws::DynamoDB::DynamoDBErrors;
        namespace model = Aws::DynamoDB::Model;
        const int status = static_cast<int>(why.GetResponseCode());
        if (status < 100) { // there is no answer
            error e = error::transient("the AWS SDK: " + std::string(view(why.GetMessage())));
            e.code = errc::input_output;
            return e;
        }
        dynamodb_answer out{static_cast<unsigned>(status), {}};
        writer w(out.body);
        w.begin_object();
        w.member("__type", view(why.GetExceptionName()));
        w.member("message", view(why.GetMessage()));
        if (why.GetErrorType() == kind::CONDITIONAL_CHECK_FAILED) {
            const auto unmet =
                why.template GetModeledError<model::ConditionalCheckFailedException>();
            write_item(w, "Item", unmet.GetItem());
        } else if (why.GetErrorType() == kind::TRANSACTION_CANCELED) {
            const auto cancelled =
                why.template GetModeledError<model::TransactionCanceledException>();
            w.key("CancellationReasons");
            w.begin_array();
            for (const auto& each : cancelled.GetCancellationReasons()) {
                w.begin_object();
                w.member("Code", view(each.GetCode()));
                write_item(w, "Item", each.GetItem());
                w.end_object();
            }
            w.end_array();
        }
        w.end_object();
        return out;
    }

    Client* client_;
};

} // namespace headrace::aws

#else

namespace headrace::aws {

template <class Client> class sdk_dynamodb {
    static_assert(sizeof(Client) == 0,
                  "sdk_dynamodb needs the headers of aws-sdk-cpp: aws/dynamodb/DynamoDBClient.h is "
                  "not in the include path  see docs/howto/dynamodb.md");

public:
    explicit sdk_dynamodb(Client&) {}
};

} // namespace headrace::aws

#endif
