// SPDX-License-Identifier: BSL-1.0
// The code of docs/howto/redis.md and docs/howto/dynamodb.md.
#include <headrace/interop/aws_sdk_dynamodb.hpp>

#include "idempotency/fake_dynamodb.hpp"

#include <headrace/app.hpp>
#include <headrace/idempotency.hpp>
#include <headrace/idempotency/stores/dynamodb.hpp>
#include <headrace/idempotency/stores/redis.hpp>
#include <headrace/layers/retry.hpp>
#include <headrace/sources/sqs.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/invoke.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <string_view>

using namespace headrace;

namespace {

void handle_order(const sqs::message&) {}

struct order {
    std::uint64_t id = 0;
    static void wire(auto& self, auto&& field) { field("id", self.id).required(); }
};

struct receipt {
    std::uint64_t order = 0;
    static void wire(auto& self, auto&& field) { field("order", self.order); }
};

// The tables that the clients of the page reach.
fakes::fake_dynamodb& tables() {
    static fakes::fake_dynamodb all;
    all.add_table("orders-seen");
    all.add_table("charges");
    return all;
}

struct my_client {
    // "UpdateItem" and the JSON of its request; status and JSON of the answer, also of a refusal
    result<aws::dynamodb_answer> call(const context& ctx, std::string_view operation,
                                      std::string_view json);
};

result<aws::dynamodb_answer> my_client::call(const context& ctx, std::string_view operation,
                                             std::string_view json) {
    return tables().call(ctx, operation, json);
}

std::string charge_item(const order& o) {
    return R"({"Put": {"TableName": "charges", "Item": {"pk": {"S": ")" + std::to_string(o.id)
           + R"("}}}})";
}

} // namespace

TEST_CASE("redis.md: a store, by its options and by a setting") {
    app orders;
    {
        idempotency::redis_store seen{{.server = {.host = "cache.example", .port = "6379"}}};
        CHECK(seen.usable());
    }
    // or, by a setting:
    auto seen = idempotency::open("rediss://orders:secret@cache.example:6379/0?prefix=orders:");

    orders.on(sqs::queue("orders"), chain{idempotent{seen}, retry{}}, handle_order);

    CHECK(orders.build()); // nothing is connected to
}

TEST_CASE("dynamodb.md: a store, by its table and by a setting") {
    app orders;
    {
        idempotency::dynamodb_store seen{"orders-seen"};
        CHECK(seen.usable());
    }
    // or, by a setting:
    auto seen = idempotency::open("dynamodb:orders-seen?region=eu-central-1");

    orders.on(sqs::queue("orders"), chain{idempotent{seen}, retry{}}, handle_order);

    CHECK(orders.build()); // nothing is opened
}

TEST_CASE("dynamodb.md: the table has the attributes that the store uses") {
    const std::string_view table = R"(
Resources:
  OrdersSeen:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: orders-seen
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions:
        - { AttributeName: pk, AttributeType: S }
      KeySchema:
        - { AttributeName: pk, KeyType: HASH }
      TimeToLiveSpecification: { AttributeName: expires_s, Enabled: true }
)";
    const idempotency::dynamodb_options usual;
    CHECK(table.find("KeySchema:\n        - { AttributeName: " + usual.key_attribute + ",")
          != std::string_view::npos);
    CHECK(table.find("TimeToLiveSpecification: { AttributeName: " + usual.expiry_attribute + ",")
          != std::string_view::npos);
}

TEST_CASE("dynamodb.md: effect and note in one transaction, over a client of one's own") {
    my_client client;
    idempotency::dynamodb_store seen{client, "orders-seen"};

    app orders;
    orders.on(sqs::queue("orders"), chain{idempotent{idempotency::transactional{seen}}},
              [](body<order> o, idempotency::transaction<idempotency::dynamodb_store> tx) {
                  const auto put = charge_item(*o); // {"Put": {"TableName": "charges", ...}}
                  return tx.commit(receipt{o->id}, {put});
              });

    const auto batch = testing::sqs_batch("orders").message(order{17});
    for (int i = 1; i <= 2; ++i) {
        CHECK(testing::invoke(orders, batch).failed_records().empty());
        CHECK(tables().size("charges") == 1);
    }
}

TEST_CASE("dynamodb.md: the client of the AWS SDK") {
    testing::world w;
    const auto ctx = w.make_context();
    const Aws::DynamoDB::DynamoDBClient::wire configuration =
        [&](std::string_view operation,
            const std::string& json) -> Aws::DynamoDB::DynamoDBClient::answer {
        const auto said = tables().call(ctx, operation, json);
        if (!said) return {-1, said.error().message};
        return {static_cast<int>(said->status), said->body};
    };

    Aws::DynamoDB::DynamoDBClient client{configuration};
    aws::sdk_dynamodb adapter{client};
    idempotency::dynamodb_store seen{adapter, "orders-seen"};

    int handled = 0;
    app orders;
    orders.on(sqs::queue("bills"), chain{idempotent{seen}},
              [&](const sqs::message&) { ++handled; });
    const auto batch = testing::sqs_batch("bills").message("x");
    for (int i = 1; i <= 2; ++i) CHECK(testing::invoke(orders, batch).succeeded());
    CHECK(handled == 1);
}
