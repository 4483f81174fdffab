// SPDX-License-Identifier: BSL-1.0
#include <headrace/app.hpp>
#include <headrace/http.hpp>
#include <headrace/layers/dead_letter.hpp>
#include <headrace/layers/sinks/memory.hpp>
#include <headrace/sources/eventbridge.hpp>
#include <headrace/sources/sqs.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/invoke.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

using namespace headrace;

namespace {

struct mark {
    std::string* trace;
    char name;
    outcome operator()(call& c, auto&& next) const {
        *trace += name;
        outcome o = next(c);
        *trace += ')';
        return o;
    }
};

struct owning {
    std::unique_ptr<int> calls;
    outcome operator()(call& c, auto&& next) {
        ++*calls;
        return next(c);
    }
};

struct ledger {
    int entries = 0;
};

} // namespace

static_assert(std::is_same_v<decltype(app{}), app<chain<>>>);
static_assert(std::is_same_v<decltype(app{chain{access_log{}}}), app<chain<access_log>>>);
static_assert(std::is_base_of_v<router, app<>> && std::is_base_of_v<service, app<>>);
static_assert(!std::is_copy_constructible_v<app<>> && std::is_move_constructible_v<app<>>);
static_assert(!std::is_move_assignable_v<app<>>);

TEST_CASE("the base chain stands around the route's layers, these around the handler") {
    std::string trace;
    app orders{chain{mark{&trace, 'a'}, mark{&trace, 'b'}}};
    orders.on(sqs::queue("orders"), chain{mark{&trace, 'c'}, mark{&trace, 'd'}},
              [&](const sqs::message&) { trace += '.'; });
    CHECK(testing::invoke(orders, testing::sqs_batch().message("")).succeeded());
    CHECK(trace == "abcd.))))");
}

TEST_CASE("routes of another file stand behind the base chain, too") {
    std::string trace;
    routes more;
    more.on(sqs::queue("orders"), chain{mark{&trace, 'c'}},
            [&](const sqs::message&) { trace += '.'; });
    app orders{chain{mark{&trace, 'a'}, mark{&trace, 'b'}}};
    orders.add(std::move(more));
    CHECK(testing::invoke(orders, testing::sqs_batch().message("")).succeeded());
    CHECK(trace == "abc.)))");
}

TEST_CASE("the layers of a group stand inside of the base chain and around those of its routes") {
    std::string trace;
    routes inner;
    inner.on(sqs::queue("orders"), chain{mark{&trace, 'd'}},
             [&](const sqs::message&) { trace += '.'; });
    routes outer;
    outer.on(sqs::queue("returns"), [&](const sqs::message&) { trace += '.'; });
    outer.add(chain{mark{&trace, 'c'}}, std::move(inner));
    app orders{chain{mark{&trace, 'a'}}};
    orders.add(chain{mark{&trace, 'b'}}, std::move(outer));
    orders.on(sqs::queue("others"), [&](const sqs::message&) { trace += '.'; });
    CHECK(testing::invoke(orders, testing::sqs_batch("orders").message("")).succeeded());
    CHECK(std::exchange(trace, "") == "abcd.))))");
    CHECK(testing::invoke(orders, testing::sqs_batch("returns").message("")).succeeded());
    CHECK(std::exchange(trace, "") == "ab.))");
    CHECK(testing::invoke(orders, testing::sqs_batch("others").message("")).succeeded());
    CHECK(trace == "a.)");
    CHECK(orders.table()[0].text == "sqs queue returns");
    CHECK(orders.table()[0].layers.size() == 2);
    CHECK(orders.table()[1].text == "sqs queue orders");
    CHECK(orders.table()[1].layers.size() == 4);
    CHECK(orders.table()[2].layers.size() == 1);
}

