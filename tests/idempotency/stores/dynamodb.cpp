// SPDX-License-Identifier: BSL-1.0
#include "idempotency/fake_dynamodb.hpp"
#include "virtual_time.hpp"

#include <headrace/app.hpp>
#include <headrace/idempotency.hpp>
#include <headrace/idempotency/stores/dynamodb.hpp>
#include <headrace/layers/retry.hpp>
#include <headrace/sources/sqs.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/invoke.hpp>
#include <headrace/testing/store_conformance.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <variant>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;
namespace idem = headrace::idempotency;
using idem::dynamodb_store;

namespace {

using texts = std::vector<std::string>;

// A claim as the protocol makes it, with every time given.
struct claim {
    idem::identity id{"key", "payload"};
    std::uint64_t owner = 1;
    time_point now = testing::start_of_time;
    std::chrono::milliseconds lease = 10s;
    std::chrono::milliseconds kept = 60s;
    bool take_over = true;

    result<idem::claim_answer> operator()(idem::store& in, const context& ctx) const {
        return in.claim(ctx, {.id = id,
                              .owner = {{owner, 0}},
                              .now = now,
                              .lease_end = now + lease,
                              .expires = now + kept,
                              .margin = 1s,
                              .take_over = take_over});
    }
};

idem::ending completed(std::string_view text, time_point expires = testing::start_of_time + 1h) {
    return {idem::record_status::completed, text, expires};
}

error lost() { return error::transient("the reply was lost"); }

} // namespace

TEST_CASE("the store in DynamoDB keeps the promises of the specification") {
    for (const bool returns_old : {true, false}) {
        for (std::uint64_t seed = 1; seed <= 5; ++seed) {
            CAPTURE(returns_old);
            CAPTURE(seed);
            fakes::fake_dynamodb tables({.returns_old = returns_old});
            dynamodb_store store(tables, "records");
            CHECK(testing::check_store(store, {.seed = seed}) == texts{});
        }
    }
}

TEST_CASE("an operation costs two requests, and its replay one") {
    testing::world w;
    const auto ctx = w.make_context();
    fakes::fake_dynamodb tables;
    dynamodb_store store(tables, "records");
    auto first = idem::begin(store, {"key", "payload"}, {}, ctx);
    REQUIRE(first);
    CHECK(tables.operations() == texts{"UpdateItem"});
    REQUIRE(std::get<idem::attempt>(*first).complete(ctx, "done"));
    CHECK(tables.operations() == texts{"UpdateItem"});
    auto second = idem::begin(store, {"key", "payload"}, {}, ctx);
    REQUIRE(second);
    CHECK(std::get<idem::replay>(*second).result == "done");
    CHECK(tables.operations() == texts{"UpdateItem"});
}

