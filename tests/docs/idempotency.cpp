// SPDX-License-Identifier: BSL-1.0
// The code of docs/howto/idempotency.md.
#include <headrace/app.hpp>
#include <headrace/http.hpp>
#include <headrace/idempotency.hpp>
#include <headrace/idempotency/stores/sqlite.hpp>
#include <headrace/layers/retry.hpp>
#include <headrace/sources/eventbridge.hpp>
#include <headrace/sources/sqs.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/invoke.hpp>

#include <doctest/doctest.h>

#include <sqlite3.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

using namespace headrace;

namespace {

struct bill {
    std::string_view number;
    static void wire(auto& self, auto&& field) { field("number", self.number).required(); }
};

struct order {
    std::uint64_t id = 0;
    static void wire(auto& self, auto&& field) { field("id", self.id).required(); }
};

struct receipt {
    int number = 0;
    static void wire(auto& self, auto&& field) { field("number", self.number); }
};

struct vote {
    std::string_view ballot;
    static void wire(auto& self, auto&& field) { field("ballot", self.ballot).required(); }
};

struct user_list {
    [[nodiscard]] std::optional<std::string> find(std::string_view key) const {
        if (key == "k1") return "Ada";
        return key == "k2" ? std::optional<std::string>("Bob") : std::nullopt;
    }
};

struct authenticate {
    const user_list* users;
    outcome operator()(call& c, auto&& next) const {
        const auto key = c.find<http::request>()->headers().first("x-api-key").value_or("");
        const auto user = users->find(key);
        if (!user) return http::unauthorised("send the header x-api-key");
        c.set_principal({"user", *user});
        return next(c);
    }
};

// Somebody else's service, which knows keys.
struct a_bank {
    std::map<std::string, receipt, std::less<>> charges;
    receipt charge(const order& o) { return charge(std::to_string(o.id)); }
    receipt charge(const std::string& key) {
        return charges.try_emplace(key, receipt{static_cast<int>(charges.size()) + 1})
            .first->second;
    }
    // Nothing: it does not answer.
    std::optional<std::optional<receipt>> find(const std::string& key) {
        const auto found = charges.find(key);
        return found == charges.end() ? std::optional<receipt>() : found->second;
    }
} bank;

class bank_reconciler final : public idempotency::reconciler {
    std::optional<idempotency::verdict_on_unknown>
    find_out(const context&, const idempotency::unknown_operation& what) override {
        const auto found = bank.find(what.downstream_key("charge"));
        if (!found) return std::nullopt; // the bank does not answer
        return *found ? idempotency::was_done(**found) : idempotency::was_not_done();
    }
};

result<receipt> insert_payment(sqlite3* db, const order& o) {
    const auto sql = "CREATE TABLE IF NOT EXISTS payments (id INTEGER PRIMARY KEY);"
                     "INSERT INTO payments VALUES ("
                     + std::to_string(o.id) + ")";
    if (sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
        return error::permanent(sqlite3_errmsg(db));
    }
    return receipt{static_cast<int>(o.id)};
}

result<void> it_was_done(idempotency::store& seen, const std::string& key, std::uint64_t fence,
                         const context& ctx) {
    return idempotency::reconcile(seen, {key, ""}, fence, idempotency::was_done(), {}, ctx);
}

// Relative paths of the page lie in a folder of the test's own.
class in_a_folder {
public:
    in_a_folder() : before_(std::filesystem::current_path()) {
        std::string name = (std::filesystem::temp_directory_path() / "headrace-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        std::filesystem::current_path(name);
    }
    in_a_folder(const in_a_folder&) = delete;
    in_a_folder& operator=(const in_a_folder&) = delete;
    ~in_a_folder() {
        const auto here = std::filesystem::current_path();
        std::filesystem::current_path(before_);
        std::filesystem::remove_all(here);
    }

private:
    std::filesystem::path before_;
};

// What the page opens, for the text to be compared with it.
[[maybe_unused]] void compiles() {
    auto seen = idempotency::open("dynamodb:orders-seen"); // or sqlite:orders.db, redis://...
}

} // namespace

TEST_CASE("the routes of the page do everything once") {
    int handled = 0;
    const auto handle_order = [&](const sqs::message&) { ++handled; };
    const auto handle_bill = [&](body<bill>) { ++handled; };
    const auto place_order = [&] { return ++handled; };
    const auto handle_event = [&](const eventbridge::event&) { ++handled; };
    app orders;

    idempotency::memory_store seen;

    orders.on(sqs::queue("orders"), chain{idempotent{seen}, retry{}}, handle_order);
    orders.on(sqs::queue("bills"), chain{idempotent{seen, idempotency::key(&bill::number)}},
              handle_bill);
    orders.on(http::post("/orders"),
              chain{idempotent{seen, idempotency::key_header{"Idempotency-Key"}}}, place_order);

    idempotency::cached_store cached{seen, {.entries = 1'000}};
    orders.on(sqs::queue("busy"), chain{idempotent{cached}, retry{}}, handle_order);

    const auto each_replay = [](const call& c, idempotency::canonical& to) -> result<bool> {
        const auto* const e = c.find<eventbridge::event>();
        if (e == nullptr || e->id.empty()) return false;
        to.array(2);
        to.text(e->id);
        to.text(e->replay_name);
        return true;
    };
    orders.on(eventbridge::source("shop"), chain{idempotent{seen, each_replay}}, handle_event);

    const auto order = testing::post("/orders").caller("ada").header("Idempotency-Key", "k");
    for (int i = 1; i <= 2; ++i) {
        CHECK(testing::invoke(orders, testing::sqs_batch("orders").message("x")).succeeded());
        CHECK(testing::invoke(orders, testing::sqs_batch("bills").message(bill{"17"})).succeeded());
        CHECK(testing::invoke(orders, order).body() == "3");
        CHECK(testing::invoke(orders, testing::sqs_batch("busy").message("x")).succeeded());
    }
    CHECK(handled == 4);
    for (const std::string name : {"", "first", "second", "first"}) {
        const auto event = R"({"id":"e1","detail-type":"Paid","source":"shop","replay-name":")"
                           + name + R"(","detail":{}})";
        CHECK(testing::invoke(orders, event).succeeded());
    }
    CHECK(handled == 7);
}

