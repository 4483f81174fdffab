// SPDX-License-Identifier: BSL-1.0
// The code of docs/howto/idempotency.md.
#include <headrace/app.hpp>
#include <headrace/http.hpp>
#include <headrace/idempotency.hpp>
#include <headrace/idempotency/sqlite.hpp>
#include <headrace/retry.hpp>
#include <headrace/sqs.hpp>
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
    app orders;

    idempotency::memory_store seen;

    orders.on(sqs::queue("orders"), chain{idempotent{seen}, retry{}}, handle_order);
    orders.on(sqs::queue("bills"), chain{idempotent{seen, idempotency::key(&bill::number)}},
              handle_bill);
    orders.on(http::post("/orders"),
              chain{idempotent{seen, idempotency::key_header{"Idempotency-Key"}}}, place_order);

    idempotency::cached_store cached{seen, {.entries = 1'000}};
    orders.on(sqs::queue("busy"), chain{idempotent{cached}, retry{}}, handle_order);

    const auto order = testing::post("/orders").caller("ada").header("Idempotency-Key", "k");
    for (int i = 1; i <= 2; ++i) {
        CHECK(testing::invoke(orders, testing::sqs_batch("orders").message("x")).succeeded());
        CHECK(testing::invoke(orders, testing::sqs_batch("bills").message(bill{"17"})).succeeded());
        CHECK(testing::invoke(orders, order).body() == "3");
        CHECK(testing::invoke(orders, testing::sqs_batch("busy").message("x")).succeeded());
    }
    CHECK(handled == 4);
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
