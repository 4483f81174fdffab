// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/base/detail/sha256.hpp>
#include <headrace/idempotency/canonical.hpp>
#include <headrace/idempotency/stores/detail/dynamodb_item.hpp>
#include <headrace/idempotency/stores/dynamodb.hpp>
#include <headrace/json/decode.hpp>
#include <headrace/json/detail/percent.hpp>
#include <headrace/json/json.hpp>
#include <headrace/json/writer.hpp>
#include <headrace/layers/retry.hpp>

#include <range/v3/view/enumerate.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>

namespace headrace::idempotency {

// ---- the table ----------------------------------------------------------------------------------

struct dynamodb_store::own_client final : any_client {
    explicit own_client(aws::dynamodb_client_options options) : client(std::move(options)) {}
    result<aws::dynamodb_answer> call(const context& ctx, std::string_view operation,
                                      std::string_view json) override {
        return client.call(ctx, operation, json);
    }
    aws::dynamodb client;
};

class dynamodb_store::table {
public:
    table(std::unique_ptr<any_client> client, std::string name, dynamodb_options options)
        : client_(std::move(client)), name_(std::move(name)), options_(std::move(options)) {}

    [[nodiscard]] const dynamodb_options& options() const noexcept { return options_; }

    result<aws::dynamodb_answer> call(const context& ctx, std::string_view operation,
                                      std::string_view json) {
        return client_->call(ctx, operation, json);
    }
    // The same, where everything but success is an error.
    result<aws::dynamodb_answer> must(const context& ctx, std::string_view operation,
                                      std::string_view json) {
        auto answer = call(ctx, operation, json);
        if (answer && answer->status != 200) return refusal(*answer);
        return answer;
    }
    // DynamoDB does not say which one it has not found.
    [[nodiscard]] error refusal(const aws::dynamodb_answer& answer) const {
        error e = aws::dynamodb_error(answer);
        if (e.type == "ResourceNotFoundException")
            detail::append_format<" (the table {})">(e.message, name_);
        return e;
    }
    [[nodiscard]] std::string name() const { return "the DynamoDB table " + name_; }
    [[nodiscard]] error unreadable(const identity& id) const {
        return unreadable_record(name(), id.key);
    }
    [[nodiscard]] result<std::optional<record>>
    to_record(const identity& id, const std::optional<dynamo::item>& from) const {
        if (!from) return std::optional<record>();
        auto r = dynamo::to_record(*from);
        if (!r) return unreadable(id);
        return r;
    }

    // What came of a write: the item as it is now, or the one that did not meet the condition.
    struct written {
        bool done = false;
        std::optional<record> item; // there are servers that do not return it
    };
    result<written> write(const context& ctx, const identity& id, const dynamo::update& u,
                          std::string_view returned) {
        std::string json;
        writer w(json);
        w.begin_object();
        write_place(w, id);
        u.write(w);
        w.member("ReturnValues", returned);
        w.end_object();
        const auto answer = call(ctx, "UpdateItem", json);
        if (!answer) return answer.error();
        if (answer->status == 200) {
            const auto is = dynamo::read<dynamo::update_answer>(*answer);
            if (!is) return is.error();
            return to_written(id, true, (*is)->attributes);
        }
        auto failed = refusal(*answer);
        if (failed.type != "ConditionalCheckFailedException") return failed;
        const auto is = dynamo::read<dynamo::item_answer>(*answer);
        if (!is) return is.error();
        return to_written(id, false, (*is)->found);
    }
    // A write by condition: what is there if it was not met.
    result<write_answer> conditional(const context& ctx, const identity& id,
                                     const dynamo::update& u) {
        auto said = write(ctx, id, u, "NONE");
        if (!said) return std::move(said).error();
        if (said->done) return write_answer{true, std::nullopt};
        if (said->item) return write_answer{false, std::move(said->item)};
        auto there = find(ctx, id);
        if (!there) return std::move(there).error();
        return write_answer{false, *std::move(there)};
    }
    result<std::optional<record>> find(const context& ctx, const identity& id) {
        std::string json;
        writer w(json);
        w.begin_object();
        write_place(w, id);
        w.member("ConsistentRead", true);
        w.end_object();
        const auto answer = must(ctx, "GetItem", json);
        if (!answer) return answer.error();
        const auto is = dynamo::read<dynamo::item_answer>(*answer);
        if (!is) return is.error();
        return to_record(id, (*is)->found);
    }