TEST_CASE("callers are told apart by who they are, by the door, a layer or the request") {
    idempotency::memory_store seen;
    const user_list users;
    int handled = 0;
    const auto place_order = [&] { return ++handled; };
    const auto count = place_order;
    const auto fill_cart = place_order;
    app shop;

    const idempotency::key_header from_caller{"Idempotency-Key"};
    shop.on(http::post("/orders"), chain{authenticate{&users}, idempotent{seen, from_caller}},
            place_order);

    using idempotency::callers::everybody;
    shop.on(http::post("/votes"),
            chain{idempotent{seen, idempotency::key(&vote::ballot, everybody{})}}, count);

    const auto session = [](const http::request& r) {
        return principal{"session", r.cookies().first("session").value_or("")};
    };
    shop.on(http::post("/carts"), chain{idempotent{seen, idempotency::key_at{"/id", session}}},
            fill_cart);

    const auto answer = [&](const testing::http_request& r) {
        const auto reply = testing::invoke(shop, r);
        return reply.status() == 200 ? reply.body() : std::to_string(reply.status());
    };
    const auto order = [&](std::string key) {
        auto request = testing::post("/orders").header("Idempotency-Key", "k");
        return answer(request.header("X-Api-Key", std::move(key)));
    };
    const auto cart = [&](std::string id) {
        return answer(testing::post("/carts").cookie("session", std::move(id)).body(R"({"id":1})"));
    };
    for (int i = 1; i <= 2; ++i) {
        CHECK(order("k1") == "1");
        CHECK(order("k2") == "2");
        CHECK(order("k3") == "401");
        CHECK(answer(testing::post("/votes").body(R"({"ballot":"b"})")) == "3");
        CHECK(cart("s1") == "4");
        CHECK(cart("s2") == "5");
        CHECK(cart("") == "401");
    }
}

