// SPDX-License-Identifier: BSL-1.0
// The adapter of aws-sdk-cpp over a stub of the SDK's classes, sdk_stub/.
#include <headrace/interop/aws_sdk_dynamodb.hpp>

// The first, so that it includes what it needs.
template class headrace::aws::sdk_dynamodb<Aws::DynamoDB::DynamoDBClient>;

#include "idempotency/fake_dynamodb.hpp"
#include "virtual_time.hpp"

#include <headrace/app.hpp>
#include <headrace/idempotency.hpp>
#include <headrace/idempotency/stores/dynamodb.hpp>
#include <headrace/testing/store_conformance.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <vector>

using namespace headrace;
namespace idem = headrace::idempotency;
using idem::dynamodb_store;
using sdk_client = Aws::DynamoDB::DynamoDBClient;

namespace {

sdk_client::wire wire_to(fakes::fake_dynamodb& tables, const context& ctx) {
    return [&](std::string_view operation, const std::string& json) -> sdk_client::answer {
        const auto said = tables.call(ctx, operation, json);
        if (!said) return {-1, said.error().message};
        return {static_cast<int>(said->status), said->body};
    };
}

} // namespace

TEST_CASE("the store keeps its promises over the client of the AWS SDK") {
    for (const bool returns_old : {true, false}) {
        CAPTURE(returns_old);
        testing::world w;
        const auto ctx = w.make_context();
        fakes::fake_dynamodb tables({.returns_old = returns_old});
        sdk_client client(wire_to(tables, ctx));
        aws::sdk_dynamodb adapter(client);
        static_assert(aws::dynamodb_client<decltype(adapter)>);
        dynamodb_store store(adapter, "records");
        CHECK(testing::check_store(store, {.calls = 500}) == std::vector<std::string>{});
        CHECK_FALSE(store.create_table(ctx));
    }
}

TEST_CASE("what the AWS SDK reports has the class that it deserves") {
    testing::world w;
    const auto ctx = w.make_context();
    fakes::fake_dynamodb tables;
    sdk_client client(wire_to(tables, ctx));
    aws::sdk_dynamodb adapter(client);
    dynamodb_store store(adapter, "records");
    std::optional<result<aws::dynamodb_answer>> instead;
    tables.instead = [&](std::string_view) { return instead; };
    instead = error::transient("curlCode: 28, Timeout was reached");
    auto said = store.find(ctx, {"key", ""});
    CHECK(said.error().kind == error_class::transient);
    CHECK(said.error().message == "the AWS SDK: curlCode: 28, Timeout was reached");
    instead = fakes::fake_dynamodb::failure("ThrottlingException", "less");
    said = store.find(ctx, {"key", ""});
    CHECK(said.error().kind == error_class::throttled);
    CHECK(said.error().message == "DynamoDB: ThrottlingException: less");
}

TEST_CASE("transactions go through the AWS SDK, and so do the reasons of those that do not") {
    fakes::virtual_world w;
    fakes::fake_dynamodb tables;
    tables.add_table("charges");
    sdk_client client(wire_to(tables, w.context));
    aws::sdk_dynamodb adapter(client);
    dynamodb_store store(adapter, "records");
    const idempotent layer{idem::transactional{store}, idem::natural_key{}, {.operation = "op"}};
    const std::string put = R"--({"Put":{"TableName":"charges","Item":{"pk":{"S":"a"}},)--"
                            R"--("ConditionExpression":"attribute_not_exists(#p)",)--"
                            R"--("ExpressionAttributeNames":{"#p":"pk"}}})--";
    const auto run = [&](std::string_view id) {
        w.call.found().identifier = id;
        return layer(w.call, [&](call& c) -> outcome {
            auto tx = extract<idem::transaction<dynamodb_store>>::from(c);
            if (!tx) return tx.error();
            return tx->commit(std::string("done"), {put});
        });
    };
    CHECK(run("r1").succeeded());
    CHECK(run("r1").succeeded()); // a replay
    CHECK(tables.size("charges") == 1);
    const auto o = run("r2");
    REQUIRE(o.error() != nullptr);
    CHECK(o.error()->type == "ConditionalCheckFailed");
    CHECK(o.error()->kind == error_class::conflict);
}