    // DynamoDB's own limit counts names and values; this leaves room for all but the longest.
    // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
    [[nodiscard]] result<void> check_size(const identity& id, std::string_view bytes) const {
        const auto others = 512 + id.key.size() + id.payload.size() + options_.key_attribute.size()
                            + options_.expiry_attribute.size();
        if (others + bytes.size() <= std::size_t{400} * 1024) return {};
        error e = error::permanent("the result is too large for an item of DynamoDB (400 KB); "
                                   "lower options::largest_reply");
        e.code = errc::too_large;
        return e;
    }

    // TableName and Key.
    void write_place(writer& w, const identity& id) const {
        w.member("TableName", name_);
        w.key("Key");
        w.begin_object();
        w.key(options_.key_attribute);
        w.begin_object();
        w.member("S", id.key);
        w.end_object();
        w.end_object();
    }

    result<void> create(const context& ctx) {
        const auto made = call(ctx, "CreateTable", creation());
        if (!made) return made.error();
        if (made->status != 200) {
            auto failed = refusal(*made);
            if (failed.type != "ResourceInUseException") return failed; // it is there
        }
        if (auto there = wait_until_active(ctx); !there) return there;
        return turn_expiry_on(ctx);
    }

private:
    [[nodiscard]] result<written> to_written(const identity& id, bool done,
                                             const std::optional<dynamo::item>& from) const {
        auto r = to_record(id, from);
        if (!r) return std::move(r).error();
        return written{done, *std::move(r)};
    }

    [[nodiscard]] std::string creation() const {
        const auto one = [&](writer& w, std::string_view list, std::string_view member,
                             std::string_view value) {
            w.key(list);
            w.begin_array();
            w.begin_object();
            w.member("AttributeName", options_.key_attribute);
            w.member(member, value);
            w.end_object();
            w.end_array();
        };
        std::string json;
        writer w(json);
        w.begin_object();
        w.member("TableName", name_);
        w.member("BillingMode", std::string_view("PAY_PER_REQUEST"));
        one(w, "AttributeDefinitions", "AttributeType", "S");
        one(w, "KeySchema", "KeyType", "HASH");
        w.end_object();
        return json;
    }
    [[nodiscard]] std::string named() const {
        std::string json;
        writer w(json);
        w.begin_object();
        w.member("TableName", name_);
        w.end_object();
        return json;
    }

