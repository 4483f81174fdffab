// SPDX-License-Identifier: BSL-1.0
#pragma once

// DynamoDB in memory, as far as dynamodb_store goes: what it does not know is a
// ValidationException, so that a mistake in a request does not pass. A client
// (aws::dynamodb_client), and a connector whose connections speak HTTP.

#include <headrace/aws/dynamodb.hpp>
#include <headrace/json/writer.hpp>
#include <headrace/net/stream.hpp>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "json_equal.hpp"

namespace fakes {

using headrace::context;
using headrace::result;
using headrace::aws::dynamodb_answer;

/// One attribute's value.
struct dynamo_value {
    std::string type; ///< "S", "N" or "B"
    std::string text;
    friend bool operator==(const dynamo_value&, const dynamo_value&) = default;
};
using dynamo_item = std::map<std::string, dynamo_value>;

/// What DynamoDB answers instead of a success.
struct dynamo_refusal {
    std::string name;
    std::string message;
    std::string more; ///< members of the body, each after a comma
};

[[noreturn]] inline void refuse(std::string message) {
    throw dynamo_refusal{"ValidationException", std::move(message), ""};
}

/// The expressions of one request, with the placeholders that they use.
class dynamo_expressions {
public:
    explicit dynamo_expressions(const json_tests::node& request) {
        if (const auto* const names = request.find("ExpressionAttributeNames")) {
            for (const auto& each : names->members) names_[each.name] = each.value.text;
        }
        if (const auto* const values = request.find("ExpressionAttributeValues")) {
            for (const auto& each : values->members) values_[each.name] = value_of(each.value);
        }
    }

    static dynamo_value value_of(const json_tests::node& from) {
        if (from.members.size() != 1) refuse("a value has one type");
        const auto& [type, value] = from.members[0];
        if (type != "S" && type != "N" && type != "B") refuse("a type that is not known: " + type);
        if (type == "N" && !is_number(value.text)) refuse("not a number");
        if (type == "B" && value.text.empty()) refuse("empty bytes: write nothing instead");
        return {type, value.text};
    }

    bool holds(std::string_view condition, const dynamo_item& item) {
        start(condition);
        const bool met = any_of(item);
        if (!left_.empty()) refuse("a condition goes on: " + std::string(left_));
        return met;
    }
    dynamo_item updated(std::string_view text, const dynamo_item& before) {
        start(text);
        dynamo_item after = before;
        std::set<std::string> touched;
        const auto touch = [&] {
            auto name = path();
            if (!touched.insert(name).second) refuse("two changes of one path");
            return name;
        };
        if (take("SET")) {
            do {
                const auto name = touch();
                expect("=");
                after[name] = sum(before);
            } while (take(","));
        }
        if (take("REMOVE")) {
            do after.erase(touch());
            while (take(","));
        }
        if (!left_.empty()) refuse("an update goes on: " + std::string(left_));
        return after;
    }
    /// What was given and not used is a mistake, as it is to DynamoDB.
    void check_all_used() const {
        for (const auto& [name, actual] : names_) {
            if (!used_.contains(name)) refuse("unused in expressions: " + name);
        }
        for (const auto& [name, value] : values_) {
            if (!used_.contains(name)) refuse("unused in expressions: " + name);
        }
    }

private:
    static bool is_number(std::string_view text) {
        if (text.starts_with('-')) text.remove_prefix(1);
        return !text.empty() && text.size() <= 38
               && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    }
    void start(std::string_view text) {
        left_ = text;
        skip();
    }
    void skip() {
        while (left_.starts_with(' ')) left_.remove_prefix(1);
    }
    bool take(std::string_view token) {
        if (!left_.starts_with(token)) return false;
        left_.remove_prefix(token.size());
        skip();
        return true;
    }
    void expect(std::string_view token) {
        if (!take(token)) refuse("expected " + std::string(token) + " at " + std::string(left_));
    }
    std::string placeholder(char first) {
        if (!left_.starts_with(first)) refuse("expected a placeholder at " + std::string(left_));
        std::size_t n = 1;
        while (n < left_.size()
               && (std::isalnum(static_cast<unsigned char>(left_[n])) != 0 || left_[n] == '_')) {
            ++n;
        }
        std::string name(left_.substr(0, n));
        left_.remove_prefix(n);
        skip();
        used_.insert(name);
        return name;
    }
    std::string path() {
        const auto found = names_.find(placeholder('#'));
        if (found == names_.end()) refuse("a name that is not defined");
        return found->second;
    }
    using operand_value = std::optional<dynamo_value>; // nothing: there is no such attribute
    operand_value operand(const dynamo_item& item) {
        if (left_.starts_with(':')) {
            const auto found = values_.find(placeholder(':'));
            if (found == values_.end()) refuse("a value that is not defined");
            return found->second;
        }
        if (take("if_not_exists(")) {
            const auto name = path();
            expect(",");
            const auto other = operand(item);
            expect(")");
            const auto found = item.find(name);
            return found == item.end() ? other : found->second;
        }
        const auto found = item.find(path());
        if (found == item.end()) return std::nullopt;
        return found->second;
    }
    dynamo_value sum(const dynamo_item& item) {
        auto first = operand(item);
        if (!first) refuse("an operand does not exist");
        if (!take("+")) return *first;
        const auto second = operand(item);
        if (!second || first->type != "N" || second->type != "N")
            refuse("operands of + are numbers");
        return {"N", std::to_string(std::stoll(first->text) + std::stoll(second->text))};
    }
    bool any_of(const dynamo_item& item) {
        bool met = all_of(item);
        while (take("OR ")) met = all_of(item) || met;
        return met;
    }
    bool all_of(const dynamo_item& item) {
        bool met = one_of(item);
        while (take("AND ")) met = one_of(item) && met;
        return met;
    }
    bool one_of(const dynamo_item& item) {
        if (take("(")) {
            const bool met = any_of(item);
            expect(")");
            return met;
        }
        if (take("attribute_not_exists(")) {
            const bool met = !item.contains(path());
            expect(")");
            return met;
        }
        const auto a = operand(item);
        const bool is_equal = take("=");
        const bool at_least = !is_equal && take(">=");
        if (!is_equal && !at_least) expect("<");
        const auto b = operand(item);
        if (!a || !b || a->type != b->type) return false;
        if (is_equal) return a->text == b->text;
        if (a->type != "N") refuse("only numbers are ordered here");
        const bool less = std::stoll(a->text) < std::stoll(b->text);
        return at_least ? !less : less;
    }