TEST_CASE("taking over takes one request too, unless clocks went back or a record is expired") {
    testing::world w;
    const auto ctx = w.make_context();
    fakes::fake_dynamodb tables;
    dynamodb_store store(tables, "records");
    const auto start = testing::start_of_time;
    const auto granted = [&](const claim& c, std::uint32_t attempts, std::size_t requests) {
        const auto said = c(store, ctx);
        REQUIRE(said);
        CHECK(said->granted);
        CHECK(said->now.attempts == attempts);
        CHECK(tables.operations().size() == requests);
        return said->now.fence;
    };
    auto fence = granted({.owner = 1}, 1, 1);
    CHECK(fence == 1'795'559'447'201); // the time in ms
    CHECK(granted({.owner = 2, .now = start + 12s}, 2, 1) == fence + 12'000);
    const idem::ending released{idem::record_status::released, {}, start + 100s};
    REQUIRE(store.end(ctx, {"key", "payload"}, {{2, 0}}, released)->written);
    (void)tables.operations();
    CHECK(granted({.owner = 3, .now = start + 13s}, 3, 1) == fence + 13'000);
    // The next one's clock is an hour behind, and it has been released by then.
    REQUIRE(store.end(ctx, {"key", "payload"}, {{3, 0}}, released)->written);
    (void)tables.operations();
    CHECK(granted({.owner = 4, .now = start - 1h}, 4, 2) == fence + 13'001);
    CHECK(granted({.owner = 5, .now = start + 2h}, 1, 2) == fence + 7'200'000);
}

TEST_CASE("what was lost on the way back is known by its owner, whatever the call") {
    for (const bool returns_old : {true, false}) {
        CAPTURE(returns_old);
        fakes::virtual_world w;
        w.context.deadline.reset();
        fakes::fake_dynamodb tables({.returns_old = returns_old});
        dynamodb_store store(tables, "records");
        const context& ctx = w.context;
        bool armed = false;
        const auto lose_next = [&] {
            armed = true;
            tables.afterwards =
                [&](std::string_view) -> std::optional<result<aws::dynamodb_answer>> {
                if (!std::exchange(armed, false)) return std::nullopt;
                return lost();
            };
        };
        lose_next();
        auto begun = idem::begin(store, {"a", ""}, {}, ctx);
        REQUIRE(begun);
        auto& attempt = std::get<idem::attempt>(*begun);
        CHECK(attempt.number() == 1);
        lose_next();
        CHECK(attempt.renew(ctx, w.time.now() + 1h));
        lose_next();
        const auto done = attempt.complete(ctx, "done");
        REQUIRE(done);
        CHECK(done->result == "done");
        CHECK_FALSE(armed);
        lose_next();
        auto again = idem::begin(store, {"b", ""}, {.mode = idem::mode::at_most_once}, ctx);
        REQUIRE(again);
        lose_next();
        CHECK(std::get<idem::attempt>(*again).park(ctx));
        const auto parked = idem::begin(store, {"b", ""}, {.mode = idem::mode::at_most_once}, ctx);
        REQUIRE(parked);
        lose_next();
        CHECK(idem::reconcile(store, {"b", ""}, std::get<idem::unknown>(*parked).fence,
                              {.done = true, .result = "found"}, {}, ctx));
        lose_next();
        const auto seen = store.find(ctx, {"b", ""});
        CHECK_FALSE(seen);
        CHECK((*store.find(ctx, {"b", ""}))->result == "found");
    }
}

TEST_CASE("items say what they should, and TTL leaves live claims alone") {
    testing::world w;
    const auto ctx = w.make_context();
    fakes::fake_dynamodb tables;
    tables.add_table("others", "id");
    dynamodb_store store(tables, "others",
                         {.key_attribute = "id", .expiry_attribute = "expiration"});
    REQUIRE(claim{.kept = 60s}(store, ctx)->granted);
    auto item = tables.item("others", "key");
    CHECK(item.at("id").text == "key");
    CHECK(item.at("status").text == "INPROGRESS");
    CHECK(item.at("owner").text == "00000000000000010000000000000000");
    CHECK(item.at("expires_ns").text == "1795559507201000000");
    CHECK(item.at("expiration").text == "1795559508"); // rounded up
    CHECK_FALSE(item.contains("result"));
    const idem::ending parked{idem::record_status::unknown, {}, time_point::max()};
    REQUIRE(store.end(ctx, {"key", "payload"}, {{1, 0}}, parked)->written);
    CHECK_FALSE(tables.item("others", "key").contains("expiration"));
}

TEST_CASE("a result that fits into no item is refused before it is sent") {
    testing::world w;
    const auto ctx = w.make_context();
    fakes::fake_dynamodb tables;
    dynamodb_store store(tables, "records");
    REQUIRE(claim{}(store, ctx)->granted);
    (void)tables.operations();
    const auto said =
        store.end(ctx, {"key", "payload"}, {{1, 0}}, completed(std::string(400 * 1024, 'x')));
    REQUIRE_FALSE(said);
    CHECK(said.error().kind == error_class::permanent);
    CHECK(said.error().code == errc::too_large);
    CHECK(tables.operations().empty());
    CHECK(store.end(ctx, {"key", "payload"}, {{1, 0}}, completed(std::string(408'000, 'x')))
              ->written);
}

TEST_CASE("a record that comes and goes is asked for a few times") {
    testing::world w;
    const auto ctx = w.make_context();
    fakes::fake_dynamodb tables({.returns_old = false});
    dynamodb_store store(tables, "records");
    REQUIRE(claim{.owner = 1}(store, ctx)->granted);
    (void)tables.operations();
    // It is deleted between the refusal and the read, and then the way is free.
    tables.instead = [&](std::string_view what) -> std::optional<result<aws::dynamodb_answer>> {
        if (what == "GetItem") return aws::dynamodb_answer{200, "{}"};
        return std::nullopt;
    };
    const auto never = claim{.owner = 2}(store, ctx);
    REQUIRE_FALSE(never);
    CHECK(never.error().kind == error_class::transient);
    CHECK(tables.operations().size() == 8);
}

TEST_CASE("what DynamoDB refuses has the class that it deserves") {
    struct row {
        const char* name;
        unsigned status;
        error_class kind;
        const char* more = "";
    };
    const row rows[] = {
        {"ProvisionedThroughputExceededException", 400, error_class::throttled},
        {"ThrottlingException", 400, error_class::throttled},
        {"RequestLimitExceeded", 400, error_class::throttled},
        {"TooManyRequestsException", 400, error_class::throttled},
        {"InternalServerError", 500, error_class::transient},
        {"ServiceUnavailable", 503, error_class::transient},
        {"TransactionInProgressException", 400, error_class::transient},
        {"TransactionConflictException", 400, error_class::transient},
        {"ReplicatedWriteConflictException", 400, error_class::transient},
        {"RequestTimeout", 400, error_class::transient},
        {"ExpiredTokenException", 400, error_class::transient},
        {"RequestTimeTooSkewed", 400, error_class::transient},
        {"ResourceNotFoundException", 400, error_class::permanent, " (the table records)"},
        {"AccessDeniedException", 400, error_class::permanent},
        {"ValidationException", 400, error_class::permanent},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        testing::world w;
        fakes::fake_dynamodb tables;
        tables.instead = [&](std::string_view) {
            return fakes::fake_dynamodb::failure(row.name, "why", row.status);
        };
        dynamodb_store store(tables, "records");
        const auto said = store.find(w.make_context(), {"key", ""});
        REQUIRE_FALSE(said);
        CHECK(said.error().kind == row.kind);
        CHECK(said.error().type == row.name);
        CHECK(said.error().message == std::string("DynamoDB: ") + row.name + ": why" + row.more);
    }
}

TEST_CASE("an answer or a record that cannot be read is an error") {
    testing::world w;
    const auto ctx = w.make_context();
    fakes::fake_dynamodb tables;
    dynamodb_store store(tables, "records");
    tables.put("records", {{"pk", {"S", "key"}}, {"status", {"S", "ODD"}}});
    for (int i = 0; i < 2; ++i) {
        const auto said = i == 0 ? store.find(ctx, {"key", ""}).error() //
                                 : claim{}(store, ctx).error();
        CHECK(said.kind == error_class::permanent);
        CHECK(said.message == "the record key in the DynamoDB table records cannot be read");
    }
    tables.instead = [](std::string_view) { return aws::dynamodb_answer{200, "<html>"}; };
    CHECK(store.find(ctx, {"key", ""}).error().message.starts_with("DynamoDB's answer"));
    CHECK(claim{}(store, ctx).error().message.starts_with("DynamoDB's answer"));
    tables.instead = [](std::string_view) {
        // Somebody else's, in answer to a claim that was granted.
        return aws::dynamodb_answer{
            200, R"({"Attributes":{"status":{"S":"INPROGRESS"},"fence":{"N":"1"},)"
                 R"("owner":{"S":"00000000000000020000000000000000"},"attempts":{"N":"1"},)"
                 R"("lease_ns":{"N":"1"},"expires_ns":{"N":"1"}}})"};
    };
    CHECK(claim{}(store, ctx).error().message
          == "the record key in the DynamoDB table records cannot be read");
    tables.instead = [](std::string_view) { return aws::dynamodb_answer{502, "<html>"}; };
    CHECK(store.find(ctx, {"key", ""}).error().kind == error_class::transient);
    CHECK(store.find(ctx, {"key", ""}).error().message == "DynamoDB: status 502");
}

TEST_CASE("a table is made, waited for, and made once") {
    for (const bool knows_ttl : {true, false}) {
        CAPTURE(knows_ttl);
        testing::world w;
        const auto ctx = w.make_context();
        fakes::fake_dynamodb tables({.knows_ttl = knows_ttl});
        dynamodb_store store(tables, "seen");
        CHECK_FALSE(store.find(ctx, {"key", ""}));
        REQUIRE(store.create_table(ctx));
        CHECK(claim{}(store, ctx)->granted);
        CHECK(store.create_table(ctx));
        CHECK(tables.size("seen") == 1);
    }
    testing::world w;
    fakes::fake_dynamodb tables;
    tables.afterwards = [](std::string_view what) -> std::optional<result<aws::dynamodb_answer>> {
        if (what != "DescribeTable") return std::nullopt;
        return aws::dynamodb_answer{200, R"({"Table":{"TableStatus":"CREATING"}})"};
    };
    auto ctx = w.make_context();
    ctx.deadline.reset();
    dynamodb_store store(tables, "slow");
    const auto said = store.create_table(ctx);
    REQUIRE_FALSE(said);
    CHECK(said.error().kind == error_class::transient);
}

TEST_CASE("a URL names a table, a region and an endpoint") {
    CHECK(dynamodb_store::open("dynamodb:orders-seen"));
    CHECK(dynamodb_store::open("dynamodb:seen?region=eu-central-1&endpoint=http%3A%2F%2Fa:1"));
    CHECK(dynamodb_store::open("dynamodb:seen?key=id&expiry=expiration"));
    for (const auto* const bad : {"redis:x", "dynamodb:", "dynamodb://host", "dynamodb:t?user=x",
                                  "dynamodb:t?region=", "dynamodb:t?"}) {
        CAPTURE(bad);
        const auto said = dynamodb_store::open(bad);
        REQUIRE_FALSE(said);
        CHECK(said.error().kind == error_class::invalid);
    }
}

// ---- transactions -------------------------------------------------------------------------------

namespace {

using transaction = idem::transaction<dynamodb_store>;

struct receipt {
    int number = 0;
    static void wire(auto& self, auto&& field) { field("number", self.number); }
};

std::string charge(const std::string& id) {
    return R"--({"Put":{"TableName":"charges","Item":{"pk":{"S":")--" + id
           + R"--("}},"ConditionExpression":"attribute_not_exists(#p)",)--"
             R"--("ExpressionAttributeNames":{"#p":"pk"}}})--";
}

// One record's way through the layer, by a clock of its own.
struct passage {
    explicit passage(dynamodb_store& in, idem::options how = {.operation = "op"})
        : layer(idem::transactional{in}, idem::natural_key{}, std::move(how)) {
        w.context.deadline = w.time.now() + 60s;
        w.call.found().identifier = "r1";
        static std::uint64_t passages = 0;
        w.numbers.last = 1000 * ++passages; // owners differ
    }
    outcome operator()(const std::function<outcome(transaction, call&)>& handler) {
        return layer(w.call, [&](call& c) -> outcome {
            auto tx = extract<transaction>::from(c);
            if (!tx) return tx.error();
            return handler(*tx, c);
        });
    }
    fakes::virtual_world w;
    idempotent<idem::natural_key, dynamodb_store> layer;
};

std::string reply_of(const outcome& o) {
    const auto* const json = o.reply().get_if<json_reply>();
    return json != nullptr ? json->text : "";
}

struct shop {
    explicit shop(bool returns_old = true) : tables({.returns_old = returns_old}) {
        tables.add_table("charges");
    }
    fakes::fake_dynamodb tables;
    dynamodb_store store{tables, "records"};
    [[nodiscard]] std::size_t charges() const { return tables.size("charges"); }
};

} // namespace

TEST_CASE("items and the note that an operation is done are one transaction") {
    shop s;
    const auto run = [&] {
        return passage(s.store)(
            [&](transaction tx, call&) { return tx.commit(receipt{1}, {charge("a")}); });
    };
    CHECK(reply_of(run()) == R"({"number":1})");
    CHECK(s.charges() == 1);
    CHECK(s.tables.operations() == texts{"UpdateItem", "TransactWriteItems"});
    CHECK(reply_of(run()) == R"({"number":1})");
    CHECK(s.tables.operations() == texts{"UpdateItem"});
}

TEST_CASE("H8: a transaction whose reply was lost is made again and was done once") {
    for (const bool returns_old : {true, false}) {
        CAPTURE(returns_old);
        shop s(returns_old);
        int losses = 2;
        s.tables.afterwards =
            [&](std::string_view what) -> std::optional<result<aws::dynamodb_answer>> {
            if (what != "TransactWriteItems" || losses-- <= 0) return std::nullopt;
            return lost();
        };
        const auto o = passage(s.store)(
            [&](transaction tx, call&) { return tx.commit(receipt{1}, {charge("a")}); });
        CHECK(reply_of(o) == R"({"number":1})");
        CHECK(s.charges() == 1);
    }
}

TEST_CASE("H8: a transaction with other items, after one whose reply was lost, is not made") {
    for (const bool returns_old : {true, false}) {
        CAPTURE(returns_old);
        shop s(returns_old);
        int losses = 4; // all tries of the first commit
        s.tables.afterwards =
            [&](std::string_view what) -> std::optional<result<aws::dynamodb_answer>> {
            if (what != "TransactWriteItems" || losses-- <= 0) return std::nullopt;
            return lost();
        };
        const auto o = passage(s.store)([&](transaction tx, call&) {
            CHECK(tx.commit(receipt{1}, {charge("a")}).error()->kind == error_class::transient);
            return tx.commit(receipt{2}, {charge("b")});
        });
        CHECK(reply_of(o) == R"({"number":1})");
        CHECK(s.charges() == 1);
    }
}

TEST_CASE("H5: a straggler commits no transaction, and is told whose the operation is") {
    for (const bool returns_old : {true, false}) {
        CAPTURE(returns_old);
        shop s(returns_old);
        idem::options how{.operation = "op"};
        how.terms.lease = 5s;
        passage first(s.store, how);
        first.w.context.deadline = first.w.time.now() + 5s; // so that nothing renews its lease
        const auto o = first([&](transaction tx, call&) {
            first.w.time.work_for(10s); // frozen
            passage second(s.store, how);
            second.w.time.work_for(10s);
            CHECK(reply_of(second([&](transaction ours, call&) {
                      return ours.commit(receipt{2}, {charge("b")});
                  }))
                  == R"({"number":2})");
            auto said = tx.commit(receipt{1}, {charge("a")});
            REQUIRE(said.error() != nullptr);
            CHECK(said.error()->kind == error_class::conflict);
            return said;
        });
        CHECK(reply_of(o) == R"({"number":2})");
        CHECK(s.charges() == 1);
    }
}

TEST_CASE(
    "a condition of an item that is not met is the handler's to judge, and nothing is there") {
    shop s;
    s.tables.put("charges", {{"pk", {"S", "a"}}});
    const auto o = passage(s.store)([&](transaction tx, call&) {
        (void)s.tables.operations();
        return tx.commit(receipt{1}, {charge("b"), charge("a")});
    });
    REQUIRE(o.error() != nullptr);
    CHECK(o.error()->kind == error_class::conflict);
    CHECK(o.error()->type == "ConditionalCheckFailed");
    CHECK(o.error()->message
          == "DynamoDB has cancelled the transaction: item 2: ConditionalCheckFailed");
    CHECK(s.charges() == 1);
    CHECK(s.tables.operations() == texts{"TransactWriteItems", "UpdateItem"}); // once, and released
}

TEST_CASE("transactions that are in each other's way are tried again") {
    shop s;
    int busy = 2;
    s.tables.instead = [&](std::string_view what) -> std::optional<result<aws::dynamodb_answer>> {
        if (what != "TransactWriteItems" || busy == 0) return std::nullopt;
        if (--busy == 1) return fakes::fake_dynamodb::failure("TransactionInProgressException");
        return fakes::fake_dynamodb::failure(
            "TransactionCanceledException", "", 400,
            R"(,"CancellationReasons":[{"Code":"TransactionConflict"},{"Code":"None"}])");
    };
    const auto o = passage(s.store)(
        [&](transaction tx, call&) { return tx.commit(receipt{1}, {charge("a")}); });
    CHECK(o.succeeded());
    CHECK(s.charges() == 1);
}

TEST_CASE("a transaction is made again while there is time, however long the failed tries were") {
    struct slow_client {
        fakes::fake_dynamodb& tables;
        fakes::virtual_time* time = nullptr;
        int slow = 2;
        result<aws::dynamodb_answer> call(const context& ctx, std::string_view operation,
                                          std::string_view json) {
            if (operation != "TransactWriteItems" || slow == 0)
                return tables.call(ctx, operation, json);
            if (slow > 0) --slow;
            time->work_for(std::min<std::chrono::nanoseconds>(2s, ctx.remaining()));
            return error::transient("it took too long");
        }
    };
    for (const int slow : {2, -1}) { // -1: all
        CAPTURE(slow);
        fakes::fake_dynamodb tables;
        tables.add_table("charges");
        slow_client client{tables, nullptr, slow};
        dynamodb_store store(client, "records");
        passage p(store);
        client.time = &p.w.time;
        const auto begun = p.w.time.now();
        p.w.context.deadline = begun + 5s;
        const auto o =
            p([&](transaction tx, call&) { return tx.commit(receipt{1}, {charge("a")}); });
        CHECK(o.succeeded() == (slow == 2));
        CHECK(p.w.time.now() - begun <= 4'900ms);
    }
}

TEST_CASE("a reply that is a failure commits nothing") {
    shop s;
    const auto o = passage(s.store)([&](transaction tx, call&) {
        return tx.commit(result<receipt>(error::invalid("no")), {charge("a")});
    });
    CHECK(o.error()->message == "no");
    CHECK(s.charges() == 0);
}
