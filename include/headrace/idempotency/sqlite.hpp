// SPDX-License-Identifier: BSL-1.0
#pragma once

// Records in one SQLite file: for desks, tests and programs that live long on one machine. Safe
// across threads, processes and power failures. Link headrace::sqlite.

#include <headrace/idempotency/store.hpp>

#include <memory>
#include <string>

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
/// come. Errors: transient while others keep the file locked for five seconds, permanent for
/// everything else that SQLite reports, with its words. Thread-safe; its calls come one after the
/// other.
class sqlite_store final : public store {
public:
    explicit sqlite_store(std::string path, sqlite_options options = {});
    ~sqlite_store() override;
    sqlite_store(const sqlite_store&) = delete;
    sqlite_store& operator=(const sqlite_store&) = delete;

    result<claim_answer> claim(const context& ctx, const claim_request& request) override;
    result<write_answer> end(const context& ctx, const identity& id, owner_id owner,
                             const ending& how) override;
    result<write_answer> renew(const context& ctx, const identity& id, owner_id owner,
                               time_point lease_end, time_point expires) override;
    result<write_answer> reconcile(const context& ctx, const identity& id, std::uint64_t fence,
                                   const ending& how) override;
    result<std::optional<record>> find(const context& ctx, const identity& id) override;

private:
    class database;
    std::unique_ptr<database> database_;
};

} // namespace headrace::idempotency