    std::map<std::string, std::string> names_;
    std::map<std::string, dynamo_value> values_;
    std::set<std::string> used_;
    std::string_view left_;
};

struct fake_dynamodb_options {
    bool returns_old = true; ///< ReturnValuesOnConditionCheckFailure is heeded
    bool knows_ttl = true;
};

/// The tables. Thread-safe.
class fake_dynamodb {
public:
    explicit fake_dynamodb(fake_dynamodb_options how = {}) : how_(how) { add_table("records"); }

    void add_table(const std::string& name, const std::string& key = "pk") {
        tables_[name].key = key;
    }
    /// Called before each operation is done and after it, from several threads at once: what it
    /// gives back is the answer.
    using fault = std::function<std::optional<result<dynamodb_answer>>(std::string_view operation)>;
    fault instead;
    fault afterwards;

    result<dynamodb_answer> call(const context&, std::string_view operation,
                                 std::string_view json) {
        {
            const std::lock_guard lock(mutex_);
            operations_.emplace_back(operation);
        }
        if (auto said = instead ? instead(operation) : std::nullopt) return *std::move(said);
        auto answer = perform(operation, json);
        if (auto said = afterwards ? afterwards(operation) : std::nullopt) return *std::move(said);
        return answer;
    }

    /// The operations that were asked for since the last call.
    std::vector<std::string> operations() {
        const std::lock_guard lock(mutex_);
        return std::exchange(operations_, {});
    }
    [[nodiscard]] dynamo_item item(const std::string& table, const std::string& key) const {
        const std::lock_guard lock(mutex_);
        const auto& items = tables_.at(table).items;
        const auto found = items.find(key);
        return found == items.end() ? dynamo_item{} : found->second;
    }
    [[nodiscard]] std::size_t size(const std::string& table) const {
        const std::lock_guard lock(mutex_);
        return tables_.at(table).items.size();
    }
    void erase(const std::string& table, const std::string& key) {
        const std::lock_guard lock(mutex_);
        tables_.at(table).items.erase(key);
    }
    void put(const std::string& table, dynamo_item item) {
        const std::lock_guard lock(mutex_);
        auto& in = tables_.at(table);
        const auto key = item.at(in.key).text;
        in.items[key] = std::move(item);
    }