TEST_CASE("the http routes of a group stand under its path") {
    routes lines;
    lines.on(http::get("/"),
             [](http::path<"shop"> shop) { return "lines of " + std::string(*shop); });
    lines.on(http::get("/{line}"), [](http::path<"shop"> shop, http::path<"line"> line) {
        return std::string(*shop) + " " + std::string(*line);
    });
    routes shops;
    shops.on(http::get("/files/{key+}"), [](http::path<"key"> key) { return std::string(*key); });
    shops.on(http::get("/notes/{n}").dot_segments(),
             [](http::path<"n"> n) { return std::string(*n); });
    shops.add("/lines", std::move(lines));
    app orders;
    orders.add("/shops/{shop}", std::move(shops)).on(http::get("/lines"), [] { return "all"; });
    const auto asked = [&](const char* path) {
        const auto reply = testing::invoke(orders, testing::get(path).through(http::door::furl));
        return reply.status() == 200 ? std::string(reply.body()) : std::to_string(reply.status());
    };
    CHECK(asked("/shops/a/lines") == "lines of a");
    CHECK(asked("/shops/a/lines/") == "404");
    CHECK(asked("/shops/a/lines/7") == "a 7");
    CHECK(asked("/shops/a/files/b/c") == "b/c");
    CHECK(asked("/shops/a/notes/..%2Fetc") == "../etc");
    CHECK(asked("/shops/a/lines/..%2Fetc") == "400");
    CHECK(asked("/lines") == "all");
    CHECK(asked("/files/b") == "404");
    CHECK(orders.table()[0].text == "http GET /shops/{shop}/files/{key+}");
    CHECK(orders.table()[2].text == "http GET /shops/{shop}/lines");
    CHECK(orders.table()[4].text == "http GET /lines");
}

TEST_CASE("a group that a route does not fit into is a mistake with the route's name") {
    routes wrong;
    wrong.on(sqs::queue("orders"), [](const call&) {});
    wrong.on(http::get("/{id}"), [](const call&) {});
    wrong.on(http::get("/fine"), [](http::path<"missing">) {});
    app orders;
    orders.add("/orders/{id}", std::move(wrong));
    const auto built = orders.build();
    REQUIRE_FALSE(built.has_value());
    CHECK(
        built.error().message
        == "3 mistakes in the app:\n"
           "  'sqs queue orders': the prefix '/orders/{id}' stands before paths, and it has none\n"
           "  'http GET /{id}': under the prefix '/orders/{id}' it is not a path pattern: a "
           "parameter name stands once\n"
           "  'http GET /orders/{id}/fine' asks for http::path<\"missing\">, which its pattern "
           "lacks");
}

TEST_CASE("a layer of a group is one object for all of its routes, and none for others") {
    int calls = 0;
    auto counted = std::make_unique<int>(0);
    const int* const seen = counted.get();
    const auto count = [&](const sqs::message&) { ++calls; };
    routes group;
    group.on(sqs::queue("a"), count).on(sqs::queue("b"), count);
    app orders;
    orders.add(chain{owning{std::move(counted)}}, std::move(group)).on(sqs::queue("c"), count);
    for (const auto* queue : {"a", "b", "c"}) {
        CHECK(testing::invoke(orders, testing::sqs_batch(queue).message("")).succeeded());
    }
    CHECK(calls == 3);
    CHECK(*seen == 2);
}

TEST_CASE("build() looks at the layers of a group as at those of its routes") {
    memory_sink rejected;
    routes group;
    group.on(sqs::queue("orders"), chain{access_log{}}, [](const call&) {});
    group.on(http::get("/"), [](const call&) {}); // a group has routes of other sources, too
    app orders;
    orders.add(chain{dead_letter{rejected}}, std::move(group));
    const auto built = orders.build();
    REQUIRE_FALSE(built.has_value());
    CHECK(built.error().message
          == "1 mistake in the app:\n"
             "  'sqs queue orders': access_log stands inside dead_letter<headrace::memory_sink> "
             "but belongs outside of it");
    CHECK(orders.routes_without_dead_letters().empty());
}

TEST_CASE("the fallback stands behind the base chain, too, and sees what nothing takes") {
    std::string trace;
    std::vector<std::string> seen;
    app orders{chain{mark{&trace, 'a'}}};
    orders.fallback([&](const call& c, const context&, workspace&) {
        seen.emplace_back(c.source());
        return http::text(418, "");
    });
    CHECK(testing::invoke(orders, testing::sqs_batch().message("").message("")).text()
          == R"({"batchItemFailures":[]})");
    CHECK(testing::invoke(orders, testing::get("/nowhere")).status() == 418);
    CHECK(testing::invoke(orders, R"({"what":"ever"})").succeeded());
    CHECK(seen == std::vector<std::string>{"sqs", "sqs", "http.v2", "raw"});
    CHECK(trace == "a)a)a)a)");
}

TEST_CASE("the fallback can ask for what the call has, and must look whether it is there") {
    app orders;
    ledger books;
    orders.provide(books);
    orders.fallback([](const call& c, deps<ledger&> d) {
        if (c.find<sqs::message>() != nullptr) ++d->entries;
    });
    CHECK(testing::invoke(orders, testing::sqs_batch().message("")).succeeded());
    CHECK(testing::invoke(orders, "{}").succeeded());
    CHECK(books.entries == 1);
}

