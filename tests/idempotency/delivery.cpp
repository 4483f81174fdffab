// SPDX-License-Identifier: BSL-1.0
// The layer and its protocol under simulated deliveries: messages come twice, calls of the store
// fail or lose their answers, processes die at any moment.
#include <headrace/app.hpp>
#include <headrace/idempotency.hpp>
#include <headrace/sources/sqs.hpp>
#include <headrace/testing/delivery.hpp>

#include <doctest/doctest.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

using namespace headrace;
using namespace std::chrono_literals;
namespace idem = headrace::idempotency;

namespace {

// A store that all processes share, each call of which is a step.
class shared_store final : public idem::store {
public:
    explicit shared_store(testing::delivery& d) : d_(d) {}
    result<idem::claim_answer> claim(const context& ctx, const idem::claim_request& r) override {
        return d_.step("claim", [&] { return inner_.claim(ctx, r); });
    }
    result<idem::write_answer> end(const context& ctx, const idem::identity& id, idem::owner_id who,
                                   const idem::ending& how) override {
        return d_.step("end as " + std::string(to_string(how.becomes)),
                       [&] { return inner_.end(ctx, id, who, how); });
    }
    result<idem::write_answer> renew(const context& ctx, const idem::identity& id,
                                     idem::owner_id who, time_point a, time_point b) override {
        return d_.step("renew", [&] { return inner_.renew(ctx, id, who, a, b); });
    }
    result<idem::write_answer> reconcile(const context& ctx, const idem::identity& id,
                                         std::uint64_t fence, const idem::ending& how) override {
        return d_.step("reconcile", [&] { return inner_.reconcile(ctx, id, fence, how); });
    }
    result<std::optional<idem::record>> find(const context& ctx,
                                             const idem::identity& id) override {
        return d_.step("find", [&] { return inner_.find(ctx, id); });
    }

private:
    testing::delivery& d_;
    idem::memory_store inner_;
};

// What a handler does outside of its process, counted by order.
struct bank {
    testing::delivery& d;
    shared_store seen{d};
    std::map<std::string, int> charges = {};
    std::set<std::string> keys = {};

    result<void> charge(const std::string& id, std::optional<std::string> key) {
        return d.step("charge " + id, [&] {
            if (!key || keys.insert(*key).second) ++charges[id];
        });
    }
    [[nodiscard]] int most() const {
        int n = 0;
        for (const auto& [id, times] : charges) n = std::max(n, times);
        return n;
    }
};

enum class guard : std::uint8_t { none, at_least_once, at_least_once_and_keys, at_most_once };

template <class App, class Layers> void add_route(App& made, Layers layers, bool keyed) {
    if (keyed) {
        made.on(sqs::queue("orders"), std::move(layers),
                [](const sqs::message& m, idem::current now, deps<bank&> b) {
                    return b->charge(std::string(m.body), now.downstream_key("charge"));
                });
    } else {
        made.on(sqs::queue("orders"), std::move(layers), [](const sqs::message& m, deps<bank&> b) {
            return b->charge(std::string(m.body), std::nullopt);
        });
    }
}

testing::delivery::verdict deliver(guard how, testing::fault_plan faults, std::uint64_t seeds,
                                   bool every_one) {
    return testing::delivery::explore(
        {.seeds = seeds, .faults = faults}, [&](testing::delivery& d) {
            bank accounts{d};
            auto& orders = d.queue({.name = "orders", .most_receives = 30});
            const auto make = [&]() -> std::unique_ptr<service> {
                auto made = std::make_unique<app<>>();
                made->provide(accounts);
                idem::options options;
                options.terms.mode = how == guard::at_most_once ? idem::mode::at_most_once
                                                                : idem::mode::at_least_once;
                const idempotent once{accounts.seen, idem::key_at{""}, options};
                if (how == guard::none)
                    add_route(*made, chain{}, false);
                else
                    add_route(*made, chain{once}, how == guard::at_least_once_and_keys);
                return made;
            };
            orders.feeds(d.function("worker", make, {.timeout = 10s, .concurrency = 2}),
                         {.batch = 2});
            for (int id = 1; id <= 3; ++id) orders.send(std::to_string(id));
            orders.send("2"); // a producer that sends twice
            d.run();
            d.check(accounts.most() <= 1, "an order was charged twice");
            d.check(!every_one || accounts.charges.size() == 3, "an order was not charged");
        });
}

} // namespace

TEST_CASE("what arrives twice is charged once, as long as nothing dies") {
    const testing::fault_plan faults{.share = 0.3,
                                     .most = 8,
                                     .failures = false,
                                     .lost_answers = false,
                                     .crashes = false,
                                     .hangs = false};
    CHECK_FALSE(deliver(guard::none, faults, 50, true).passed);
    const auto verdict = deliver(guard::at_least_once, faults, 300, true);
    CHECK_MESSAGE(verdict.passed, verdict.story);
}

TEST_CASE("with a key for the bank every order is charged once, whatever happens") {
    const testing::fault_plan faults{.share = 0.2, .most = 6};
    CHECK_FALSE(deliver(guard::at_least_once, faults, 300, true).passed);
    const auto verdict = deliver(guard::at_least_once_and_keys, faults, 300, true);
    CHECK_MESSAGE(verdict.passed, verdict.story);
}

TEST_CASE("at most once means that, whatever happens") {
    const testing::fault_plan faults{.share = 0.2, .most = 6};
    const auto verdict = deliver(guard::at_most_once, faults, 300, false);
    CHECK_MESSAGE(verdict.passed, verdict.story);
}
