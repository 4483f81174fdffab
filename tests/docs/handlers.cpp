// SPDX-License-Identifier: BSL-1.0
// The code of docs/howto/handlers.md.
#include <headrace/app.hpp>
#include <headrace/http.hpp>
#include <headrace/sources/sqs.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/invoke.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

struct listing {
    std::uint64_t order;
    int page;
    std::size_t tags;
    static void wire(auto& self, auto&& field) {
        field("order", self.order);
        field("page", self.page);
        field("tags", self.tags);
    }
};

struct receipt {
    std::string number;
    int cents;
    static void wire(auto& self, auto&& field) {
        field("number", self.number);
        field("cents", self.cents);
    }
};

struct search {
    std::string_view text;
    int page = 1;
    std::optional<int> most_cents;
    std::vector<std::string_view> tags;
    static void wire(auto& self, auto&& field) {
        field("q", self.text).required();
        field("page", self.page);
        field("most-cents", self.most_cents);
        field("tag", self.tags);
    }
};

std::string found(const search& s) {
    return "nothing like " + std::string(s.text) + " on page " + std::to_string(s.page);
}

struct session {
    std::string user;
};

struct user_list {
    [[nodiscard]] std::optional<std::string> find(std::string_view key) const {
        return key == "k1" ? std::optional<std::string>("Ada") : std::nullopt;
    }
};

using texts = std::vector<std::string>;

} // namespace

template <> struct headrace::extract<session> {
    static constexpr bool needs_http = true; // so only http routes can ask for it
    static result<session> from(call& c) {
        const auto key = c.find<http::request>()->headers().first("x-api-key").value_or("");
        const auto user = c.dependency<const user_list>()->find(key);
        if (!user) return http::unauthorised("send the header x-api-key");
        return session{*user};
    }
    static void needs(requirements& r) { r.dependency<const user_list>(); }
};

TEST_CASE("handlers.md: a queue") {
    app orders;
    orders.on(sqs::queue("orders"),
              [](body<order> o, const sqs::message& m, const context& c) -> outcome {
                  if (o->customer.empty()) return outcome::reject("an order without a customer");
                  c.log.info("packed", "order", o->id, "message", m.message_id);
                  return outcome::ok();
              });
    orders.on(sqs::queue("imports"), [](result<body<order>> o, const context& c) -> outcome {
        if (o) return outcome::ok();
        c.log.warn("no order", "why", o.error().message, "where", o.error().pointer);
        return outcome::drop(); // nobody can mend it: do not deliver it again
    });
    testing::world w;
    const auto batch = [](std::string queue) {
        return testing::sqs_batch(std::move(queue))
            .message(order{1, "Ada"})
            .message(order{2, ""})
            .message(R"({"id":"3"})");
    };
    CHECK(testing::invoke(orders, batch("orders"), w).failed_records()
          == texts{"message-1", "message-2"});
    CHECK(w.log.contains(R"("message":"packed","record":"message-0","order":1)"));
    CHECK(testing::invoke(orders, batch("imports"), w).failed_records().empty());
    CHECK(w.log.contains(R"("message":"no order")"));
}

TEST_CASE("handlers.md: requests") {
    app orders;
    orders.on(http::get("/orders/{id}/lines"),
              [](http::path<"id", std::uint64_t> id, http::query<"page", std::optional<int>> page,
                 http::query<"tag", std::vector<std::string_view>> tags) {
                  return listing{*id, page->value_or(1), tags->size()};
              });
    orders.on(http::get("/orders/{id}"), [](http::path<"id", std::uint64_t> id) -> result<receipt> {
        if (*id == 0) return http::not_found("there is no order 0");
        return receipt{std::to_string(*id), 1290};
    });
    CHECK(testing::invoke(orders, testing::get("/orders/7/lines").query("tag", "a")).body()
          == R"({"order":7,"page":1,"tags":1})");
    CHECK(testing::invoke(orders, testing::get("/orders/7/lines").query("page", "x")).status()
          == 400);
    CHECK(testing::invoke(orders, testing::get("/orders/7")).body()
          == R"({"number":"7","cents":1290})");
    CHECK(testing::invoke(orders, testing::get("/orders/0")).status() == 404);
}

TEST_CASE("handlers.md: a query string and a form") {
    app orders;
    orders.on(http::get("/search"), [](http::query_of<search> s) { return found(*s); });
    orders.on(http::post("/search"), [](http::form<search> s) { return found(*s); });
    CHECK(testing::invoke(orders, testing::get("/search").query("q", "tea")).body()
          == "nothing like tea on page 1");
    CHECK(testing::invoke(orders, testing::post("/search").body(
                                      "q=tea&page=2", "application/x-www-form-urlencoded"))
              .body()
          == "nothing like tea on page 2");
    CHECK(testing::invoke(orders, testing::get("/search")).status() == 400);
}

TEST_CASE("handlers.md: a parameter of one's own") {
    app vault;
    vault.on(http::get("/me"), [](session s) { return s.user; });
    CHECK(!vault.build()); // it needs a user_list
    const user_list users;
    vault.provide(users);
    CHECK(testing::invoke(vault, testing::get("/me")).status() == 401);
    CHECK(testing::invoke(vault, testing::get("/me").header("X-Api-Key", "k1")).body() == "Ada");
}