TEST_CASE("provided objects are shared by all handlers") {
    ledger books;
    const std::string name = "shop";
    app orders;
    orders.provide(books).provide(name);
    orders.on(sqs::queue("orders"), [](deps<ledger&> d) { ++d->entries; });
    routes more;
    more.on(http::get("/name"), [](deps<ledger&, const std::string&> d) {
        d.get<ledger>().entries += 10;
        return d.get<const std::string>();
    });
    orders.add(std::move(more));
    CHECK(testing::invoke(orders, testing::sqs_batch().message("").message("")).succeeded());
    CHECK(testing::invoke(orders, testing::get("/name")).body() == "shop");
    CHECK(books.entries == 12);
}

TEST_CASE("layers and handlers may be types that only move") {
    app orders{chain{owning{std::make_unique<int>(0)}}};
    orders.on(sqs::queue("orders"), chain{owning{std::make_unique<int>(0)}},
              [n = std::make_unique<int>(0)](const sqs::message&) { ++*n; });
    CHECK(testing::invoke(orders, testing::sqs_batch().message("")).succeeded());
}

TEST_CASE("a layer of the base chain is one object for all routes") {
    int seen = 0;
    app orders{chain{[n = 0, &seen](call& c, auto&& next) mutable -> outcome {
        seen = ++n;
        return next(c);
    }}};
    routes more;
    more.on(http::get("/"), [] {});
    orders.on(sqs::queue("orders"), [](const sqs::message&) {});
    orders.add(std::move(more));
    CHECK(testing::invoke(orders, testing::sqs_batch().message("").message("")).succeeded());
    CHECK(testing::invoke(orders, testing::get("/")).status() == 204);
    CHECK(testing::invoke(orders, testing::get("/nowhere")).status() == 404);
    CHECK(seen == 4);
}

namespace {

auto program(std::string& trace, ledger& books) {
    routes more;
    more.on(http::get("/orders/{id}"), [](http::path<"id"> id) { return std::string(*id); });
    app shop{chain{mark{&trace, 'a'}}};
    shop.provide(books);
    shop.on(sqs::queue("orders"), chain{mark{&trace, 'b'}}, [](deps<ledger&> d) { ++d->entries; });
    shop.add(std::move(more));
    shop.fallback([](const call&) { return http::text(418, ""); });
    return shop;
}

} // namespace

TEST_CASE("a function can return an app, whose routes go where they went") {
    std::string trace;
    ledger books;
    auto first = program(trace, books);
    CHECK(testing::invoke(first, testing::get("/orders/17")).body() == "17"); // so it is built
    auto shop = std::move(first);
    CHECK(testing::invoke(shop, testing::get("/orders/18")).body() == "18");
    CHECK(testing::invoke(shop, testing::get("/nowhere")).status() == 418);
    trace.clear();
    CHECK(testing::invoke(shop, testing::sqs_batch("orders").message("")).succeeded());
    CHECK(trace == "ab))");
    CHECK(books.entries == 1);
    CHECK(shop.table().size() == 3);
}

TEST_CASE("an app that was moved away takes no routes and answers nothing") {
    std::string trace;
    ledger books;
    auto first = program(trace, books);
    const auto shop = std::move(first);
    // NOLINTBEGIN(bugprone-use-after-move): what this is about
    CHECK_THROWS_WITH_AS(first.on(sqs::queue("more"), [] {}), "this app was moved away", failure);
    CHECK_FALSE(first.build());
    // NOLINTEND(bugprone-use-after-move)
}

TEST_CASE("options of a batch can be named without their type, beside workers as well") {
    const auto batches_of = [](app<>&& orders) {
        orders.on(sqs::queue("orders"), [](const call&) {});
        REQUIRE(orders.build());
        return orders.built().batches_of(detail::id_of<sqs::event>);
    };
    app first;
    first.batches<sqs::event>({}).batches<sqs::event>(concurrency{8}, {});
    first.batches<sqs::event>(concurrency{8}, {.reserve = std::chrono::seconds(1)});
    const auto ordered = batches_of(std::move(first));
    CHECK(ordered.workers == 8);
    CHECK_FALSE(ordered.unordered);
    app second;
    second.batches<sqs::event>(concurrency{8});
    second.batches<sqs::event>(concurrency{4}, unordered_ok, {});
    CHECK(batches_of(std::move(second)).unordered);
}
