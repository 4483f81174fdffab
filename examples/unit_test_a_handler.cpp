// SPDX-License-Identifier: BSL-1.0
// How is a function tested? Without AWS: build an event, invoke the app, look at the reply.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <headrace/app.hpp>
#include <headrace/http.hpp>
#include <headrace/sources/sqs.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/doctest.hpp>
#include <headrace/testing/invoke.hpp>
#include <headrace/testing/recorded.hpp>

using namespace headrace;
using namespace std::chrono_literals;

struct order {
    std::uint64_t id = 0;
    std::string_view customer;
    static void wire(auto& self, auto&& field) {
        field("id", self.id).required();
        field("customer", self.customer);
    }
};

// The routes under test. A main() would add the same ones to its app.
routes shop_routes() {
    routes shop;
    shop.on(sqs::queue("orders"), [](body<order>) {});
    shop.on(http::get("/orders/{id}"), [](http::path<"id", int> id) -> result<std::string> {
        if (*id != 17) return http::not_found("there is no such order");
        return "order 17";
    });
    return shop;
}

TEST_CASE("a message that is no order fails alone") {
    app shop;
    shop.add(shop_routes());
    const auto reply = testing::invoke(shop, testing::sqs_batch("orders")
                                                 .message(order{1, "ada"})
                                                 .message({.body = "not JSON", .id = "bad"})
                                                 .message(order{2, "jules"}));
    CHECK(reply.failed_records() == std::vector<std::string>{"bad"});
}

TEST_CASE("orders are found by their number") {
    app shop;
    shop.add(shop_routes());
    CHECK(testing::invoke(shop, testing::get("/orders/17")).body() == "order 17");
    CHECK(testing::invoke(shop, testing::get("/orders/18")).status() == 404);
    CHECK(testing::invoke(shop, testing::get("/orders/x")).status() == 400);
    const auto reply = testing::invoke(shop, testing::del("/orders/17"));
    CHECK(reply.status() == 405);
    CHECK(reply.header("allow").find("GET") != std::string::npos);
}

TEST_CASE("no message is begun when the time is nearly over") {
    app shop{chain{deadline_guard{}}};
    shop.add(shop_routes());
    testing::world w; // time stands still here, and the log is kept
    const auto reply = testing::invoke(shop, testing::recorded("sqs"), w, 100ms);
    CHECK(reply.failed_records().size() == 3);
    CHECK(w.log.contains(R"("notBegun":3)"));
}
