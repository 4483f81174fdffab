// SPDX-License-Identifier: BSL-1.0
#pragma once

// As much of aws-sdk-cpp's DynamoDB client as sdk_dynamodb.hpp touches, by the names of its public
// documentation. What would go over the wire goes to a function.

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "json_equal.hpp"

namespace Aws {

using String = std::string;

namespace Utils {

namespace Json {

class JsonView {
public:
    explicit JsonView(const String& text) : text_(&text) {}
    String WriteCompact(bool = true) const { return *text_; }

private:
    const String* text_;
};
class JsonValue {
public:
    explicit JsonValue(String text) : text_(std::move(text)) {}
    JsonView View() const { return JsonView(text_); }

private:
    String text_;
};

} // namespace Json

template <class R, class E> class Outcome {
public:
    Outcome(R result) : result_(std::move(result)), success_(true) {}
    Outcome(E error) : error_(std::move(error)) {}
    bool IsSuccess() const { return success_; }
    const R& GetResult() const { return result_; }
    const E& GetError() const { return error_; }

private:
    R result_;
    E error_;
    bool success_ = false;
};

} // namespace Utils

namespace Http {
enum class HttpResponseCode { REQUEST_NOT_MADE = -1, OK = 200, BAD_REQUEST = 400 };
}

namespace DynamoDB {

namespace Model {

class AttributeValue {
public:
    AttributeValue() = default;
    explicit AttributeValue(String json) : json_(std::move(json)) {}
    Utils::Json::JsonValue Jsonize() const { return Utils::Json::JsonValue(json_); }

private:
    String json_;
};
using Item = std::map<String, AttributeValue>;

inline Item item_of(const json_tests::node* from) {
    Item out;
    if (from == nullptr) return out;
    for (const auto& each : from->members) {
        out.emplace(each.name, AttributeValue(json_tests::to_text(each.value)));
    }
    return out;
}

class UpdateItemRequest {
public:
    virtual ~UpdateItemRequest() = default;
    virtual String SerializePayload() const { return "{}"; }
};
class GetItemRequest {
public:
    virtual ~GetItemRequest() = default;
    virtual String SerializePayload() const { return "{}"; }
};
class TransactWriteItemsRequest {
public:
    virtual ~TransactWriteItemsRequest() = default;
    virtual String SerializePayload() const { return "{}"; }
};

class UpdateItemResult {
public:
    const Item& GetAttributes() const { return attributes; }
    Item attributes;
};
class GetItemResult {
public:
    const Item& GetItem() const { return item; }
    Item item;
};
class TransactWriteItemsResult {};

class ConditionalCheckFailedException {
public:
    const Item& GetItem() const { return item; }
    Item item;
};
class CancellationReason {
public:
    const String& GetCode() const { return code; }
    const Item& GetItem() const { return item; }
    String code;
    Item item;
};
class TransactionCanceledException {
public:
    const std::vector<CancellationReason>& GetCancellationReasons() const { return reasons; }
    std::vector<CancellationReason> reasons;
};

} // namespace Model

enum class DynamoDBErrors { UNKNOWN = 100, CONDITIONAL_CHECK_FAILED, TRANSACTION_CANCELED };

class DynamoDBError {
public:
    DynamoDBErrors GetErrorType() const { return type; }
    const String& GetExceptionName() const { return name; }
    const String& GetMessage() const { return message; }
    Http::HttpResponseCode GetResponseCode() const { return code; }
    template <class T> T GetModeledError();

    DynamoDBErrors type = DynamoDBErrors::UNKNOWN;
    String name;
    String message;
    Http::HttpResponseCode code = Http::HttpResponseCode::REQUEST_NOT_MADE;
    json_tests::node body;
};

template <>
inline Model::ConditionalCheckFailedException
DynamoDBError::GetModeledError<Model::ConditionalCheckFailedException>() {
    return {Model::item_of(body.find("Item"))};
}
template <>
inline Model::TransactionCanceledException
DynamoDBError::GetModeledError<Model::TransactionCanceledException>() {
    Model::TransactionCanceledException out;
    for (const auto& each : body.find("CancellationReasons")->items) {
        out.reasons.push_back({each.find("Code")->text, Model::item_of(each.find("Item"))});
    }
    return out;
}

class DynamoDBClient {
public:
    struct answer {
        int status = 200; ///< -1: the request was not made
        String body;
    };
    using wire = std::function<answer(std::string_view operation, const String& json)>;
    explicit DynamoDBClient(wire to) : wire_(std::move(to)) {}
    virtual ~DynamoDBClient() = default;

    virtual Utils::Outcome<Model::UpdateItemResult, DynamoDBError>
    UpdateItem(const Model::UpdateItemRequest& request) const {
        const auto said = wire_("UpdateItem", request.SerializePayload());
        if (said.status != 200) return failure(said);
        return Model::UpdateItemResult{
            Model::item_of(json_tests::parse(said.body).find("Attributes"))};
    }
    virtual Utils::Outcome<Model::GetItemResult, DynamoDBError>
    GetItem(const Model::GetItemRequest& request) const {
        const auto said = wire_("GetItem", request.SerializePayload());
        if (said.status != 200) return failure(said);
        return Model::GetItemResult{Model::item_of(json_tests::parse(said.body).find("Item"))};
    }
    virtual Utils::Outcome<Model::TransactWriteItemsResult, DynamoDBError>
    TransactWriteItems(const Model::TransactWriteItemsRequest& request) const {
        const auto said = wire_("TransactWriteItems", request.SerializePayload());
        if (said.status != 200) return failure(said);
        return Model::TransactWriteItemsResult{};
    }

private:
    static DynamoDBError failure(const answer& said) {
        DynamoDBError out;
        if (said.status < 0) {
            out.message = said.body;
            return out;
        }
        out.code = static_cast<Http::HttpResponseCode>(said.status);
        out.body = json_tests::parse(said.body);
        const auto type = out.body.find("__type")->text;
        out.name = type.substr(type.find('#') + 1);
        out.message = out.body.find("message")->text;
        if (out.name == "ConditionalCheckFailedException")
            out.type = DynamoDBErrors::CONDITIONAL_CHECK_FAILED;
        if (out.name == "TransactionCanceledException")
            out.type = DynamoDBErrors::TRANSACTION_CANCELED;
        return out;
    }
    wire wire_;
};

} // namespace DynamoDB
} // namespace Aws
