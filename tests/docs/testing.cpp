// SPDX-License-Identifier: BSL-1.0
// The code of docs/howto/testing.md.
#include <headrace/testing/builders.hpp>
#include <headrace/testing/doctest.hpp> // doctest, and how it prints headrace's values
#include <headrace/testing/invoke.hpp>

#include <headrace/testing/runtime_api.hpp>

#include <headrace/app.hpp>
#include <headrace/runtime/run.hpp>
#include <headrace/sources/raw.hpp>
#include <headrace/sources/s3.hpp>
#include <headrace/sources/sqs.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;

namespace {

struct order {
    std::uint64_t id = 0;
    std::string_view customer;
    static void wire(auto& self, auto&& field) {
        field("id", self.id).required();
        field("customer", self.customer);
    }
};

int imported = 0;

routes shop_routes() {
    routes shop;
    shop.on(sqs::queue("orders"), [](body<order>) {});
    shop.on(s3::bucket("uploads"), [](const s3::record&) { ++imported; });
    shop.on(raw::any, [](const raw::event&) { return "done"; });
    return shop;
}

} // namespace

TEST_CASE("a message that is no order fails alone") {
    app shop;
    shop.add(shop_routes()); // the function that main() adds too
    const auto reply = testing::invoke(shop, testing::sqs_batch("orders")
                                                 .message(order{1, "ada"})
                                                 .message({.body = "not JSON", .id = "bad"}));
    CHECK(reply.failed_records() == std::vector<std::string>{"bad"});
}

TEST_CASE("testing.md: builders nest") {
    app shop;
    shop.add(shop_routes());

    const auto file = testing::s3_notification("uploads").created("in/today.csv").json();
    const auto announced = testing::sns_notification("uploads").message(file).envelope();
    const auto reply = testing::invoke(shop, testing::sqs_batch("uploads").message(announced));

    CHECK(reply.failed_records().empty());
    CHECK(imported == 1);
}

TEST_CASE("testing.md: a world to hold on to") {
    app shop;
    shop.add(shop_routes());
    const auto event = testing::sqs_batch("orders").message("not JSON");

    testing::world w;
    w.env.set("STAGE", "test");
    const auto reply = testing::invoke(shop, event, w, 5s); // five seconds until the deadline
    w.clock.advance(2s);
    CHECK(w.log.contains("record failed"));

    CHECK(reply.failed_records().size() == 1);
}

TEST_CASE("a reply that Lambda refuses does not end the program") {
    app shop;
    shop.add(shop_routes());
    const testing::runtime_api api({{.payload = "{}", .answer_status = 413}, {.payload = "{}"}});
    testing::world w;
    w.env.set("AWS_LAMBDA_RUNTIME_API", api.address());
    CHECK(run(shop, w.platform()) == 0);                 // it answers 410 after the last event
    CHECK(api.mistakes() == std::vector<std::string>{}); // each event was answered once
}