    static dynamodb_answer failure(const std::string& name, const std::string& message = "",
                                   unsigned status = 400, const std::string& more = "") {
        std::string body;
        headrace::writer w(body);
        w.begin_object();
        w.member("__type", "com.amazonaws.dynamodb.v20120810#" + name);
        w.member("message", message);
        w.end_object();
        body.insert(body.size() - 1, more);
        return {status, body};
    }

private:
    using node = json_tests::node;
    struct table {
        std::string key = "pk";
        std::string ttl;
        std::map<std::string, dynamo_item> items;
    };

    dynamodb_answer perform(std::string_view operation, std::string_view json) {
        try {
            const auto request = json_tests::parse(json);
            const std::lock_guard lock(mutex_);
            if (operation == "UpdateItem") return update_item(request);
            if (operation == "GetItem") return get_item(request);
            if (operation == "TransactWriteItems") return transact(request, json);
            if (operation == "CreateTable") return create_table(request);
            if (operation == "DescribeTable") return describe_table(request);
            if (how_.knows_ttl && operation == "DescribeTimeToLive") return describe_ttl(request);
            if (how_.knows_ttl && operation == "UpdateTimeToLive") return update_ttl(request);
            return failure("UnknownOperationException");
        } catch (const dynamo_refusal& why) {
            return failure(why.name, why.message, 400, why.more);
        }
    }

    static void only(const node& in, std::initializer_list<std::string_view> known) {
        for (const auto& each : in.members) {
            if (std::ranges::find(known, each.name) == known.end())
                refuse("a member that is not known: " + each.name);
        }
    }
    static std::string text(const node& in, std::string_view name) {
        const auto* const found = in.find(name);
        return found == nullptr ? std::string() : found->text;
    }
    table& table_of(const node& request) {
        const auto found = tables_.find(text(request, "TableName"));
        if (found == tables_.end()) {
            throw dynamo_refusal{"ResourceNotFoundException", "Requested resource not found", ""};
        }
        return found->second;
    }
    static std::string key_in(const table& in, const node& key) {
        const auto* const value = key.find(in.key);
        if (value == nullptr || text(*value, "S").empty()) {
            refuse("The provided key element does not match the schema");
        }
        return text(*value, "S");
    }
    static std::string key_of(const table& in, const node& request) {
        const auto* const key = request.find("Key");
        if (key == nullptr || key->members.size() != 1) refuse("a key has one member");
        return key_in(in, *key);
    }
    static std::string item_json(const dynamo_item& item) {
        std::string out;
        headrace::writer w(out);
        w.begin_object();
        for (const auto& [name, value] : item) {
            w.key(name);
            w.begin_object();
            w.member(value.type, value.text);
            w.end_object();
        }
        w.end_object();
        return out;
    }
    static void check_size(const dynamo_item& item) {
        std::size_t size = 0;
        for (const auto& [name, value] : item) {
            size +=
                name.size() + (value.type == "B" ? value.text.size() / 4 * 3 : value.text.size());
        }
        if (size > 400u * 1024) refuse("Item size has exceeded the maximum allowed size");
    }

    // The item after a conditional update; nothing: the condition is not met.
    static std::optional<dynamo_item> updated(const table& in, const node& request,
                                              const std::string& key, const dynamo_item& before) {
        dynamo_expressions e(request);
        const auto condition = text(request, "ConditionExpression");
        const bool met = condition.empty() || e.holds(condition, before);
        auto from = before;
        from[in.key] = {"S", key};
        auto after = e.updated(text(request, "UpdateExpression"), from);
        e.check_all_used();
        check_size(after);
        if (!met) return std::nullopt;
        return after;
    }
    [[nodiscard]] std::string old_member(const node& request, const dynamo_item& before) const {
        const auto wanted = text(request, "ReturnValuesOnConditionCheckFailure");
        if (!wanted.empty() && wanted != "ALL_OLD") refuse("not known: " + wanted);
        const bool given = how_.returns_old && !wanted.empty() && !before.empty();
        return given ? ",\"Item\":" + item_json(before) : "";
    }

