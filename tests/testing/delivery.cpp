// SPDX-License-Identifier: BSL-1.0
#include <headrace/testing/delivery.hpp>

#include <headrace/headrace.hpp>
#include <headrace/testing/builders.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;

namespace {

struct order {
    std::uint64_t id = 0;
    static void wire(auto& self, auto&& field) { field("id", self.id).required(); }
};

std::string order_text(std::uint64_t id) { return encode(order{id}); }

// What survives the processes: booking twice is the same as booking once.
struct ledger {
    testing::delivery& d;
    std::set<std::uint64_t> booked{};
    std::uint64_t poison = 0; // never booked

    result<void> book(std::uint64_t id) {
        if (id == poison) return error::permanent("no such customer");
        return d.step("book " + std::to_string(id), [&] { booked.insert(id); });
    }
};

std::unique_ptr<app<>> order_app(ledger& books) {
    auto made = std::make_unique<app<>>();
    made->provide(books);
    made->on(sqs::queue("*"), [](body<order> o, deps<ledger&> d) { return d->book(o->id); });
    made->on(sns::topic("*"), [](body<order> o, deps<ledger&> d) { return d->book(o->id); });
    return made;
}

// The number of schedules: a few hundred, or as many as the environment says.
std::uint64_t schedules(std::uint64_t usual) {
    const char* const wanted = std::getenv("HEADRACE_SCHEDULES");
    return wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : usual;
}

} // namespace

TEST_CASE("orders in a queue are booked, whatever goes wrong") {
    const auto verdict = testing::delivery::explore({.seeds = schedules(300)}, [](testing::delivery&
                                                                                      d) {
        ledger books{d};
        auto& orders = d.queue({.name = "orders", .most_receives = 20});
        orders.feeds(d.function("worker", [&] { return order_app(books); }));
        for (std::uint64_t id = 1; id <= 5; ++id) orders.send(order_text(id));
        d.run();
        d.check(books.booked == std::set<std::uint64_t>{1, 2, 3, 4, 5}, "an order is not booked");
        d.check(orders.dead_letters().empty(), "an order is dead-lettered");
    });
    CHECK_MESSAGE(verdict.passed, verdict.story);
    CHECK(verdict.schedules == schedules(300));
}

TEST_CASE("print a story" * doctest::skip()) {
    const char* const wanted = std::getenv("HEADRACE_SEED");
    testing::delivery d(wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : 1, {.share = 0.3});
    ledger books{d, {}, 3};
    auto& orders = d.queue({.name = "orders", .fifo = true, .most_receives = 3});
    orders.feeds(d.function("worker", [&] { return order_app(books); }));
    for (std::uint64_t id = 1; id <= 5; ++id) orders.send(order_text(id), id % 2 ? "a" : "b");
    d.run();
    MESSAGE(d.story().text());
}
