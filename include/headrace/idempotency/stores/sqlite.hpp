// SPDX-License-Identifier: BSL-1.0
#pragma once

// Records in one SQLite file: for desks, tests and programs that live long on one machine. Safe
// across threads, processes and power failures. Link headrace::sqlite.

#include <headrace/idempotency/store.hpp>
#include <headrace/idempotency/transaction.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

struct sqlite3; // of <sqlite3.h>

namespace headrace::idempotency {

struct sqlite_options {
    /// On Lambda a file is seen by one sandbox only, so duplicates that reach another one are not
    /// noticed: the first call fails there, unless this says that it is meant.
    bool ephemeral_ok = false;
};

/// Opens the file with the first call, in WAL mode with synchronous=FULL: what was answered is on
/// the disk (https://www.sqlite.org/wal.html,
/// https://www.sqlite.org/pragma.html#pragma_synchronous). The records stand in the table
/// headrace_idempotency, which is made where it is missing; expired ones are removed as new ones
/// come. A new file is readable by its owner alone. One that was removed or replaced is noticed by
/// the next call, which opens, or makes, what is there now, and logs it as a warning: all processes
/// go on with the same file.
/// Errors: transient while others keep the file locked for five seconds, or for as long as the
/// context has time, and while the disk is full, fails, or memory is short; permanent for
/// everything else that SQLite reports, with its words and the path, and for a file that cannot be
/// kept in WAL mode or is none (":memory:"). docs/howto/idempotency.md has the table. Thread-safe;
/// its calls come one after the other.
class sqlite_store final : public store {
public:
    explicit sqlite_store(std::string path, sqlite_options options = {});
    /// The store of a URL: sqlite:PATH, or sqlite:PATH?ephemeral_ok. Does no I/O.
    /// Errors: permanent if it is none.
    [[nodiscard]] static result<std::unique_ptr<store>> open(std::string_view url);
    ~sqlite_store() override;
    sqlite_store(const sqlite_store&) = delete;
    sqlite_store& operator=(const sqlite_store&) = delete;

    [[nodiscard]] std::string name() const override;
    [[nodiscard]] result<void> usable() const override;
    result<claim_answer> claim(const context& ctx, const claim_request& request) override;
    result<write_answer> end(const context& ctx, const identity& id, owner_id owner,
                             const ending& how) override;
    result<write_answer> renew(const context& ctx, const identity& id, owner_id owner,
                               time_point lease_end, time_point expires) override;
    result<write_answer> reconcile(const context& ctx, const identity& id, std::uint64_t fence,
                                   const ending& how) override;
    result<std::optional<record>> find(const context& ctx, const identity& id) override;

    /// What handlers inside of idempotent{transactional{store}} get as transaction<sqlite_store>.
    class transaction {
    public:
        transaction(sqlite_store& in, completion& end) noexcept : store_(&in), end_(&end) {}

        /// Runs f(sqlite3*) -> result<T> on the store's own connection, and notes that the
        /// operation is done with T as its reply (what a handler may return), in one transaction:
        /// BEGIN IMMEDIATE, f, the note, COMMIT. If f fails or throws, or the operation is
        /// another's now, all of it is rolled back and can be run again. Once it was committed f is
        /// not run again. The outcome is what the handler is to return.
        /// Other calls of the store wait for f; f itself must neither make any nor end the
        /// transaction. Errors: those of f, conflict, transient while others keep the file locked,
        /// permanent with SQLite's words.
        template <class F> outcome run(F f) const {
            constexpr bool callable = std::is_invocable_v<F&, sqlite3*>;
            static_assert(callable, "a transaction runs f(sqlite3* db), where f returns a "
                                    "result<T>  see docs/howto/idempotency.md");
            if constexpr (callable) {
                return run_erased(&f, [](void* what, sqlite3* db, const completion& end) {
                    F& work = *static_cast<F*>(what);
                    if constexpr (std::is_void_v<std::invoke_result_t<F&, sqlite3*>>) {
                        work(db);
                        return outcome();
                    } else {
                        return end.outcome_of(work(db));
                    }
                });
            } else {
                return outcome();
            }
        }

    private:
        using step = outcome (*)(void* what, sqlite3* db, const completion& end);
        [[nodiscard]] outcome run_erased(void* what, step run) const;

        sqlite_store* store_;
        completion* end_;
    };

private:
    class database;
    std::unique_ptr<database> database_;
};

} // namespace headrace::idempotency
