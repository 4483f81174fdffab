// SPDX-License-Identifier: BSL-1.0
#include <headrace/routing/retry_budget.hpp>

#include <headrace/base/platform.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <vector>

using namespace headrace;

TEST_CASE("the default prices are those of the AWS SDKs' standard mode") {
    retry_budget budget;
    CHECK(budget.tokens() == 500);
    CHECK(budget.price(retry_kind::transient) == 5);
    CHECK(budget.price(retry_kind::throttled) == 5);
    CHECK(budget.price(retry_kind::timed_out) == 10);
}

TEST_CASE("a budget pays for a hundred retries that fail, or for fifty after timeouts") {
    struct row {
        retry_kind kind;
        int retries;
    };
    for (const auto& [kind, retries] :
         {row{retry_kind::transient, 100}, row{retry_kind::timed_out, 50}}) {
        retry_budget budget;
        int paid = 0;
        while (budget.take(budget.price(kind))) ++paid;
        CHECK(paid == retries);
    }
}

TEST_CASE("what does not suffice is not taken") {
    retry_budget budget({.tokens = 9});
    CHECK(!budget.take(10));
    CHECK(budget.tokens() == 9);
    CHECK(budget.take(5));
    CHECK(!budget.take(5));
    CHECK(budget.tokens() == 4);
}

TEST_CASE("a success gives back what its retry took, or brings one, up to the beginning") {
    retry_budget budget({.tokens = 20});
    CHECK(budget.take(10));
    CHECK(budget.take(5));
    budget.succeeded();
    CHECK(budget.tokens() == 6);
    budget.give_back(10);
    CHECK(budget.tokens() == 16);
    budget.give_back(10);
    CHECK(budget.tokens() == 20);
    budget.succeeded();
    CHECK(budget.tokens() == 20);
}

TEST_CASE("an invocation can afford ten retries that fail") {
    retry_budget budget(retry_budget::per_invocation);
    int paid = 0;
    while (budget.take(budget.price(retry_kind::transient))) ++paid;
    CHECK(paid == 10);
}

TEST_CASE("threads that share a budget neither lose nor invent tokens") {
    retry_budget budget({.tokens = 1000});
    {
        std::vector<std::unique_ptr<executor::task>> workers;
        for (int i = 0; i < 4; ++i) {
            workers.push_back(system_platform().tasks.start([&] {
                for (int n = 0; n < 1000; ++n) {
                    if (budget.take(10)) budget.give_back(9);
                    budget.succeeded();
                }
                for (int n = 0; n < 25; ++n) (void)budget.take(10);
            }));
        }
    }
    CHECK(budget.tokens() == 0);
}