TEST_CASE("an operation inside of a handler names its caller") {
    idempotency::memory_store seen;
    int charges = 0;
    app shop;
    shop.on(http::post("/charges"), [&](body<order> o, const call& c) -> result<int> {
        const auto charge = idempotency::operation{"charge", c.principal(), o->id};
        auto charged = idempotency::run<receipt>(
            seen, charge, [&] { return receipt{++charges}; }, c.context());
        if (!charged) return charged.error();
        return (*charged)->number;
    });
    const auto charge = [&](std::string who) {
        const auto request = testing::post("/charges").caller(std::move(who)).body(order{17});
        return testing::invoke(shop, request).body();
    };
    CHECK(charge("ada") == "1");
    CHECK(charge("bob") == "2");
    CHECK(charge("ada") == "1");
}

TEST_CASE("run<T> inside of a handler, and one transaction") {
    const in_a_folder here;
    idempotency::memory_store seen;
    app orders;
    int numbers = 0;
    orders.on(sqs::queue("charges"), [&](body<order> o, const context& ctx) -> outcome {
        const idempotency::operation charge{"charge", o->id};
        auto charged = idempotency::run<receipt>(
            seen, charge, [&] { return bank.charge(*o); }, ctx);
        if (!charged) return charged.error();
        ctx.log.info("charged", "number", (*charged)->number);
        numbers += (*charged)->number;
        return {};
    });

    using idempotency::sqlite_store;
    sqlite_store books{"orders.db"};

    orders.on(sqs::queue("payments"), chain{idempotent{idempotency::transactional{books}}},
              [](body<order> o, idempotency::transaction<sqlite_store> tx) {
                  return tx.run(
                      [&](sqlite3* db) -> result<receipt> { return insert_payment(db, *o); });
              });

    for (int i = 1; i <= 2; ++i) {
        for (const auto* const queue : {"charges", "payments"}) {
            const auto batch = testing::sqs_batch(queue).message(order{17});
            CHECK(testing::invoke(orders, batch).failed_records().empty());
        }
        CHECK(numbers == i);
    }
}

TEST_CASE("whoever can find it out is asked about what is unknown") {
    idempotency::memory_store seen;
    bank_reconciler asks_the_bank;
    idempotency::options how{.operation = "pay", .reconciled_by = &asks_the_bank};
    how.terms.mode = idempotency::mode::at_most_once;
    int runs = 0;
    app orders;
    orders.on(sqs::queue("orders"), chain{idempotent{seen, idempotency::natural_key{}, how}},
              [&](idempotency::current now) -> outcome {
                  ++runs;
                  bank.charge(now.downstream_key("charge"));
                  return error::transient("the bank's answer was lost");
              });
    testing::world w;
    const auto batch = testing::sqs_batch("orders").message("x");
    CHECK_FALSE(testing::invoke(orders, batch, w).failed_records().empty());
    CHECK(testing::invoke(orders, batch, w).failed_records().empty());
    CHECK(runs == 1);
}

TEST_CASE("somebody tells what became of it") {
    idempotency::memory_store seen;
    idempotency::options how;
    how.terms.mode = idempotency::mode::at_most_once;
    testing::world w;
    const context ctx = w.make_context();
    const idempotency::operation charge{"charge", 17};
    const auto charged = [&] {
        return idempotency::run<void>(
            seen, charge, []() -> result<void> { return error::transient("no answer"); }, ctx, how);
    };
    CHECK_FALSE(charged());
    const auto id = idempotency::identity_of(charge, ctx);
    const auto there = seen.find(ctx, id);
    REQUIRE(there);
    REQUIRE(there->has_value());
    CHECK(it_was_done(seen, id.key, (*there)->fence, ctx));
    CHECK(charged());
}
