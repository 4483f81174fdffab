// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/decode.hpp>
#include <headrace/detail/percent.hpp>
#include <headrace/idempotency/canonical.hpp>
#include <headrace/idempotency/dynamodb.hpp>
#include <headrace/json.hpp>
#include <headrace/retry.hpp>
#include <headrace/text.hpp>
#include <headrace/writer.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>

namespace headrace::idempotency {

namespace dynamo {

// ---- items --------------------------------------------------------------------------------------

struct attribute {
    std::string_view text;   // S
    std::string_view number; // N
    std::string_view bytes;  // B, base64
    static void wire(auto& self, auto&& field) {
        field("S", self.text);
        field("N", self.number);
        field("B", self.bytes);
    }
};

struct item {
    attribute status, owner, fence, attempts, lease, expires, payload, result;
    static void wire(auto& self, auto&& field) {
        field("status", self.status);
        field("owner", self.owner);
        field("fence", self.fence);
        field("attempts", self.attempts);
        field("lease_ns", self.lease);
        field("expires_ns", self.expires);
        field("payload", self.payload);
        field("result", self.result);
    }
};

struct update_answer {
    std::optional<item> attributes;
    static void wire(auto& self, auto&& field) { field("Attributes", self.attributes); }
};
struct item_answer { // of GetItem, and of a refused UpdateItem
    std::optional<item> found;
    static void wire(auto& self, auto&& field) { field("Item", self.found); }
};
struct cancellation {
    std::string_view code;
    std::optional<item> found;
    static void wire(auto& self, auto&& field) {
        field("Code", self.code);
        field("Item", self.found);
    }
};
struct cancelled_answer {
    std::vector<cancellation> reasons;
    static void wire(auto& self, auto&& field) { field("CancellationReasons", self.reasons); }
};
struct table_answer {
    struct description {
        std::string_view status;
        static void wire(auto& self, auto&& field) { field("TableStatus", self.status); }
    };
    description table;
    static void wire(auto& self, auto&& field) { field("Table", self.table); }
};
struct expiry_answer {
    struct description {
        std::string_view status;
        static void wire(auto& self, auto&& field) { field("TimeToLiveStatus", self.status); }
    };
    description expiry;
    static void wire(auto& self, auto&& field) { field("TimeToLiveDescription", self.expiry); }
};

inline error unreadable() {
    return error::permanent("a record of the idempotency table cannot be read");
}

template <class T> result<decoded<T>> read(const aws::dynamodb_answer& answer) {
    auto out = decode<T>(answer.body);
    if (!out) return error::permanent("DynamoDB's answer cannot be read: " + describe(out.error()));
    return out;
}

template <std::integral N> bool read_number(const attribute& from, N& out) {
    const auto* const end = from.number.data() + from.number.size();
    const auto [at, code] = std::from_chars(from.number.data(), end, out);
    return code == std::errc() && at == end && !from.number.empty();
}

inline bool read_time(const attribute& from, time_point& out) {
    std::int64_t count = 0;
    const bool good = read_number(from, count);
    out = time_point(std::chrono::nanoseconds(count));
    return good;
}

inline result<record> to_record(const item& from) {
    const auto status = parse_record_status(from.status.text);
    const auto owner = owner_id::parse(from.owner.text);
    auto bytes = base64_decode(from.result.bytes);
    record r;
    const bool good = status && owner && bytes && read_number(from.fence, r.fence)
                      && read_number(from.attempts, r.attempts)
                      && read_time(from.lease, r.lease_end) && read_time(from.expires, r.expires);
    if (!good) return unreadable();
    r.status = *status;
    r.owner = *owner;
    r.payload = from.payload.text;
    r.result = *std::move(bytes);
    return r;
}

inline result<std::optional<record>> to_record(const std::optional<item>& from) {
    if (!from) return std::optional<record>();
    auto r = to_record(*from);
    if (!r) return std::move(r).error();
    return std::optional<record>(*std::move(r));
}

inline std::string number(time_point t) { return std::to_string(t.time_since_epoch().count()); }

// ---- writes -------------------------------------------------------------------------------------

// An UpdateItem, or the Update of a transaction. All names and values are placeholders.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html
class update {
public:
    explicit update(const dynamodb_options& options) : options_(options) {}

