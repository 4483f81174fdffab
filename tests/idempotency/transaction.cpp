// SPDX-License-Identifier: BSL-1.0
#include "virtual_time.hpp"

#include <headrace/app.hpp>
#include <headrace/http.hpp>
#include <headrace/idempotency.hpp>
#include <headrace/idempotency/stores/sqlite.hpp>
#include <headrace/layers/retry.hpp>
#include <headrace/sources/sqs.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/invoke.hpp>

#include <doctest/doctest.h>

#include <sqlite3.h>

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;
namespace idem = headrace::idempotency;
using idem::sqlite_store;
using idem::transactional;
using testing::invoke;
using testing::sqs_batch;
using testing::sqs_message;
using transaction = idem::transaction<sqlite_store>;

namespace {

using texts = std::vector<std::string>;

struct receipt {
    int number = 0;
    static void wire(auto& self, auto&& field) { field("number", self.number); }
};

error failure_of(sqlite3* db) { return error::transient(sqlite3_errmsg(db)); }

result<void> execute(sqlite3* db, const std::string& sql) {
    if (sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
        return failure_of(db);
    }
    return {};
}

result<int> number(sqlite3* db, const std::string& sql) {
    sqlite3_stmt* s = nullptr;
    if (sqlite3_prepare_v2(db, sql.c_str(), -1, &s, nullptr) != SQLITE_OK) return failure_of(db);
    const int code = sqlite3_step(s);
    const int n = sqlite3_column_int(s, 0);
    sqlite3_finalize(s);
    if (code != SQLITE_ROW) return failure_of(db);
    return n;
}

result<receipt> charge(sqlite3* db) {
    if (auto done = execute(db, "INSERT INTO charges DEFAULT VALUES"); !done) return done.error();
    const auto n = number(db, "SELECT count(*) FROM charges");
    if (!n) return n.error();
    return receipt{*n};
}

// A database for the time of a test, seen from outside of the store.
class shop {
public:
    shop() {
        std::string name = (std::filesystem::temp_directory_path() / "headrace-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        folder_ = name;
        REQUIRE(sqlite3_open(file().c_str(), &db_) == SQLITE_OK);
        REQUIRE(execute(db_, "PRAGMA journal_mode=WAL"));
        REQUIRE(execute(db_, "CREATE TABLE charges (id INTEGER PRIMARY KEY)"));
    }
    shop(const shop&) = delete;
    shop& operator=(const shop&) = delete;
    ~shop() {
        sqlite3_close(db_);
        std::filesystem::remove_all(folder_);
    }
    [[nodiscard]] std::string file() const { return (folder_ / "shop.db").string(); }
    [[nodiscard]] int charges() const { return *number(db_, "SELECT count(*) FROM charges"); }
    [[nodiscard]] int records(const std::string& status) const {
        const auto n = number(db_, "SELECT count(*) FROM headrace_idempotency WHERE status = '"
                                       + status + "'");
        return n ? *n : 0;
    }
    [[nodiscard]] sqlite3* db() const { return db_; }

private:
    std::filesystem::path folder_;
    sqlite3* db_ = nullptr;
};

// One record's way through the layer, by a clock of its own.
struct passage {
    explicit passage(sqlite_store& in, idem::options how = {.operation = "op"})
        : layer(transactional{in}, idem::natural_key{}, std::move(how)) {
        w.context.deadline = w.time.now() + 60s;
        w.call.found().identifier = "r1";
        static std::uint64_t passages = 0;
        w.numbers.last = 1000 * ++passages; // owners differ
    }
    outcome operator()(const std::function<outcome(transaction, call&)>& handler) {
        return layer(w.call, [&](call& c) -> outcome {
            auto tx = extract<transaction>::from(c);
            if (!tx) return tx.error();
            return handler(*tx, c);
        });
    }
    fakes::virtual_world w;
    idempotent<idem::natural_key, sqlite_store> layer;
};

std::string reply_of(const outcome& o) {
    const auto* const json = o.reply().get_if<json_reply>();
    return json != nullptr ? json->text : "";
}

} // namespace

TEST_CASE("an effect and the note that it was done are one transaction") {
    shop s;
    sqlite_store store(s.file());
    app orders;
    orders.on(sqs::queue("orders"), chain{idempotent{transactional{store}}},
              [&](transaction tx) { return tx.run(charge); });
    orders.on(http::post("/orders"),
              chain{idempotent{transactional{store}, idem::key_header{"Idempotency-Key"}}},
              [&](transaction tx) {
                  return tx.run([](sqlite3* db) -> result<http::response> {
                      const auto made = charge(db);
                      if (!made) return made.error();
                      return http::json(201, encode(*made)).header("location", "/orders/1");
                  });
              });
    const auto batch =
        sqs_batch("orders").message(sqs_message{.id = "a"}).message(sqs_message{.id = "b"});
    for (int delivery = 1; delivery <= 2; ++delivery) {
        CHECK(invoke(orders, batch).failed_records().empty());
        CHECK(s.charges() == 2);
        CHECK(s.records("COMPLETED") == 2);
    }
    const auto request = testing::post("/orders").caller("ada").header("Idempotency-Key", "k");
    const auto first = invoke(orders, request);
    CHECK(first.status() == 201);
    CHECK(first.body() == R"({"number":3})");
    CHECK(invoke(orders, request).text() == first.text());
    CHECK(s.charges() == 3);
}

TEST_CASE("a transaction without its layer is a mistake in the app") {
    shop s;
    sqlite_store store(s.file());
    const auto handler = [](transaction tx) { return tx.run(charge); };
    app orders;
    orders.on(sqs::queue("a"), chain{idempotent{transactional{store}}}, handler);
    orders.on(sqs::queue("b"), chain{idempotent{store}}, handler);
    orders.on(sqs::queue("c"), handler);
    const auto said = orders.build();
    REQUIRE_FALSE(said);
    CHECK(said.error().message.starts_with("2 mistakes in the app:"));
    CHECK(said.error().message.find("'sqs queue b' asks for what only an "
                                    "idempotent{idempotency::transactional{store}} layer over")
          != std::string::npos);
}

TEST_CASE("H1: what fails, throws or dies before the commit leaves neither effect nor note") {
    shop s;
    const auto again = [&](int charges) { // the next one begins at once, or when the lease is over
        sqlite_store store(s.file());
        passage p(store);
        p.w.time.work_for(62s + 1ms);
        p.w.context.deadline = p.w.time.now() + 60s;
        CHECK(p([](transaction tx, call&) { return tx.run(charge); }).succeeded());
        CHECK(s.charges() == charges);
    };
    SUBCASE("fails") {
        sqlite_store store(s.file());
        const auto o = passage(store)([](transaction tx, call&) {
            return tx.run([](sqlite3* db) -> result<receipt> {
                (void)charge(db);
                return error::transient("not now");
            });
        });
        CHECK(o.error()->message == "not now");
        CHECK(s.records("RELEASED") == 1);
    }
    SUBCASE("throws") {
        sqlite_store store(s.file());
        const auto run = [&] {
            (void)passage(store)([](transaction tx, call&) {
                return tx.run([](sqlite3* db) -> result<receipt> {
                    (void)charge(db);
                    throw std::runtime_error("no");
                });
            });
        };
        CHECK_THROWS_AS(run(), std::runtime_error);
        CHECK(s.records("RELEASED") == 1);
    }
    SUBCASE("dies") {
        const pid_t child = ::fork();
        if (child == 0) {
            sqlite_store store(s.file());
            (void)passage(store)([](transaction tx, call&) {
                return tx.run([](sqlite3* db) -> result<receipt> {
                    (void)charge(db);
                    ::_exit(7);
                });
            });
            ::_exit(0);
        }
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        CHECK(WEXITSTATUS(status) == 7);
        CHECK(s.records("INPROGRESS") == 1);
    }
    CHECK(s.charges() == 0);
    CHECK(s.records("COMPLETED") == 0);
    again(1);
}

TEST_CASE("a process that dies right after the commit has done it, once") {
    shop s;
    const pid_t child = ::fork();
    if (child == 0) {
        sqlite_store store(s.file());
        (void)passage(store)([](transaction tx, call&) {
            (void)tx.run(charge);
            ::_exit(7);
            return outcome();
        });
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    sqlite_store store(s.file());
    const auto o = passage(store)([](transaction tx, call&) { return tx.run(charge); });
    CHECK(reply_of(o) == R"({"number":1})");
    CHECK(s.charges() == 1);
}

TEST_CASE("H5: a straggler commits nothing, and answers with what its successor has done") {
    shop s;
    sqlite_store store(s.file());
    idem::options how{.operation = "op"};
    how.terms.lease = 5s;
    passage first(store, how);
    first.w.context.deadline = first.w.time.now() + 5s; // so that nothing renews its lease
    int runs = 0;
    const auto o = first([&](transaction tx, call&) {
        first.w.time.work_for(10s); // frozen
        passage second(store, how);
        second.w.time.work_for(10s);
        CHECK(reply_of(second([](transaction ours, call&) { return ours.run(charge); }))
              == R"({"number":1})");
        auto said = tx.run([&](sqlite3* db) {
            ++runs;
            return charge(db);
        });
        CHECK(said.error()->kind == error_class::conflict);
        return said;
    });
    CHECK(reply_of(o) == R"({"number":1})");
    CHECK(runs == 0);
    CHECK(s.charges() == 1);
}

TEST_CASE("H5: a straggler whose successor is still at work is told so") {
    shop s;
    sqlite_store store(s.file());
    idem::options how{.operation = "op"};
    how.terms.lease = 5s;
    passage first(store, how);
    first.w.context.deadline = first.w.time.now() + 5s;
    const auto o = first([&](transaction tx, call&) {
        first.w.time.work_for(10s);
        passage second(store, how);
        second.w.time.work_for(10s);
        outcome straggler;
        CHECK(second([&](transaction ours, call&) {
                  straggler = tx.run(charge);
                  return ours.run(charge);
              }).succeeded());
        return straggler;
    });
    REQUIRE(o.error() != nullptr);
    CHECK(o.error()->kind == error_class::conflict);
    CHECK(s.charges() == 1);
}

TEST_CASE("H8: a commit whose reply was lost is known by its owner") {
    shop s;
    sqlite_store store(s.file());
    passage p(store);
    int runs = 0;
    const auto o = p([&](transaction tx, call& c) {
        // What is there when COMMIT was done and its reply was lost.
        const auto& now = *c.find<idem::current>();
        const idem::identity id{now.id().key, now.id().payload};
        const auto mine = store.find(c.context(), id);
        REQUIRE(mine);
        const idem::ending done{idem::record_status::completed, R"({"json":{"number":17}})",
                                p.w.time.now() + 1h};
        REQUIRE(store.end(c.context(), id, (*mine)->owner, done)->written);
        return tx.run([&](sqlite3* db) {
            ++runs;
            return charge(db);
        });
    });
    CHECK(reply_of(o) == R"({"number":17})");
    CHECK(runs == 0);
    CHECK(s.charges() == 0);
}

TEST_CASE("what was committed is the answer, whatever the handler does afterwards") {
    enum class then : std::uint8_t { fails, throws, says_another_thing, commits_again };
    for (const auto what :
         {then::fails, then::throws, then::says_another_thing, then::commits_again}) {
        CAPTURE(static_cast<int>(what));
        shop s;
        sqlite_store store(s.file());
        passage p(store);
        const auto o = p([&](transaction tx, call&) -> outcome {
            CHECK(tx.run(charge).succeeded());
            if (what == then::throws) throw std::runtime_error("late");
            if (what == then::commits_again) return tx.run(charge);
            if (what == then::fails) return error::transient("late");
            return json_reply{"2"};
        });
        CHECK(reply_of(o) == R"({"number":1})");
        CHECK(s.charges() == 1);
        CHECK(s.records("COMPLETED") == 1);
    }
}

TEST_CASE("a retry inside begins its transaction anew, and not after it was committed") {
    shop s;
    sqlite_store store(s.file());
    int tries = 0;
    app orders;
    orders.on(sqs::queue("orders"), chain{idempotent{transactional{store}}, retry{}},
              [&](transaction tx) -> outcome {
                  auto o = tx.run([&](sqlite3* db) -> result<receipt> {
                      auto made = charge(db);
                      if (++tries == 1) return error::transient("not now");
                      return made;
                  });
                  return o.succeeded() && tries == 2 ? outcome::retry() : std::move(o);
              });
    CHECK(invoke(orders, sqs_batch("orders").message("x")).failed_records().empty());
    CHECK(tries == 2);
    CHECK(s.charges() == 1);
}

TEST_CASE("a handler that commits nothing ends like any other") {
    shop s;
    sqlite_store store(s.file());
    CHECK(passage(store)([](transaction, call&) { return outcome(json_reply{"1"}); }).succeeded());
    CHECK(s.records("COMPLETED") == 1);
}

TEST_CASE("a lease is renewed beside a transaction, which is not mistaken for a loss") {
    shop s;
    sqlite_store store(s.file());
    idem::options how{.operation = "op"};
    how.terms.lease = 6s;
    passage p(store, how);
    const auto o = p([&](transaction tx, call& c) {
        CHECK(c.context().sleep_until(p.w.time.now() + 20s)); // three leases
        auto made = tx.run(charge);
        CHECK(c.context().sleep_until(p.w.time.now() + 20s));
        return made;
    });
    CHECK(reply_of(o) == R"({"number":1})");
    for (const auto& line : p.w.log.lines) CHECK(line.find("lost") == std::string::npos);
}

TEST_CASE("a large reply is committed as done, without its text") {
    shop s;
    sqlite_store store(s.file());
    const idem::options how{.operation = "op", .largest_reply = 64};
    const auto work = [](transaction tx, call&) {
        return tx.run([](sqlite3*) { return std::string(100, 'x'); });
    };
    CHECK(reply_of(passage(store, how)(work)) == '"' + std::string(100, 'x') + '"');
    CHECK(reply_of(passage(store, how)(work)).empty());
}

TEST_CASE("two threads commit beside each other, each operation once") {
    shop s;
    sqlite_store store(s.file());
    app orders{chain{idempotent{transactional{store}}}};
    orders.on(sqs::queue("orders"), [&](transaction tx) { return tx.run(charge); });
    REQUIRE(orders.build());
    constexpr int count = 40;
    std::atomic<int> failed = 0;
    const auto work = [&](int skipped) {
        testing::world w;
        for (int i = 0; i < skipped; ++i) (void)w.random.next(); // owners differ
        for (int i = 0; i < count; ++i) {
            const auto batch =
                sqs_batch("orders").message(sqs_message{.id = std::to_string(i)}).json();
            // The other one may be at work: then it comes again.
            int tries = 0;
            while (!invoke(orders, batch, w).failed_records().empty() && tries < 1000) ++tries;
            if (tries == 1000) ++failed;
        }
    };
    std::thread other(work, 0);
    work(10'000'000);
    other.join();
    CHECK(failed == 0);
    CHECK(s.charges() == count);
    CHECK(s.records("COMPLETED") == count);
}

TEST_CASE("what a transaction's function may not do is said to it") {
    shop s;
    sqlite_store store(s.file());
    const auto run = [&](const std::function<result<void>(sqlite3*, call&)>& f) {
        return passage(store)(
            [&](transaction tx, call& c) { return tx.run([&](sqlite3* db) { return f(db, c); }); });
    };
    const auto calls = run([&](sqlite3*, call& c) -> result<void> {
        const auto found = store.find(c.context(), {"key", ""});
        if (!found) return found.error();
        return {};
    });
    REQUIRE(calls.error() != nullptr);
    CHECK(calls.error()->message == "a transaction's own function calls its store");
    const auto ends = run([&](sqlite3* db, call&) { return execute(db, "COMMIT"); });
    REQUIRE(ends.error() != nullptr);
    CHECK(ends.error()->message == "a transaction's own function has ended the transaction");
    CHECK(run([](sqlite3*, call&) { return result<void>(); }).succeeded());
}

TEST_CASE("a file that others keep locked is no reason to reject") {
    shop s;
    sqlite_store store(s.file());
    const auto o = passage(store)([&](transaction tx, call&) {
        REQUIRE(execute(s.db(), "BEGIN IMMEDIATE"));
        auto said = tx.run(charge);
        REQUIRE(execute(s.db(), "ROLLBACK"));
        return said;
    });
    REQUIRE(o.error() != nullptr);
    CHECK(o.error()->kind == error_class::transient);
    CHECK(s.charges() == 0);
}

TEST_CASE("a returned response that has failed commits nothing, and is the reply") {
    shop s;
    sqlite_store store(s.file());
    app orders;
    std::uint16_t status = 503;
    orders.on(http::post("/orders"),
              chain{idempotent{transactional{store}, idem::key_header{"Idempotency-Key"}}},
              [&](transaction tx) {
                  return tx.run([&](sqlite3* db) -> result<http::response> {
                      const auto made = charge(db);
                      if (!made) return made.error();
                      return http::text(status, "said");
                  });
              });
    const auto request = testing::post("/orders").caller("ada").header("Idempotency-Key", "k");
    const auto failed = invoke(orders, request);
    CHECK(failed.status() == 503);
    CHECK(failed.body() == "said");
    CHECK(s.charges() == 0);
    CHECK(s.records("COMPLETED") == 0);
    status = 200;
    CHECK(invoke(orders, request).status() == 200);
    CHECK(s.charges() == 1);
}
