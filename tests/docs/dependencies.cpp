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
    void remove(std::uint64_t id) { std::erase(ids_, id); }
    [[nodiscard]] std::size_t entries() const { return ids_.size(); }

private:
    std::string file_;
    std::vector<std::uint64_t> ids_;
};

struct settings {
    int most_lines;
};

class mail {
public:
    void send(std::string) { ++sent_; }
    [[nodiscard]] int sent() const { return sent_; }

private:
    int sent_ = 0;
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

TEST_CASE("dependencies.md: one that may be missing") {
    const auto answer = [](mail* given) {
        ledger books("orders.db");
        app orders;
        orders.provide(books);
        if (given != nullptr) orders.provide(*given);
        orders.on(sqs::queue("returns"), [](body<order> o, deps<ledger&, mail*> d) {
            d.get<ledger>().remove(o->id);
            if (mail* post = d.get<mail>()) post->send("taken back");
        });
        orders.on(http::get("/mail"), [](deps<mail*> d) { return d ? d->sent() : 0; });
        const auto batch = testing::sqs_batch("returns").message(order{1, 7});
        CHECK(testing::invoke(orders, batch).failed_records().empty());
        return testing::invoke(orders, testing::get("/mail")).body();
    };
    mail post;
    CHECK(answer(nullptr) == "0");
    CHECK(answer(&post) == "1");
}

TEST_CASE("dependencies.md: two of a type") {
    ledger books("orders.db");
    app orders;
    orders.provide(books);

    ledger audit("audit.db");
    orders.provide<"audit">(audit);
    orders.on(http::post("/audits"), [](body<order> o, deps<ledger&, keyed<"audit", ledger&>> d) {
        d.get<"audit">().add(o->id);
        return d.get<ledger>().entries();
    });
    orders.on(http::get("/audits"),
              [](deps<keyed<"audit", const ledger&>> d) { return d->entries(); });

    CHECK(testing::invoke(orders, testing::post("/audits").body(order{1, 7})).body() == "0");
    CHECK(testing::invoke(orders, testing::get("/audits")).body() == "1");
}

TEST_CASE("dependencies.md: an interface") {
    fakes::clock my_clock;
    app orders;
    orders.provide<clock_source>(my_clock);
    orders.provide<"utc", clock_source>(my_clock);
    orders.on(http::get("/"), [](deps<const clock_source&> d) { return d->steady().count(); });
    orders.on(http::get("/utc"),
              [](deps<keyed<"utc", const clock_source&>> d) { return d->steady().count(); });
    CHECK(testing::invoke(orders, testing::get("/")).body() == "0");
    CHECK(testing::invoke(orders, testing::get("/utc")).body() == "0");
}

TEST_CASE("dependencies.md: a fake") {
    app tested;
    ledger in_memory(":memory:");
    tested.provide(in_memory);
    tested.on(http::get("/entries"), [](deps<ledger&> d) { return d->entries(); });
    CHECK(testing::invoke(tested, testing::get("/entries")).body() == "0");
}
