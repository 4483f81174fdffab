// SPDX-License-Identifier: BSL-1.0
// The code of docs/howto/dependencies.md.
#include <headrace/app.hpp>
#include <headrace/http.hpp>
#include <headrace/sources/sqs.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/invoke.hpp>

#include "fakes.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

using namespace headrace;

namespace {

struct order {
    std::uint64_t id = 0;
    int lines = 0;
    static void wire(auto& self, auto&& field) {
        field("id", self.id).required();
        field("lines", self.lines);
    }
};

class ledger {
public:
    explicit ledger(std::string file) : file_(std::move(file)) {}
    void add(std::uint64_t id) { ids_.push_back(id); }
    [[nodiscard]] std::size_t entries() const { return ids_.size(); }

private:
    std::string file_;
    std::vector<std::uint64_t> ids_;
};

struct settings {
    int most_lines;
};

} // namespace

TEST_CASE("dependencies.md: objects of the program") {
    ledger books("orders.db");
    const settings limits{.most_lines = 100};

    app orders;
    orders.provide(books).provide(limits);
    orders.on(sqs::queue("orders"), [](body<order> o, deps<ledger&, const settings&> d) -> outcome {
        if (o->lines > d.get<const settings>().most_lines) return outcome::reject("too many lines");
        d.get<ledger>().add(o->id);
        return outcome::ok();
    });
    orders.on(http::get("/entries"), [](deps<ledger&> d) { return d->entries(); });

    const auto batch = testing::sqs_batch().message(order{1, 7}).message(order{2, 101});
    CHECK(testing::invoke(orders, batch).failed_records() == std::vector<std::string>{"message-1"});
    CHECK(testing::invoke(orders, testing::get("/entries")).body() == "1");
}

TEST_CASE("dependencies.md: an interface") {
    fakes::clock my_clock;
    app orders;
    orders.provide<clock_source>(my_clock);
    orders.on(http::get("/"), [](deps<const clock_source&> d) { return d->steady().count(); });
    CHECK(testing::invoke(orders, testing::get("/")).body() == "0");
}

TEST_CASE("dependencies.md: a fake") {
    app tested;
    ledger in_memory(":memory:");
    tested.provide(in_memory);
    tested.on(http::get("/entries"), [](deps<ledger&> d) { return d->entries(); });
    CHECK(testing::invoke(tested, testing::get("/entries")).body() == "0");
}