    // "#name", for the attribute of this name or the one that the options call so.
    std::string name(std::string_view which) {
        std::string placeholder = "#" + std::string(which);
        const auto& actual = which == "key"      ? options_.key_attribute
                             : which == "expiry" ? options_.expiry_attribute
                                                 : std::string(which);
        if (std::ranges::find(names_, placeholder, &pair::first) == names_.end())
            names_.emplace_back(placeholder, actual);
        return placeholder;
    }
    // ":name"
    std::string value(std::string_view which, char type, std::string text) {
        std::string placeholder = ":" + std::string(which);
        if (std::ranges::find(values_, placeholder, &typed::placeholder) == values_.end())
            values_.push_back({placeholder, type, std::move(text)});
        return placeholder;
    }
    void set(std::string_view which, char type, std::string text) {
        set_to(which, value(which, type, std::move(text)));
    }
    void set_to(std::string_view which, std::string_view operand) {
        sets_.append(sets_.empty() ? "SET " : ", ").append(name(which)).append(" = ");
        sets_.append(operand);
    }
    void remove(std::string_view which) {
        removes_.append(removes_.empty() ? " REMOVE " : ", ").append(name(which));
    }
    void set_expiry(time_point when) {
        set("expires_ns", 'N', number(when));
        const auto seconds = std::chrono::ceil<std::chrono::seconds>(when.time_since_epoch());
        const bool for_ever = when == time_point::max();
        for_ever ? remove("expiry") : set("expiry", 'N', std::to_string(seconds.count()));
    }
    // An empty text is an absent attribute.
    void set_payload(std::string_view text) {
        text.empty() ? remove("payload") : set("payload", 'S', std::string(text));
    }
    std::string is_payload(std::string_view text) {
        if (text.empty()) return "attribute_not_exists(" + name("payload") + ")";
        return equals("payload", value("payload", 'S', std::string(text)));
    }
    void set_result(std::string_view bytes) {
        bytes.empty() ? remove("result") : set("result", 'B', std::string(bytes));
    }
    std::string equals(std::string_view which, std::string_view operand) {
        return name(which).append(" = ").append(operand);
    }
    void where(std::string condition) { condition_ = std::move(condition); }

    // The members that both requests share, but for the table and the key.
    void write(writer& w) const {
        w.member("UpdateExpression", sets_ + removes_);
        w.member("ConditionExpression", condition_);
        w.key("ExpressionAttributeNames");
        w.begin_object();
        for (const auto& [placeholder, actual] : names_) w.member(placeholder, actual);
        w.end_object();
        w.key("ExpressionAttributeValues");
        w.begin_object();
        for (const auto& each : values_) {
            w.key(each.placeholder);
            w.begin_object();
            w.member(std::string_view(&each.type, 1),
                     each.type == 'B' ? base64_encode(each.text) : each.text);
            w.end_object();
        }
        w.end_object();
        w.member("ReturnValuesOnConditionCheckFailure", std::string_view("ALL_OLD"));
    }

private:
    using pair = std::pair<std::string, std::string>;
    struct typed {
        std::string placeholder;
        char type;
        std::string text;
    };
    const dynamodb_options& options_;
    std::vector<pair> names_;
    std::vector<typed> values_;
    std::string sets_;
    std::string removes_;
    std::string condition_;
};

inline void set_claim(update& u, const record& now) {
    u.set("status", 'S', std::string(to_string(now.status)));
    u.set("owner", 'S', now.owner.text());
    u.set("fence", 'N', std::to_string(now.fence));
    u.set("lease_ns", 'N', number(now.lease_end));
    u.set_expiry(now.expires);
    u.set_payload(now.payload);
    u.remove("result");
}

// may_claim() for all but two kinds of records: those that are expired, whose attempts begin anew,
// and those whose fence is ahead of the clock, since expressions have no max().
inline update first_claim(const dynamodb_options& options, const claim_request& request) {
    update u(options);
    const auto now = claimed(nullptr, request);
    set_claim(u, now);
    const auto attempts = u.name("attempts");
    u.set_to("attempts", "if_not_exists(" + attempts + ", " + u.value("zero", 'N', "0") + ") + "
                             + u.value("one", 'N', "1"));
    auto free = u.equals("status",
                         u.value("released", 'S', std::string(to_string(record_status::released))));
    if (request.take_over) {
        free = "(" + free + " OR (" + u.equals("status", ":status") + " AND " + u.name("lease_ns")
               + " < " + u.value("lapsed", 'N', number(request.now - request.margin)) + "))";
    }
    u.where("attribute_not_exists(" + u.name("key") + ") OR (" + u.name("fence") + " < :fence AND "
            + u.name("expires_ns") + " >= " + u.value("now", 'N', number(request.now)) + " AND "
            + u.is_payload(request.id.payload) + " AND " + free + ")");
    return u;
}

// claimed() of a record that was seen, if it is still the same.
inline update next_claim(const dynamodb_options& options, const claim_request& request,
                         const record& seen) {
    update u(options);
    const auto now = claimed(&seen, request);
    set_claim(u, now);
    u.set("attempts", 'N', std::to_string(now.attempts));
    const auto is = [&](std::string_view which, char type, std::string text) {
        return u.equals(which, u.value("seen_" + std::string(which), type, std::move(text)));
    };
    u.where(is("status", 'S', std::string(to_string(seen.status))) + " AND "
            + is("owner", 'S', seen.owner.text()) + " AND "
            + is("fence", 'N', std::to_string(seen.fence)) + " AND "
            + is("lease_ns", 'N', number(seen.lease_end)) + " AND "
            + is("expires_ns", 'N', number(seen.expires)));
    return u;
}

// may_end()
inline void where_owned(update& u, owner_id owner) {
    const auto in_progress = std::string(to_string(record_status::in_progress));
    u.where(u.equals("owner", u.value("owner", 'S', owner.text())) + " AND "
            + u.equals("status", u.value("in_progress", 'S', in_progress)));
}

inline void set_ending(update& u, const ending& how) {
    u.set("status", 'S', std::string(to_string(how.becomes)));
    u.set_result(how.result);
    u.set_expiry(how.expires);
}

inline update end_of(const dynamodb_options& options, owner_id owner, const ending& how) {
    update u(options);
    set_ending(u, how);
    where_owned(u, owner);
    return u;
}

} // namespace dynamo

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
        if (answer && answer->status != 200) return aws::dynamodb_error(*answer);
        return answer;
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
            return to_written(true, (*is)->attributes);
        }
        auto failed = aws::dynamodb_error(*answer);
        if (failed.type != "ConditionalCheckFailedException") return failed;
        const auto is = dynamo::read<dynamo::item_answer>(*answer);
        if (!is) return is.error();
        return to_written(false, (*is)->found);
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
        return dynamo::to_record((*is)->found);
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
            auto failed = aws::dynamodb_error(*made);
            if (failed.type != "ResourceInUseException") return failed; // it is there
        }
        if (auto there = wait_until_active(ctx); !there) return there;
        return turn_expiry_on(ctx);
    }