    dynamodb_answer update_item(const node& request) {
        only(request, {"TableName", "Key", "UpdateExpression", "ConditionExpression",
                       "ExpressionAttributeNames", "ExpressionAttributeValues", "ReturnValues",
                       "ReturnValuesOnConditionCheckFailure"});
        auto& in = table_of(request);
        const auto key = key_of(in, request);
        const auto found = in.items.find(key);
        const auto before = found == in.items.end() ? dynamo_item{} : found->second;
        auto after = updated(in, request, key, before);
        if (!after) {
            throw dynamo_refusal{"ConditionalCheckFailedException",
                                 "The conditional request failed", old_member(request, before)};
        }
        in.items[key] = *after;
        const auto wanted = text(request, "ReturnValues");
        if (wanted == "ALL_NEW") return {200, R"({"Attributes":)" + item_json(*after) + "}"};
        if (wanted != "NONE") refuse("not known: " + wanted);
        return {200, "{}"};
    }

    dynamodb_answer get_item(const node& request) {
        only(request, {"TableName", "Key", "ConsistentRead"});
        if (text(request, "ConsistentRead") != "true") refuse("reads are consistent");
        auto& in = table_of(request);
        const auto found = in.items.find(key_of(in, request));
        if (found == in.items.end()) return {200, "{}"};
        return {200, R"({"Item":)" + item_json(found->second) + "}"};
    }

    struct change {
        table* in;
        std::string key;
        std::optional<dynamo_item> after;
        std::string old;
    };
    change change_of(const node& action) {
        if (action.members.size() != 1) refuse("an item of a transaction is one action");
        const auto& [kind, request] = action.members[0];
        auto& in = table_of(request);
        if (kind == "Update") {
            only(request, {"TableName", "Key", "UpdateExpression", "ConditionExpression",
                           "ExpressionAttributeNames", "ExpressionAttributeValues",
                           "ReturnValuesOnConditionCheckFailure"});
            const auto key = key_of(in, request);
            const auto found = in.items.find(key);
            const auto before = found == in.items.end() ? dynamo_item{} : found->second;
            return {&in, key, updated(in, request, key, before), old_member(request, before)};
        }
        if (kind != "Put") refuse("an action that is not known: " + kind);
        only(request, {"TableName", "Item", "ConditionExpression", "ExpressionAttributeNames"});
        const auto* const item = request.find("Item");
        if (item == nullptr) refuse("a Put has an Item");
        const auto key = key_in(in, *item);
        const auto found = in.items.find(key);
        const auto before = found == in.items.end() ? dynamo_item{} : found->second;
        dynamo_item after;
        for (const auto& each : item->members) {
            after[each.name] = dynamo_expressions::value_of(each.value);
        }
        const auto condition = text(request, "ConditionExpression");
        dynamo_expressions e(request);
        const bool met = condition.empty() || e.holds(condition, before);
        e.check_all_used();
        return {&in, key, met ? std::optional(after) : std::nullopt, ""};
    }
    dynamodb_answer transact(const node& request, std::string_view json) {
        only(request, {"ClientRequestToken", "TransactItems"});
        const auto token = text(request, "ClientRequestToken");
        if (token.empty() || token.size() > 36) refuse("a token has 1 to 36 characters");
        if (const auto known = tokens_.find(token); known != tokens_.end()) {
            if (known->second == json) return {200, "{}"};
            throw dynamo_refusal{"IdempotentParameterMismatchException", "", ""};
        }
        std::vector<change> changes;
        std::set<std::pair<table*, std::string>> places;
        for (const auto& each : request.find("TransactItems")->items) {
            changes.push_back(change_of(each));
            if (!places.insert({changes.back().in, changes.back().key}).second) {
                refuse("Transaction request cannot include multiple operations on one item");
            }
        }
        if (changes.size() > 100) refuse("a transaction has at most 100 items");
        std::string reasons;
        bool all = true;
        for (const auto& each : changes) {
            if (!reasons.empty()) reasons += ',';
            reasons += each.after ? R"({"Code":"None"})"
                                  : R"({"Code":"ConditionalCheckFailed")" + each.old + "}";
            all = all && each.after;
        }
        if (!all) {
            throw dynamo_refusal{"TransactionCanceledException", "Transaction cancelled",
                                 R"(,"CancellationReasons":[)" + reasons + "]"};
        }
        for (auto& each : changes) each.in->items[each.key] = *std::move(each.after);
        tokens_[token] = json;
        return {200, "{}"};
    }

