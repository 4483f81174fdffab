// SPDX-License-Identifier: BSL-1.0
// The code of docs/howto/simulate.md.
#include <headrace/headrace.hpp>
#include <headrace/testing/delivery.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <set>
#include <string>

using namespace headrace;

namespace {

struct order {
    int id = 0;
    static void wire(auto& self, auto&& field) { field("id", self.id).required(); }
};

struct bank {
    testing::delivery& d;
    std::set<int> charged = {};
    int charges = 0;

    result<void> charge(int id) {
        return d.step("charge order " + std::to_string(id), [&] {
            if (charged.insert(id).second) ++charges; // the bank knows the order's number
        });
    }
};

std::unique_ptr<app<>> make_app(bank& accounts) {
    auto made = std::make_unique<app<>>();
    made->provide(accounts);
    made->on(sqs::queue("orders"), [](body<order> o, deps<bank&> b) { return b->charge(o->id); });
    return made;
}

} // namespace

TEST_CASE("each order is charged once, under 10,000 schedules") {
    const auto verdict = testing::delivery::explore({.seeds = 10'000}, [](testing::delivery& d) {
        bank accounts{d};
        auto& orders = d.queue({.name = "orders", .most_receives = 20});
        orders.feeds(d.function("worker", [&] { return make_app(accounts); }), {.batch = 10});
        for (int id = 1; id <= 3; ++id) orders.send(encode(order{id}));
        d.run();
        d.check(accounts.charges == 3, "an order was not charged, or twice");
    });
    CHECK_MESSAGE(verdict.passed, verdict.story);
}
