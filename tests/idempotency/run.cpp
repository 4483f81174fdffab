// SPDX-License-Identifier: BSL-1.0
#include "virtual_time.hpp"

#include <headrace/app.hpp>
#include <headrace/idempotency.hpp>
#include <headrace/idempotency/stores/sqlite.hpp>
#include <headrace/layers/dead_letter.hpp>
#include <headrace/layers/sinks/memory.hpp>
#include <headrace/layers/timeout.hpp>
#include <headrace/sources/sqs.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/invoke.hpp>

#include <doctest/doctest.h>

#include <sqlite3.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;
namespace idem = headrace::idempotency;
using idem::memory_store;
using idem::operation;
using testing::sqs_batch;
using testing::sqs_message;

namespace {

using texts = std::vector<std::string>;

struct receipt {
    std::uint64_t order = 0;
    std::string_view text;
    static void wire(auto& self, auto&& field) {
        field("order", self.order);
        field("text", self.text);
    }
};

struct fixture {
    fixture() { w.context.deadline = w.time.now() + 60s; }
    fakes::virtual_world w;
    memory_store seen;
    int runs = 0;
    std::string text; // receipts borrow it

    result<decoded<receipt>> charge(const operation& what, const idem::options& how = {}) {
        return idem::run<receipt>(
            seen, what,
            [&]() -> result<receipt> {
                return receipt{17, text = std::to_string(++runs)};
            },
            w.context, how);
    }
};

} // namespace

TEST_CASE_FIXTURE(fixture, "an operation inside of a handler is done once, and its result decoded "
                           "from what was kept, the first time as well") {
    const auto first = charge(operation{"charge", 17u});
    REQUIRE(first);
    const auto second = charge(operation{"charge", 17u});
    REQUIRE(second);
    CHECK((*first)->text == "1");
    CHECK((*second)->text == "1");
    CHECK((*second)->order == 17);
    CHECK(runs == 1);
}

TEST_CASE_FIXTURE(fixture, "a result of nothing is a result") {
    const operation look{"look", 17};
    for (int i = 0; i < 2; ++i) {
        const auto found = idem::run<std::optional<int>>(
            seen, look, [&]() -> std::optional<int> { return ++runs, std::nullopt; }, w.context);
        REQUIRE(found);
        CHECK_FALSE((**found).has_value());
    }
    CHECK(runs == 1);
}

TEST_CASE_FIXTURE(fixture, "name, values, version and tenant tell operations apart") {
    CHECK(charge(operation{"charge", 17}));
    idem::options later{.version = 2};
    idem::options other{.tenant = "blue"};
    CHECK(charge(operation{"charge", 17}, later));
    CHECK(charge(operation{"charge", 17}, other));
    CHECK(charge(operation{"charge", "17"}));
    CHECK(charge(operation{"charge", true}));
    CHECK(charge(operation{"charge", 17, 17}));
    CHECK(charge(operation{"charge"}));
    CHECK(charge(operation{"mail", 17}));
    CHECK(charge(operation{"charge", receipt{17, "x"}}));
    CHECK(runs == 9);
    CHECK(charge(operation{"charge", 17}));
    CHECK(charge(operation{"charge", std::uint8_t{17}}));
    CHECK(charge(operation{"charge", std::string("17")}));
    CHECK(charge(operation{"charge", receipt{17, "x"}}));
    CHECK(runs == 9);
}

TEST_CASE_FIXTURE(fixture, "another payload under the same key is refused") {
    CHECK(charge(operation{"charge", 1}.asked_for(receipt{1, "a"})));
    CHECK(charge(operation{"charge", 1}.asked_for(receipt{1, "a"})));
    const auto other = charge(operation{"charge", 1}.asked_for(receipt{1, "b"}));
    REQUIRE_FALSE(other);
    CHECK(other.error().http_status == 422);
    CHECK(runs == 1);
}

