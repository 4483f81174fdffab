// SPDX-License-Identifier: BSL-1.0
// The code of docs/howto/idempotency.md.
#include <headrace/app.hpp>
#include <headrace/http.hpp>
#include <headrace/idempotency.hpp>
#include <headrace/retry.hpp>
#include <headrace/sqs.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/invoke.hpp>

#include <doctest/doctest.h>

#include <string_view>

using namespace headrace;

namespace {

struct bill {
    std::string_view number;
    static void wire(auto& self, auto&& field) { field("number", self.number).required(); }
};

} // namespace

TEST_CASE("the routes of the page do everything once") {
    int handled = 0;
    const auto handle_order = [&](const sqs::message&) { ++handled; };
    const auto handle_bill = [&](body<bill>) { ++handled; };
    const auto place_order = [&] { return ++handled; };
    app orders;

    idempotency::memory_store seen;

    orders.on(sqs::queue("orders"), chain{idempotent{seen}, retry{}}, handle_order);
    orders.on(sqs::queue("bills"), chain{idempotent{seen, idempotency::key(&bill::number)}},
              handle_bill);
    orders.on(http::post("/orders"),
              chain{idempotent{seen, idempotency::key_header{"Idempotency-Key"}}}, place_order);

    const auto order = testing::post("/orders").header("Idempotency-Key", "k");
    for (int i = 1; i <= 2; ++i) {
        CHECK(testing::invoke(orders, testing::sqs_batch("orders").message("x")).succeeded());
        CHECK(testing::invoke(orders, testing::sqs_batch("bills").message(bill{"17"})).succeeded());
        CHECK(testing::invoke(orders, order).body() == "3");
    }
    CHECK(handled == 3);
}
