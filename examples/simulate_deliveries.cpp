// SPDX-License-Identifier: BSL-1.0
// Does my function hold when AWS delivers twice and processes die? Delivers to the real app under
// schedules drawn by a seed, until one breaks what must hold, and prints what befell the record.
#include <headrace/app.hpp>
#include <headrace/layers/dead_letter.hpp>
#include <headrace/sources/sqs.hpp>
#include <headrace/testing/delivery.hpp>

#include <cstdio>
#include <memory>
#include <string>
#include <utility>

using namespace headrace;

struct order {
    int id = 0;
    static void wire(auto& self, auto&& field) { field("id", self.id).required(); }
};

// Charges whenever it is asked, which is the mistake. It lives outside of the processes that Lambda
// starts, so what it knows survives them.
struct bank {
    testing::delivery& d;
    int charges = 0;
    result<void> charge(int id) {
        return d.step("charge order " + std::to_string(id), [&] { ++charges; });
    }
};

auto make_app(bank& accounts) {
    app made{chain{platform_dead_letters{}}}; // the queue's own
    made.provide(accounts);
    made.on(sqs::queue("orders"), [](body<order> o, deps<bank&> b) { return b->charge(o->id); });
    return std::make_unique<decltype(made)>(std::move(made));
}

int main() {
    const auto verdict = testing::delivery::explore({.seeds = 10'000}, [](testing::delivery& d) {
        bank accounts{d};
        auto& orders = d.queue({.name = "orders", .most_receives = 5});
        orders.feeds(d.function("worker", [&] { return make_app(accounts); }));
        orders.send(encode(order{17}));
        d.run();
        d.check(accounts.charges == 1, "the order was not charged exactly once");
    });
    std::fputs(verdict.story.c_str(), stdout);
    return verdict.passed ? 1 : 0; // it is there to be found
}