TEST_CASE_FIXTURE(fixture,
                  "a failure releases the operation, or is remembered where that is wanted") {
    for (const bool remembered : {false, true}) {
        CAPTURE(remembered);
        int tries = 0;
        const auto once = [&] {
            return idem::run<int>(seen, operation{remembered ? "remembered" : "released"},
                                  [&]() -> result<int> {
                                      if (++tries == 1) return error::permanent("no such account");
                                      return 1;
                                  },
                                  w.context, {.remember_failures = remembered});
        };
        CHECK(once().error().message == "no such account");
        const auto second = once();
        CHECK(tries == (remembered ? 1 : 2));
        CHECK(second.has_value() == !remembered);
        if (remembered) CHECK(second.error() == error::permanent("no such account"));
    }
}

TEST_CASE_FIXTURE(fixture, "what throws is released, and the exception goes on") {
    const auto throws = [&] {
        (void)idem::run<int>(
            seen, operation{"op"}, [&]() -> int { throw std::runtime_error("no"); }, w.context);
    };
    CHECK_THROWS_AS(throws(), std::runtime_error);
    const auto next = idem::run<int>(
        seen, operation{"op"}, [](const idem::current& now) { return int(now.attempt_number()); },
        w.context);
    REQUIRE(next);
    CHECK(**next == 2);
}

TEST_CASE_FIXTURE(fixture, "whoever comes second hears when to come again, or waits") {
    using idem::when_in_progress;
    for (const auto busy : {when_in_progress::reject, when_in_progress::defer}) {
        idem::options how{.busy = busy};
        how.terms.lease = 5s;
        const operation what{"op", static_cast<int>(busy)};
        const auto outer = idem::run<int>(
            seen, what,
            [&] {
                const auto inner = idem::run<int>(
                    seen, what, [] { return 2; }, w.context, how);
                CHECK(inner.error().kind == error_class::conflict);
                CHECK(inner.error().after == 7s); // the lease and the margin
                return 1;
            },
            w.context, how);
        CHECK(outer);
    }
    std::optional<result<decoded<int>>> first;
    context beside = w.context;
    auto task = w.time.start([&] {
        first = idem::run<int>(
            seen, operation{"slow"},
            [&](const idem::current&, const context& own) {
                return own.sleep_until(w.time.now() + 10s) ? 17 : 0;
            },
            beside);
    });
    w.time.work_for(1s);
    const auto second = idem::run<int>(seen, operation{"slow"}, [] { return 2; }, w.context,
                                       {.busy = when_in_progress::wait});
    task.reset();
    REQUIRE(second);
    CHECK(**second == 17);
    CHECK(***first == 17);
}

TEST_CASE_FIXTURE(fixture, "a result that is too long is given once, and known to have been") {
    const auto once = [&] {
        return idem::run<std::string>(seen, operation{"op"},
                                      [&] {
                                          ++runs;
                                          return std::string(100, 'x');
                                      },
                                      w.context, {.largest_reply = 64});
    };
    const auto first = once();
    REQUIRE(first);
    CHECK(**first == std::string(100, 'x'));
    CHECK(once().error().message == "this operation was done, but no result of it was kept");
    CHECK(runs == 1);
}

TEST_CASE_FIXTURE(fixture,
                  "a result of another type is a mistake of the program, not of the sender") {
    CHECK(idem::run<int>(
        seen, operation{"op"}, [] { return 1; }, w.context));
    const auto other = idem::run<receipt>(
        seen, operation{"op"}, [] { return receipt(); }, w.context);
    CHECK(other.error().kind == error_class::bug);
}

TEST_CASE("inside of a handler, keys are derived from the operation around it") {
    memory_store seen;
    int charges = 0;
    int tries = 0;
    app orders;
    orders.on(sqs::queue("orders"), chain{idempotent{seen}},
              [&](const context& ctx, idem::current now) -> outcome {
                  const auto charged = idem::run<int>(
                      seen, operation{"charge", now.downstream_key("charge")},
                      [&] { return ++charges; }, ctx);
                  if (!charged) return charged.error();
                  return ++tries == 1 ? outcome::retry() : outcome();
              });
    testing::world w;
    const auto batch = sqs_batch("orders").message(sqs_message{.id = "a"});
    CHECK_FALSE(testing::invoke(orders, batch, w).failed_records().empty());
    CHECK(testing::invoke(orders, batch, w).failed_records().empty());
    CHECK(tries == 2);
    CHECK(charges == 1);
}

