// SPDX-License-Identifier: BSL-1.0
// dynamodb_store against servers that were not written for it. dynalite is small and does not
// return the old item with a refusal; DynamoDB Local is AWS's own, and optional.
#include "servers.hpp"

#include <headrace/aws/dynamodb.hpp>
#include <headrace/idempotency/protocol.hpp>
#include <headrace/idempotency/stores/dynamodb.hpp>
#include <headrace/testing/store_conformance.hpp>
#include <headrace/testing/world.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;
namespace idem = headrace::idempotency;
using idem::dynamodb_store;

servers::program servers::dynalite() {
    const std::string cli = HEADRACE_DYNALITE_DIR "/node_modules/dynalite/cli.js";
    if (!std::filesystem::exists(cli)) {
        FAIL("this test needs dynalite, which './dev test' installs: there is no " << cli);
    }
    return {"node",
            "install Debian's package nodejs",
            {cli, "--host", "127.0.0.1", "--port", "{port}", "--createTableMs", "0"}};
}

namespace {

using texts = std::vector<std::string>;

idem::dynamodb_options options_for(const servers::server& at) {
    idem::dynamodb_options how;
    how.client.region = "eu-central-1";
    how.client.endpoint = "http://127.0.0.1:" + at.port();
    how.client.credentials = std::make_shared<aws::fixed_credentials>(
        aws::credentials{"AKIDEXAMPLE", "a secret", "", {}});
    how.client.limits.exchange = 20s; // the machine may be busy
    return how;
}

context patient(const testing::world& w) {
    auto ctx = w.make_context();
    ctx.deadline.reset();
    return ctx;
}

void check_promises(const servers::server& at, std::size_t calls) {
    testing::world w;
    const auto ctx = patient(w);
    for (std::uint64_t seed = 1; seed <= 2; ++seed) {
        CAPTURE(seed);
        dynamodb_store store("seen", options_for(at));
        const auto made = store.create_table(ctx);
        CAPTURE(made ? "" : made.error().message);
        REQUIRE(made);
        CHECK(testing::check_store(store, {.seed = seed, .calls = calls}) == texts{});
    }
}

void check_way(const servers::server& at) {
    testing::world w;
    const auto ctx = patient(w);
    dynamodb_store store("seen", options_for(at));
    REQUIRE(store.create_table(ctx));
    const idem::identity id{"the way", ""};
    auto first = idem::begin(store, id, {}, ctx);
    REQUIRE(first);
    CHECK(std::holds_alternative<idem::in_progress>(*idem::begin(store, id, {}, ctx)));
    const std::string large(300'000, 'x');
    REQUIRE(std::get<idem::attempt>(*first).complete(ctx, large));
    CHECK(std::get<idem::replay>(*idem::begin(store, id, {}, ctx)).result == large);
    dynamodb_store nowhere("not there", options_for(at));
    const auto said = nowhere.find(ctx, id);
    REQUIRE_FALSE(said);
    CHECK(said.error().kind == error_class::permanent);
}

} // namespace

TEST_CASE("the store keeps its promises in dynalite") {
    const servers::server dynalite(servers::dynalite());
    check_promises(dynalite, 300);
}

TEST_CASE("an operation goes its way in dynalite, in a table that the store makes") {
    const servers::server dynalite(servers::dynalite());
    check_way(dynalite);
}

TEST_CASE("a server that comes back is found again, and one that is away is a passing failure") {
    servers::server dynalite(servers::dynalite());
    testing::world w;
    const auto ctx = patient(w);
    dynamodb_store store("seen", options_for(dynalite));
    REQUIRE(store.create_table(ctx));
    dynalite.stop();
    const auto away = store.find(ctx, {"key", ""});
    REQUIRE_FALSE(away);
    CHECK(away.error().kind == error_class::transient);
    dynalite.start();
    CHECK(store.create_table(ctx)); // it keeps its tables in memory
    CHECK(store.find(ctx, {"key", ""}));
}

TEST_SUITE("dynamodb_local") {
#ifdef HEADRACE_DYNAMODB_LOCAL_DIR
    namespace {

    servers::program dynamodb_local() {
        const std::string folder = HEADRACE_DYNAMODB_LOCAL_DIR;
        return {"java",
                "install Debian's package default-jre-headless",
                {"-Djava.library.path=" + folder + "/DynamoDBLocal_lib", "-jar",
                 folder + "/DynamoDBLocal.jar", "-inMemory", "-port", "{port}"},
                60s};
    }

    } // namespace
#endif
    TEST_CASE("the store keeps its promises in DynamoDB Local") {
#ifdef HEADRACE_DYNAMODB_LOCAL_DIR
        const servers::server local(dynamodb_local());
        check_promises(local, 300);
        check_way(local);
#endif
    }
}