    result<void> wait_until_active(const context& ctx) {
        const auto end = ctx.world->clock.steady() + std::chrono::minutes(1);
        for (auto pause = std::chrono::milliseconds(20);; pause *= 2) {
            const auto answer = must(ctx, "DescribeTable", named());
            // A new table may not be known everywhere yet.
            const bool is_known =
                answer || answer.error().type != std::string_view("ResourceNotFoundException");
            if (is_known) {
                if (!answer) return answer.error();
                const auto is = dynamo::read<dynamo::table_answer>(*answer);
                if (!is) return is.error();
                if ((*is)->table.status == "ACTIVE") return {};
            }
            const auto wait = std::min(pause, std::chrono::milliseconds(2'000));
            if (ctx.world->clock.steady() + wait > end || !ctx.sleep_for(wait)) {
                return error::transient(detail::format<"the table {} is not active yet">(name_));
            }
        }
    }

    // Nothing where the server knows no TTL.
    result<void> turn_expiry_on(const context& ctx) {
        const auto is_unknown = [](const result<aws::dynamodb_answer>& said) {
            return !said && said.error().type == "UnknownOperationException";
        };
        const auto answer = must(ctx, "DescribeTimeToLive", named());
        if (is_unknown(answer)) return {};
        if (!answer) return answer.error();
        const auto is = dynamo::read<dynamo::expiry_answer>(*answer);
        if (!is) return is.error();
        if ((*is)->expiry.status.starts_with("ENABL")) return {};
        std::string json;
        writer w(json);
        w.begin_object();
        w.member("TableName", name_);
        w.key("TimeToLiveSpecification");
        w.begin_object();
        w.member("AttributeName", options_.expiry_attribute);
        w.member("Enabled", true);
        w.end_object();
        w.end_object();
        const auto done = must(ctx, "UpdateTimeToLive", json);
        if (!done && !is_unknown(done)) return done.error();
        return {};
    }

    std::unique_ptr<any_client> client_;
    std::string name_;
    dynamodb_options options_;
};

// ---- the store ----------------------------------------------------------------------------------

dynamodb_store::dynamodb_store(std::unique_ptr<any_client> client, std::string table,
                               dynamodb_options options)
    : table_(std::make_unique<dynamodb_store::table>(std::move(client), std::move(table),
                                                     std::move(options))) {}
dynamodb_store::dynamodb_store(std::string table, const dynamodb_options& options)
    : dynamodb_store(std::make_unique<own_client>(options.client), std::move(table), options) {}
dynamodb_store::~dynamodb_store() = default;

std::string dynamodb_store::name() const { return table_->name(); }

result<claim_answer> dynamodb_store::claim(const context& ctx, const claim_request& request) {
    std::optional<record> seen;
    for (int tries = 0; tries < 4; ++tries) {
        const auto u = seen ? dynamo::next_claim(table_->options(), request, *seen)
                            : dynamo::first_claim(table_->options(), request);
        auto said = table_->write(ctx, request.id, u, "ALL_NEW");
        if (!said) return std::move(said).error();
        seen = std::move(said->item);
        if (said->done) {
            if (!seen || !may_end(&*seen, request.owner)) return table_->unreadable(request.id);
            return claim_answer{true, *std::move(seen)};
        }
        if (!seen) {
            auto found = table_->find(ctx, request.id);
            if (!found) return std::move(found).error();
            seen = *std::move(found);
        }
        if (seen && !may_claim(&*seen, request)) return claim_answer{false, *std::move(seen)};
    }
    return error::transient("the record changes all the time");
}

result<write_answer> dynamodb_store::end(const context& ctx, const identity& id, owner_id owner,
                                         const ending& how) {
    if (auto fits = table_->check_size(id, how.result); !fits) return std::move(fits).error();
    return table_->conditional(ctx, id, dynamo::end_of(table_->options(), owner, how));
}

result<write_answer> dynamodb_store::renew(const context& ctx, const identity& id, owner_id owner,
                                           time_point lease_end, time_point expires) {
    dynamo::update u(table_->options());
    u.set("lease_ns", 'N', dynamo::number(lease_end));
    u.set_expiry(expires);
    dynamo::where_owned(u, owner);
    return table_->conditional(ctx, id, u);
}

result<write_answer> dynamodb_store::reconcile(const context& ctx, const identity& id,
                                               std::uint64_t fence, const ending& how) {
    if (auto fits = table_->check_size(id, how.result); !fits) return std::move(fits).error();
    dynamo::update u(table_->options());
    dynamo::set_ending(u, how);
    const auto unknown = std::string(to_string(record_status::unknown));
    u.where(u.equals("status", u.value("unknown", 'S', unknown)) + " AND "
            + u.equals("fence", u.value("fence", 'N', std::to_string(fence))));
    return table_->conditional(ctx, id, u);
}

result<std::optional<record>> dynamodb_store::find(const context& ctx, const identity& id) {
    return table_->find(ctx, id);
}

result<void> dynamodb_store::create_table(const context& ctx) { return table_->create(ctx); }

result<std::unique_ptr<store>> dynamodb_store::open(std::string_view url) {
    constexpr std::string_view scheme = "dynamodb:";
    const auto bad = [](std::string_view why) {
        return error::invalid(
            detail::format<"a store's URL \"dynamodb:TABLE?region=...&endpoint=...\" {}">(why));
    };
    if (!url.starts_with(scheme)) return bad("begins with dynamodb:");
    url.remove_prefix(scheme.size());
    const auto question = std::min(url.find('?'), url.size());
    std::string table(url.substr(0, question));
    if (table.empty() || table.starts_with('/')) return bad("names a table after the colon");
    dynamodb_options options;
    for (auto rest = url.substr(question); !rest.empty();) {
        rest.remove_prefix(1);
        const auto one = rest.substr(0, rest.find('&'));
        rest.remove_prefix(one.size());
        const auto equals = std::min(one.find('='), one.size());
        const auto name = one.substr(0, equals);
        std::string value;
        detail::append_percent_decoded(value, one.substr(std::min(equals + 1, one.size())),
                                       detail::plus_sign::itself);
        auto* const target = name == "region"     ? &options.client.region
                             : name == "endpoint" ? &options.client.endpoint
                             : name == "ca"       ? &options.client.ca_file
                             : name == "key"      ? &options.key_attribute
                             : name == "expiry"   ? &options.expiry_attribute
                                                  : nullptr;
        if (target == nullptr)
            return bad("has no other options than region, endpoint, ca, key, expiry");
        if (value.empty()) return bad("has an option without a value");
        *target = std::move(value);
    }
    return std::unique_ptr<store>(
        std::make_unique<dynamodb_store>(std::move(table), std::move(options)));
}

// ---- transactions -------------------------------------------------------------------------------

namespace dynamo {

// Which of the user's items was in the way, and whether it will go away.
inline error cancelled_by(const std::vector<cancellation>& reasons) {
    constexpr std::array passing{"TransactionConflict", "ProvisionedThroughputExceeded",
                                 "ThrottlingError"};
    error e = error::conflict("DynamoDB has cancelled the transaction");
    for (auto&& [i, reason] : ranges::views::enumerate(reasons)) {
        const auto code = reason.code;
        if (code.empty() || code == "None") continue;
        const auto words = i == 0 ? "the record of the operation" : detail::format<"item {}">(i);
        e = std::ranges::find(passing, code) != passing.end() ? error::transient({})
            : code == "ConditionalCheckFailed"                ? error::conflict({})
                                                              : error::permanent({});
        e.message = detail::format<"DynamoDB has cancelled the transaction: {}: {}">(words, code);
        e.type = code;
        if (e.kind != error_class::transient) break; // that one would stay
    }
    e.code = errc::input_output;
    return e;
}

// The same items meet the same conditions.
inline retry_kind classify(const error& e) noexcept {
    return e.kind == error_class::conflict ? retry_kind::never : classify_retry(e);
}

} // namespace dynamo

outcome dynamodb_store::transaction::commit_outcome(outcome reply,
                                                    std::span<const std::string_view> items) const {
    using namespace std::chrono_literals;
    const context& ctx = end_->context();
    auto& in = *store_->table_;
    if (auto known = end_->answer()) return *std::move(known);
    if (!reply.succeeded()) return reply;
    const auto text = end_->text_of(reply);
    const auto& id = end_->id();
    if (auto fits = in.check_size(id, text); !fits) return std::move(fits).error();
    std::string actions;
    writer w(actions);
    w.begin_array();
    w.begin_object();
    w.key("Update");
    w.begin_object();
    in.write_place(w, id);
    dynamo::end_of(in.options(), end_->owner(), {record_status::completed, text, end_->expires()})
        .write(w);
    w.end_object();
    w.end_object();
    for (const auto each : items) w.verbatim(each);
    w.end_array();
    // The same for the same owner and the same writes.
    const auto token = detail::sha256_hex(end_->owner().text() + actions).substr(0, 32);
    const std::string json =
        detail::format<R"({{"ClientRequestToken":"{}","TransactItems":{}}})">(token, actions);
    const retry again{{.tries = 4, .base = 25ms, .cap = 400ms, .classify = &dynamo::classify},
                      {.attempt = 1ms, .reserve = 0ms}};
    const auto soft = ctx.soft_deadline.value_or(time_point::max());
    const auto bounded =
        until(std::min(notes_end(ctx, ctx.world->clock.now()), soft), ctx); // it is a note, too
    const auto said = again.run(bounded, [&](const context& own) -> result<write_answer> {
        const auto answer = in.call(own, "TransactWriteItems", json);
        if (!answer) return answer.error();
        if (answer->status == 200) return write_answer{true, std::nullopt};
        auto failed = in.refusal(*answer);
        if (failed.type != "TransactionCanceledException") return failed;
        const auto is = dynamo::read<dynamo::cancelled_answer>(*answer);
        if (!is) return is.error();
        const auto& reasons = (*is)->reasons;
        if (reasons.empty() || reasons[0].code != "ConditionalCheckFailed") {
            return dynamo::cancelled_by(reasons);
        }
        auto found = reasons[0].found ? in.to_record(id, reasons[0].found) : in.find(own, id);
        if (!found) return std::move(found).error();
        return write_answer{false, *std::move(found)};
    });
    if (!said) return said.error();
    return end_->settle(*said, text, std::move(reply));
}

} // namespace headrace::idempotency