TEST_CASE("an operation inside of a handler can be one transaction with its effect") {
    std::string folder = (std::filesystem::temp_directory_path() / "headrace-XXXXXX").string();
    REQUIRE(::mkdtemp(folder.data()) != nullptr);
    {
        idem::sqlite_store books(folder + "/books.db");
        fakes::virtual_world w;
        int runs = 0;
        const auto once = [&] {
            return idem::run<receipt>(
                idem::transactional{books}, operation{"charge", 1},
                [&](idem::transaction<idem::sqlite_store> tx) {
                    auto o = tx.run([&](sqlite3* db) -> result<receipt> {
                        const auto* const sql = "CREATE TABLE charges (id INTEGER)";
                        if (sqlite3_exec(db, sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
                            return error::permanent(sqlite3_errmsg(db));
                        }
                        ++runs;
                        return receipt{1, "made"};
                    });
                    return runs == 1 ? outcome(error::transient("late")) : std::move(o);
                },
                w.context);
        };
        for (int i = 0; i < 2; ++i) {
            const auto made = once();
            REQUIRE(made);
            CHECK((*made)->text == "made");
        }
        CHECK(runs == 1);
    }
    std::filesystem::remove_all(folder);
}

TEST_CASE("at most once: what is unknown is reconciled by whoever can find it out") {
    struct bank final : idem::reconciler {
        std::optional<idem::verdict_on_unknown>
        find_out(const context&, const idem::unknown_operation& op) override {
            asked.push_back(op.downstream_key("charge"));
            return says;
        }
        texts asked;
        std::optional<idem::verdict_on_unknown> says;
    };
    enum class truth : std::uint8_t { not_known, done, not_done };
    for (const auto what : {truth::not_known, truth::done, truth::not_done}) {
        CAPTURE(static_cast<int>(what));
        fixture f;
        bank b;
        idem::options how{.reconciled_by = &b};
        how.terms.mode = idem::mode::at_most_once;
        std::string key;
        const auto dies = idem::run<receipt>(
            f.seen, operation{"charge", 1},
            [&](const idem::current& now) -> result<receipt> {
                key = now.downstream_key("charge");
                return error::transient("the line went dead"); // parks it
            },
            f.w.context, how);
        CHECK_FALSE(dies);
        if (what == truth::done) b.says = idem::was_done(receipt{1, "by the bank"});
        if (what == truth::not_done) b.says = idem::was_not_done();
        const auto next = f.charge(operation{"charge", 1}, how);
        CHECK(b.asked == texts{key});
        if (what == truth::not_known) {
            CHECK(next.error().kind == error_class::permanent);
        } else {
            REQUIRE(next);
            CHECK((*next)->text == (what == truth::done ? "by the bank" : "1"));
        }
        CHECK(f.runs == (what == truth::not_done ? 1 : 0));
    }
}

TEST_CASE_FIXTURE(fixture,
                  "a time limit around shortens no lease, and what was done late is kept") {
    const operation what{"charge", 17};
    const auto charged = timeout{2s}.run(w.context, [&](const context& own) {
        return idem::run<int>(
            seen, what,
            [&] {
                w.time.work_for(10s); // looks at no signal
                const auto beside = idem::run<int>(
                    seen, what, [] { return 2; }, w.context);
                CHECK(beside.error().kind == error_class::conflict);
                return 1;
            },
            own);
    });
    REQUIRE(charged);
    CHECK(**charged == 1);
    const auto again = idem::run<int>(
        seen, what, [] { return 2; }, w.context);
    REQUIRE(again);
    CHECK(**again == 1);
    const auto late = timeout{2s}.run(w.context, [&](const context& own) {
        w.time.work_for(2s);
        return idem::run<int>(
            seen, operation{"late"}, [&] { return ++runs; }, own);
    });
    CHECK(late.error().code == errc::timed_out);
    CHECK(runs == 0);
}

TEST_CASE("a store that fails says nothing about the record: it is never rejected") {
    enum class what : std::uint8_t { claim, end };
    struct failing final : idem::store {
        result<idem::claim_answer> claim(const context& ctx,
                                         const idem::claim_request& r) override {
            if (fails == what::claim) return error::permanent("access is denied");
            return inner.claim(ctx, r);
        }
        result<idem::write_answer> end(const context&, const idem::identity&, idem::owner_id,
                                       const idem::ending&) override {
            return error::permanent("the disk is full");
        }
        result<idem::write_answer> renew(const context&, const idem::identity&, idem::owner_id,
                                         time_point, time_point) override {
            return error::permanent("no");
        }
        result<idem::write_answer> reconcile(const context&, const idem::identity&, std::uint64_t,
                                             const idem::ending&) override {
            return error::permanent("no");
        }
        result<std::optional<idem::record>> find(const context&, const idem::identity&) override {
            return error::permanent("no");
        }
        memory_store inner;
        what fails = what::claim;
    } store;
    for (const auto fails : {what::claim, what::end}) {
        store.fails = fails;
        memory_sink rejected;
        app orders{chain{dead_letter{rejected}}};
        errc code{};
        orders.on(sqs::queue("orders"), [&](const context& ctx) -> outcome {
            const auto charged = idem::run<int>(
                store, operation{"charge"}, [] { return 1; }, ctx);
            if (charged) return {};
            code = charged.error().code;
            return charged.error();
        });
        testing::world w;
        const auto said = testing::invoke(orders, sqs_batch("orders").message("x"), w);
        CHECK(said.failed_records() == texts{"message-0"});
        CHECK(rejected.size() == 0);
        CHECK((code == errc::unrecorded) == (fails == what::end));
    }
}

TEST_CASE_FIXTURE(fixture, "what returns nothing is done once, too") {
    for (int i = 0; i < 2; ++i) {
        CHECK(idem::run<void>(
            seen, operation{"plain"}, [&] { ++runs; }, w.context));
        CHECK(idem::run<void>(
            seen, operation{"result"}, [&]() -> result<void> { return ++runs, result<void>(); },
            w.context));
    }
    CHECK(runs == 2);
    CHECK(idem::run<void>(
        seen, operation{"context"}, [](const context&) {}, w.context));
    const auto failed = idem::run<void>(
        seen, operation{"fails"}, []() -> result<void> { return error::permanent("no"); },
        w.context);
    CHECK(failed.error().message == "no");
}

TEST_CASE_FIXTURE(fixture, "an operation that is unknown can be found and reconciled by its name") {
    idem::options how{.tenant = "blue"};
    how.terms.mode = idem::mode::at_most_once;
    const operation what{"charge", 17};
    const auto charge_it = [&](bool fails) {
        return idem::run<int>(
            seen, what,
            [&]() -> result<int> {
                if (fails) return error::transient("the line went dead"); // parks it
                return 2;
            },
            w.context, how);
    };
    CHECK_FALSE(charge_it(true));
    CHECK(charge_it(false).error().kind == error_class::permanent);
    const auto id = idem::identity_of(what, w.context, how);
    CHECK(w.log.lines.back().find(id.key) != std::string::npos);
    const auto there = seen.find(w.context, id);
    REQUIRE(there);
    REQUIRE(there->has_value());
    CHECK((*there)->status == idem::record_status::unknown);
    CHECK(w.log.lines.back().find(std::to_string((*there)->fence)) != std::string::npos);
    CHECK(idem::reconcile(seen, id, (*there)->fence, idem::was_done(1), how.terms, w.context));
    const auto told = charge_it(false);
    REQUIRE(told);
    CHECK(**told == 1);
}
