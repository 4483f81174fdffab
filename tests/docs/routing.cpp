// SPDX-License-Identifier: BSL-1.0
// The code of docs/howto/routing.md.
#include <headrace/app.hpp>
#include <headrace/http.hpp>
#include <headrace/sources/s3.hpp>
#include <headrace/sources/schedule.hpp>
#include <headrace/sources/sqs.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/invoke.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

using namespace headrace;

namespace {

struct order {
    std::uint64_t id = 0;
    std::string_view customer;
    static void wire(auto& self, auto&& field) {
        field("id", self.id).required();
        field("customer", self.customer);
    }
};

struct ledger {
    void add(std::uint64_t) { ++entries; }
    void close() { closed = true; }
    int entries = 0;
    bool closed = false;
};

int imported = 0;
void import(const s3::record&) { ++imported; }

routes http_routes() {
    routes all;
    all.on(http::get("/health"), [] { return "fine"; });
    return all;
}

routes admin_routes() {
    routes all;
    all.on(http::get("/"), [] { return "an overview"; });
    all.on(http::get("/users"), [] { return "all of them"; });
    return all;
}

} // namespace

TEST_CASE("routing.md: groups") {
    app orders;
    orders.add("/admin", chain{access_log{}}, admin_routes()); // /admin and /admin/users
    CHECK(testing::invoke(orders, testing::get("/admin")).body() == "an overview");
    CHECK(testing::invoke(orders, testing::get("/admin/users")).body() == "all of them");
    CHECK(testing::invoke(orders, testing::get("/users")).status() == 404);
    CHECK(orders.table().front().layers.size() == 1);
}

TEST_CASE("routing.md: routes of four sources") {
    ledger books;
    app orders;
    orders.on(sqs::queue("orders"), [](body<order> o, deps<ledger&> d) { d->add(o->id); });
    orders.on(s3::bucket("uploads").created().suffix(".csv"),
              [](const s3::record& r) { import(r); });
    orders.on(http::get("/orders/{id}"), [](http::path<"id", std::uint64_t> id) {
        return order{*id, "Ada"};
    });
    orders.on(schedule::rule("nightly"),
              [](const schedule::event&, deps<ledger&> d) { d->close(); });
    orders.add(http_routes());
    orders.provide(books);
    CHECK(orders.build());
    CHECK(testing::invoke(orders, testing::sqs_batch().message(order{1, ""})).succeeded());
    CHECK(testing::invoke(orders, testing::s3_notification().created("a.csv")).succeeded());
    CHECK(testing::invoke(orders, testing::get("/orders/7")).body()
          == R"({"id":7,"customer":"Ada"})");
    CHECK(testing::invoke(orders, testing::schedule_event("nightly")).succeeded());
    CHECK(testing::invoke(orders, testing::get("/health")).body() == "fine");
    CHECK(books.entries == 1);
    CHECK(books.closed);
    CHECK(imported == 1);
}

TEST_CASE("routing.md: precedence in paths") {
    app orders;
    orders.on(http::get("/orders/new"), [] { return "a form"; });
    orders.on(http::get("/orders/{id}"), [](http::path<"id"> id) { return std::string(*id); });
    orders.on(http::get("/files/{key+}"), [](http::path<"key"> key) { return std::string(*key); });
    orders.on(http::get("/notes/{title}").dot_segments(),
              [](http::path<"title"> title) { return std::string(*title); });
    CHECK(testing::invoke(orders, testing::get("/orders/new")).body() == "a form");
    CHECK(testing::invoke(orders, testing::get("/orders/7")).body() == "7");
    CHECK(testing::invoke(orders, testing::get("/files/a/b")).body() == "a/b");
    CHECK(testing::invoke(orders, testing::post("/orders/7")).status() == 405);
    const auto function_url = [](std::string target) {
        return testing::get(std::move(target)).through(http::door::furl);
    };
    CHECK(testing::invoke(orders, function_url("/files/..%2Fetc")).status() == 400);
    CHECK(testing::invoke(orders, function_url("/files/%0d%0a")).status() == 400);
    CHECK(testing::invoke(orders, function_url("/notes/..%2Fetc")).body() == "../etc");
}

TEST_CASE("routing.md: a fallback") {
    app orders;
    orders.fallback([](const call& c) -> outcome {
        const auto* message = c.find<sqs::message>();
        if (message == nullptr) return error::permanent("not for us");
        c.context().log.warn("unexpected queue", "arn", message->event_source_arn);
        return outcome::drop();
    });
    CHECK(testing::invoke(orders, testing::sqs_batch().message("")).failed_records().empty());
    CHECK(!testing::invoke(orders, "{}").succeeded());
}