private:
    static result<written> to_written(bool done, const std::optional<dynamo::item>& from) {
        auto r = dynamo::to_record(from);
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
        const auto end = ctx.world->clock.now() + std::chrono::minutes(1);
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
            const auto next =
                ctx.world->clock.now() + std::min(pause, std::chrono::milliseconds(2'000));
            if (next > end || !ctx.sleep_until(next)) {
                return error::transient("the table " + name_ + " is not active yet");
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

result<claim_answer> dynamodb_store::claim(const context& ctx, const claim_request& request) {
    std::optional<record> seen;
    for (int tries = 0; tries < 4; ++tries) {
        const auto u = seen ? dynamo::next_claim(table_->options(), request, *seen)
                            : dynamo::first_claim(table_->options(), request);
        auto said = table_->write(ctx, request.id, u, "ALL_NEW");
        if (!said) return std::move(said).error();
        seen = std::move(said->item);
        if (said->done) {
            if (!seen || !may_end(&*seen, request.owner)) return dynamo::unreadable();
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
            std::string("a store's URL \"dynamodb:TABLE?region=...&endpoint=...\" ").append(why));
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
    for (std::size_t i = 0; i < reasons.size(); ++i) {
        const auto code = reasons[i].code;
        if (code.empty() || code == "None") continue;
        const auto words = i == 0 ? "the record of the operation" : "item " + std::to_string(i);
        e = std::ranges::find(passing, code) != passing.end() ? error::transient({})
            : code == "ConditionalCheckFailed"                ? error::conflict({})
                                                              : error::permanent({});
        e.message = "DynamoDB has cancelled the transaction: " + words + ": " + std::string(code);
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
    const auto token = sha256_hex(end_->owner().text() + actions).substr(0, 32);
    const std::string json =
        R"({"ClientRequestToken":")" + token + R"(","TransactItems":)" + actions + "}";
    const retry again{{.tries = 4, .base = 25ms, .cap = 400ms, .classify = &dynamo::classify},
                      {.reserve = 20ms}};
    const auto said = again.run(ctx, [&]() -> result<write_answer> {
        const auto answer = in.call(ctx, "TransactWriteItems", json);
        if (!answer) return answer.error();
        if (answer->status == 200) return write_answer{true, std::nullopt};
        auto failed = aws::dynamodb_error(*answer);
        if (failed.type != "TransactionCanceledException") return failed;
        const auto is = dynamo::read<dynamo::cancelled_answer>(*answer);
        if (!is) return is.error();
        const auto& reasons = (*is)->reasons;
        if (reasons.empty() || reasons[0].code != "ConditionalCheckFailed") {
            return dynamo::cancelled_by(reasons);
        }
        auto found = reasons[0].found ? dynamo::to_record(reasons[0].found) : in.find(ctx, id);
        if (!found) return std::move(found).error();
        return write_answer{false, *std::move(found)};
    });
    if (!said) return said.error();
    return end_->settle(*said, text, std::move(reply));
}

} // namespace headrace::idempotency
