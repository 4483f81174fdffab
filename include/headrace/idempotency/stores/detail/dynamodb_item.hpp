// SPDX-License-Identifier: BSL-1.0
#pragma once

// How is a record an item of DynamoDB, and how are its conditions expressions? What dynamodb_store
// sends and reads, but for the requests around it.

#include <headrace/aws/dynamodb.hpp>
#include <headrace/idempotency/store.hpp>
#include <headrace/idempotency/stores/dynamodb.hpp>
#include <headrace/json/decode.hpp>
#include <headrace/json/text.hpp>
#include <headrace/json/writer.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

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

// Nothing: it is none.
inline std::optional<record> to_record(const item& from) {
    const auto status = parse_record_status(from.status.text);
    const auto owner = owner_id::parse(from.owner.text);
    auto bytes = base64_decode(from.result.bytes);
    record r;
    const bool good = status && owner && bytes && read_number(from.fence, r.fence)
                      && read_number(from.attempts, r.attempts)
                      && read_time(from.lease, r.lease_end) && read_time(from.expires, r.expires);
    if (!good) return std::nullopt;
    r.status = *status;
    r.owner = *owner;
    r.payload = from.payload.text;
    r.result = *std::move(bytes);
    return r;
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
               + " < " + u.value("lapsed", 'N', number(lapsed_before(request.now, request.margin)))
               + "))";
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

} // namespace headrace::idempotency