    dynamodb_answer create_table(const node& request) {
        only(request, {"TableName", "BillingMode", "AttributeDefinitions", "KeySchema"});
        const auto name = text(request, "TableName");
        if (tables_.contains(name)) {
            throw dynamo_refusal{"ResourceInUseException", "Table already exists: " + name, ""};
        }
        const auto* const schema = request.find("KeySchema");
        if (schema == nullptr || schema->items.size() != 1) refuse("one key");
        tables_[name].key = text(schema->items[0], "AttributeName");
        creating_ = 2;
        return {200, R"({"TableDescription":{"TableStatus":"CREATING"}})"};
    }
    dynamodb_answer describe_table(const node& request) {
        only(request, {"TableName"});
        (void)table_of(request);
        const bool active = creating_ == 0 || --creating_ == 0;
        return {200, std::string(R"({"Table":{"TableStatus":")") + (active ? "ACTIVE" : "CREATING")
                         + "\"}}"};
    }
    dynamodb_answer describe_ttl(const node& request) {
        only(request, {"TableName"});
        const bool on = !table_of(request).ttl.empty();
        return {200, std::string(R"({"TimeToLiveDescription":{"TimeToLiveStatus":")")
                         + (on ? "ENABLED" : "DISABLED") + "\"}}"};
    }
    dynamodb_answer update_ttl(const node& request) {
        only(request, {"TableName", "TimeToLiveSpecification"});
        auto& in = table_of(request);
        if (!in.ttl.empty()) refuse("TimeToLive is already enabled");
        in.ttl = text(*request.find("TimeToLiveSpecification"), "AttributeName");
        return {200, "{}"};
    }

    fake_dynamodb_options how_;
    mutable std::mutex mutex_;
    std::map<std::string, table> tables_;
    std::map<std::string, std::string> tokens_;
    std::vector<std::string> operations_;
    int creating_ = 0;
};

/// Connections to it, over which it speaks HTTP/1.1.
class dynamodb_connector final : public headrace::net::connector {
public:
    /// Borrows both.
    dynamodb_connector(fake_dynamodb& tables, const context& ctx) : tables_(tables), ctx_(ctx) {}

    result<std::unique_ptr<headrace::net::stream>> connect(const headrace::net::peer&,
                                                           std::chrono::milliseconds) override {
        return std::unique_ptr<headrace::net::stream>(std::make_unique<stream>(tables_, ctx_));
    }

private:
    class stream final : public headrace::net::stream {
    public:
        stream(fake_dynamodb& tables, const context& ctx) : tables_(tables), ctx_(ctx) {}
        result<void> write(std::string_view bytes, std::chrono::milliseconds) override {
            received_ += bytes;
            const auto head = received_.find("\r\n\r\n");
            const auto field = [&](std::string_view name) {
                const auto at = received_.find("\r\n" + std::string(name) + ": ") + name.size() + 4;
                return received_.substr(at, received_.find("\r\n", at) - at);
            };
            if (head == std::string::npos) return {};
            const auto size = std::stoul(field("Content-Length"));
            if (received_.size() < head + 4 + size) return {};
            const auto target = field("X-Amz-Target");
            const auto answer =
                field("Authorization").starts_with("AWS4-HMAC-SHA256 Credential=")
                    ? tables_.call(ctx_, target.substr(target.find('.') + 1),
                                   std::string_view(received_).substr(head + 4, size))
                    : fake_dynamodb::failure("MissingAuthenticationTokenException");
            received_.erase(0, head + 4 + size);
            if (!answer) return answer.error(); // the connection is lost
            sent_ += "HTTP/1.1 " + std::to_string(answer->status) + " Answer\r\nContent-Length: "
                     + std::to_string(answer->body.size()) + "\r\n\r\n" + answer->body;
            return {};
        }
        result<std::size_t> read_some(std::span<char> into, std::chrono::milliseconds) override {
            const auto size = std::min(into.size(), sent_.size());
            std::copy_n(sent_.begin(), size, into.begin());
            sent_.erase(0, size);
            return size;
        }

    private:
        fake_dynamodb& tables_;
        const context& ctx_;
        std::string received_;
        std::string sent_;
    };
    fake_dynamodb& tables_;
    const context& ctx_;
};

} // namespace fakes
