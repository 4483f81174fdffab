// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/idempotency/stores/sqlite.hpp>
#include <headrace/net/detail/connections.hpp>

#include <sqlite3.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string_view>
#include <system_error>
#include <utility>

namespace headrace::idempotency {

namespace sqlites {

inline constexpr std::chrono::milliseconds patience(5'000); // of one call, while others write
inline constexpr std::uint64_t claims_per_sweep = 128;

// The conditions of store.hpp in SQL: may_claim() and claimed(), may_end() and ended().
inline constexpr const char* make_table =
    "CREATE TABLE IF NOT EXISTS headrace_idempotency ("
    "key TEXT PRIMARY KEY, status TEXT NOT NULL, owner TEXT NOT NULL, fence INTEGER NOT NULL, "
    "attempts INTEGER NOT NULL, lease_end INTEGER NOT NULL, expires INTEGER NOT NULL, "
    "payload TEXT NOT NULL, result BLOB NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS headrace_idempotency_expires ON headrace_idempotency (expires);";

enum class query : std::uint8_t { claim, end, renew, reconcile, find, sweep };
inline constexpr std::array<std::string_view, 6> queries{
    // 1 key 2 owner 3 first fence 4 lease_end 5 expires 6 payload 7 now 8 lapsed before 9 take over
    "INSERT INTO headrace_idempotency VALUES (?1, 'INPROGRESS', ?2, ?3, 1, ?4, ?5, ?6, x'') "
    "ON CONFLICT (key) DO UPDATE SET status = 'INPROGRESS', owner = ?2, "
    "fence = max(fence + 1, ?3), attempts = iif(expires < ?7, 0, attempts) + 1, lease_end = ?4, "
    "expires = ?5, payload = ?6, result = x'' "
    "WHERE expires < ?7 OR (payload = ?6 AND (status = 'RELEASED' OR "
    "(?9 AND status = 'INPROGRESS' AND lease_end < ?8))) "
    "RETURNING status, owner, fence, attempts, lease_end, expires, payload, result",
    // 1 key 2 owner 3 status 4 result 5 expires
    "UPDATE headrace_idempotency SET status = ?3, result = ?4, expires = ?5 "
    "WHERE key = ?1 AND owner = ?2 AND status = 'INPROGRESS' RETURNING 1",
    // 1 key 2 owner 3 lease_end 4 expires
    "UPDATE headrace_idempotency SET lease_end = ?3, expires = ?4 "
    "WHERE key = ?1 AND owner = ?2 AND status = 'INPROGRESS' RETURNING 1",
    // 1 key 2 fence 3 status 4 result 5 expires
    "UPDATE headrace_idempotency SET status = ?3, result = ?4, expires = ?5 "
    "WHERE key = ?1 AND fence = ?2 AND status = 'UNKNOWN' RETURNING 1",
    "SELECT status, owner, fence, attempts, lease_end, expires, payload, result "
    "FROM headrace_idempotency WHERE key = ?1",
    // 1 now
    "DELETE FROM headrace_idempotency WHERE key IN "
    "(SELECT key FROM headrace_idempotency WHERE expires < ?1 LIMIT 256)"};

inline result<void> is_file(std::string_view path) {
    if (path != ":memory:") return {};
    return error::permanent("an SQLite store is a file; the store of memory: does what SQLite's "
                            ":memory: would");
}

// What may pass, or be mended, while somebody tries again.
inline bool is_passing(int code) noexcept {
    constexpr int passing[] = {SQLITE_BUSY,  SQLITE_LOCKED, SQLITE_FULL,
                               SQLITE_IOERR, SQLITE_NOMEM,  SQLITE_PROTOCOL};
    return std::ranges::find(passing, code & 0xFF) != std::end(passing);
}

inline std::int64_t number(time_point t) { return t.time_since_epoch().count(); }
inline time_point time(std::int64_t n) { return time_point(std::chrono::nanoseconds(n)); }

} // namespace sqlites

class sqlite_store::database {
public:
    database(std::string path, sqlite_options options)
        : path_(std::move(path)), options_(options) {}
    ~database() { close(); }
    database(const database&) = delete;
    database& operator=(const database&) = delete;

    using lock = std::unique_lock<std::recursive_timed_mutex>;

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    [[nodiscard]] std::string name() const { return "the SQLite file " + path_; }
    // Now and then, since every sweep is a transaction of its own; and at first, since a process
    // may live for a few claims only.
    [[nodiscard]] bool is_time_to_sweep() noexcept {
        return claims_.fetch_add(1, std::memory_order_relaxed) % sqlites::claims_per_sweep == 0;
    }
    // A prepared query with its parameters, for the time of one use. Holds the lock.
    class use {
    public:
        use(database& in, const context& ctx, const detail::stopwatch& time, sqlites::query which)
            : in_(in) {
            if (auto ready =
                    in.enter(lock_, ctx, time, "a transaction's own function calls its store");
                !ready) {
                failed_ = std::move(ready).error();
                return;
            }
            statement_ = in.statements_[static_cast<std::size_t>(which)];
        }
        use(const use&) = delete;
        use& operator=(const use&) = delete;
        ~use() {
            if (statement_ != nullptr) sqlite3_reset(statement_);
        }

        use& bind(std::string_view text) {
            if (statement_ != nullptr)
                sqlite3_bind_text(statement_, ++bound_, text.data(), static_cast<int>(text.size()),
                                  SQLITE_STATIC);
            return *this;
        }
        use& bind_bytes(std::string_view bytes) {
            if (statement_ != nullptr)
                sqlite3_bind_blob(statement_, ++bound_, bytes.empty() ? "" : bytes.data(),
                                  static_cast<int>(bytes.size()), SQLITE_STATIC);
            return *this;
        }
        use& bind(std::int64_t value) {
            if (statement_ != nullptr) sqlite3_bind_int64(statement_, ++bound_, value);
            return *this;
        }
        // Is there a row? What is done is on the disk when this returns without one, or finished().
        result<bool> row() {
            if (failed_) return *failed_;
            const int code = sqlite3_step(statement_);
            if (code == SQLITE_ROW) return true;
            if (code == SQLITE_DONE) return false;
            return in_.failure(code);
        }
        result<void> finished() {
            const auto more = row();
            if (!more) return more.error();
            return {};
        }
        [[nodiscard]] std::string_view text(int column) const {
            const auto* const bytes =
                static_cast<const char*>(sqlite3_column_blob(statement_, column));
            return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
        }
        [[nodiscard]] std::int64_t integer(int column) const {
            return sqlite3_column_int64(statement_, column);
        }
        [[nodiscard]] result<record> read(const identity& id) const {
            const auto status = parse_record_status(text(0));
            const auto owner = owner_id::parse(text(1));
            if (!status || !owner) return unreadable_record(in_.name(), id.key);
            record r;
            r.status = *status;
            r.owner = *owner;
            r.fence = static_cast<std::uint64_t>(integer(2));
            r.attempts = static_cast<std::uint32_t>(integer(3));
            r.lease_end = sqlites::time(integer(4));
            r.expires = sqlites::time(integer(5));
            r.payload = text(6);
            r.result = text(7);
            return r;
        }

    private:
        database& in_;
        lock lock_;
        sqlite3_stmt* statement_ = nullptr;
        std::optional<error> failed_;
        int bound_ = 0;
    };

    // Holds the lock; rolls back what was not committed.
    class transaction {
    public:
        transaction(database& in, const context& ctx, const detail::stopwatch& time) : in_(in) {
            if (auto ready =
                    in.enter(lock_, ctx, time, "a transaction's own function begins another one");
                !ready) {
                failed_ = std::move(ready).error();
            } else if (const int code = in.execute("BEGIN IMMEDIATE"); code != SQLITE_OK) {
                failed_ = in.failure(code);
            }
        }
        transaction(const transaction&) = delete;
        transaction& operator=(const transaction&) = delete;
        ~transaction() { roll_back(); }

        [[nodiscard]] const std::optional<error>& failed() const noexcept { return failed_; }
        [[nodiscard]] bool is_open() const noexcept {
            return !failed_ && sqlite3_get_autocommit(in_.handle_) == 0;
        }
        // Hands the connection out for the time of a call.
        template <class Run> outcome lend(Run run) {
            struct lease {
                bool& lent;
                explicit lease(bool& flag) noexcept : lent(flag) { lent = true; }
                lease(const lease&) = delete;
                lease& operator=(const lease&) = delete;
                ~lease() { lent = false; }
            } const now(in_.lent_);
            return run(in_.handle_);
        }
        void roll_back() noexcept {
            if (is_open()) in_.execute("ROLLBACK");
        }
        result<void> commit() {
            const int code = in_.execute("COMMIT");
            if (code == SQLITE_OK) return {};
            return in_.failure(code);
        }

    private:
        database& in_;
        lock lock_;
        std::optional<error> failed_;
    };

    // A write by condition: what is there if it was not met.
    template <class Bind>
    result<write_answer> write(const context& ctx, const identity& id, sqlites::query which,
                               Bind bind) {
        const detail::stopwatch time(ctx, sqlites::patience);
        bool written = false;
        {
            use statement(*this, ctx, time, which);
            bind(statement);
            const auto met = statement.row();
            if (!met) return met.error();
            written = *met;
            if (written) {
                if (auto done = statement.finished(); !done) return std::move(done).error();
            }
        }
        if (written) return write_answer{true, std::nullopt};
        auto found = find(ctx, time, id);
        if (!found) return std::move(found).error();
        return write_answer{false, *std::move(found)};
    }
    result<std::optional<record>> find(const context& ctx, const detail::stopwatch& time,
                                       const identity& id) {
        use lookup(*this, ctx, time, sqlites::query::find);
        const auto there = lookup.bind(id.key).row();
        if (!there) return there.error();
        if (!*there) return std::optional<record>();
        auto found = lookup.read(id);
        if (!found) return std::move(found).error();
        return std::optional<record>(*std::move(found));
    }

private:
    // For one use, within the time of its call. `otherwise`: what is said to a transaction's own
    // function.
    result<void> enter(lock& mine, const context& ctx, const detail::stopwatch& time,
                       const char* otherwise) {
        mine = lock(mutex_, std::try_to_lock);
        if (!mine && !mine.try_lock_for(time.left())) {
            return broken(error::transient({}), "this process is at work with it");
        }
        if (lent_) return error::bug(otherwise);
        if (ready_ && has_moved()) {
            ctx.log.warn("the file of an idempotency store was removed or replaced: what was in it "
                         "is forgotten",
                         "file", path_);
            close();
        }
        if (auto opened = open_once(ctx, time); !opened) return opened;
        sqlite3_busy_timeout(handle_, static_cast<int>(time.left().count()));
        return {};
    }
    // Is another file, or none, where ours was? Not within a transaction, which goes on as it
    // began.
    [[nodiscard]] bool has_moved() const noexcept {
        int moved = 0;
        if (sqlite3_get_autocommit(handle_) == 0) return false;
        sqlite3_file_control(handle_, nullptr, SQLITE_FCNTL_HAS_MOVED, &moved);
        return moved != 0;
    }
    void close() noexcept {
        for (auto*& each : statements_) sqlite3_finalize(std::exchange(each, nullptr));
        sqlite3_close(std::exchange(handle_, nullptr));
        ready_ = false;
    }
    result<void> open_once(const context& ctx, const detail::stopwatch& time) {
        if (ready_) return {};
        if (auto file = sqlites::is_file(path_); !file) return file;
        const bool on_lambda = ctx.world->env.get("AWS_LAMBDA_FUNCTION_NAME").has_value();
        if (on_lambda && !options_.ephemeral_ok) {
            return error::permanent("an SQLite file on Lambda is seen by one sandbox only and "
                                    "vanishes with it; use a store that all share, or say "
                                    "ephemeral_ok");
        }
        constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
        int code = SQLITE_OK;
        if (handle_ == nullptr) {
            // A new file is its owner's alone, and so are those that SQLite puts beside it. Made
            // without opening it: closing it again would take the locks of others in this process.
            (void)::mknod(path_.c_str(), S_IFREG | S_IRUSR | S_IWUSR, 0);
            code = sqlite3_open_v2(path_.c_str(), &handle_, flags, nullptr);
        }
        if (code != SQLITE_OK) { // what could not be opened can only be closed
            error e = failure(code);
            sqlite3_close(std::exchange(handle_, nullptr));
            return e;
        }
        if (code == SQLITE_OK) {
            sqlite3_busy_timeout(handle_, static_cast<int>(time.left().count()));
            std::string mode; // what it is now, changed or not
            code = execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;", &mode);
            if (code == SQLITE_OK && mode != "wal") return not_in_wal(mode);
        }
        if (code == SQLITE_OK) code = execute(sqlites::make_table);
        for (std::size_t i = 0; code == SQLITE_OK && i < statements_.size(); ++i) {
            const auto text = sqlites::queries[i];
            sqlite3_finalize(std::exchange(statements_[i], nullptr));
            code = sqlite3_prepare_v3(handle_, text.data(), static_cast<int>(text.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statements_[i], nullptr);
        }
        if (code != SQLITE_OK) return failure(code);
        ready_ = true;
        return {};
    }
    // Of what it answers, the first value of the last row.
    int execute(const char* sql, std::string* answer = nullptr) {
        const auto read = [](void* to, int, char** values, char**) {
            if (to != nullptr) *static_cast<std::string*>(to) = values[0];
            return 0;
        };
        return sqlite3_exec(handle_, sql, read, answer, nullptr);
    }
    [[nodiscard]] error broken(error e, std::string_view why) const {
        e.message = detail::format<"SQLite: {}: {}">(why, path_);
        e.code = errc::input_output;
        return e;
    }
    [[nodiscard]] error not_in_wal(const std::string& mode) const {
        return broken(
            error::permanent({}),
            detail::format<"it cannot keep this file in WAL mode, only in \"{}\"; it must be on a "
                           "file system of this machine">(mode));
    }
    [[nodiscard]] error failure(int code) const {
        std::string words = handle_ != nullptr ? sqlite3_errmsg(handle_) : sqlite3_errstr(code);
        const int why = handle_ != nullptr ? sqlite3_system_errno(handle_) : 0;
        if ((code & 0xFF) == SQLITE_CANTOPEN && why != 0) {
            detail::append_format<" ({})">(words,
                                           std::error_code(why, std::system_category()).message());
        }
        error e =
            broken(sqlites::is_passing(code) ? error::transient({}) : error::permanent({}), words);
        if ((code & 0xFF) == SQLITE_TOOBIG) e.code = errc::too_large;
        return e;
    }

    std::recursive_timed_mutex mutex_; // a transaction makes calls of its own
    bool lent_ = false;                // to a function of the user's
    std::string path_;
    sqlite_options options_;
    sqlite3* handle_ = nullptr;
    std::array<sqlite3_stmt*, sqlites::queries.size()> statements_{};
    bool ready_ = false;
    std::atomic<std::uint64_t> claims_ = 0;
};

sqlite_store::sqlite_store(std::string path, sqlite_options options)
    : database_(std::make_unique<database>(std::move(path), options)) {}
sqlite_store::~sqlite_store() = default;

std::string sqlite_store::name() const { return database_->name(); }

result<void> sqlite_store::usable() const { return sqlites::is_file(database_->path()); }

result<std::unique_ptr<store>> sqlite_store::open(std::string_view url) {
    constexpr std::string_view scheme = "sqlite:";
    if (!url.starts_with(scheme)) return error::permanent("an SQLite store is sqlite:FILE");
    const auto question = url.find('?');
    const auto path = url.substr(0, question).substr(scheme.size());
    if (path.empty()) return error::permanent("sqlite: lacks the path of its file");
    if (auto file = sqlites::is_file(path); !file) return std::move(file).error();
    sqlite_options options;
    if (question != std::string_view::npos) {
        options.ephemeral_ok = url.substr(question + 1) == "ephemeral_ok";
        if (!options.ephemeral_ok) {
            return error::permanent("the only option of sqlite: is ?ephemeral_ok");
        }
    }
    return std::unique_ptr<store>(new sqlite_store(std::string(path), options));
}

result<claim_answer> sqlite_store::claim(const context& ctx, const claim_request& request) {
    using namespace sqlites;
    const detail::stopwatch time(ctx, patience);
    if (database_->is_time_to_sweep()) {
        database::use old(*database_, ctx, time, query::sweep);
        if (auto swept = old.bind(number(request.now)).finished(); !swept) {
            return std::move(swept).error();
        }
    }
    // A record that stands in the way may be gone when it is looked at: then the way is free.
    for (int tries = 0; tries < 3; ++tries) {
        {
            database::use claim(*database_, ctx, time, query::claim);
            const auto owner = request.owner.text();
            const auto first = claimed(nullptr, request).fence;
            claim.bind(request.id.key).bind(owner).bind(static_cast<std::int64_t>(first));
            claim.bind(number(request.lease_end)).bind(number(request.expires));
            claim.bind(request.id.payload).bind(number(request.now));
            claim.bind(number(lapsed_before(request.now, request.margin)));
            const auto granted = claim.bind(std::int64_t{request.take_over}).row();
            if (!granted) return granted.error();
            if (*granted) {
                auto now = claim.read(request.id);
                if (!now) return std::move(now).error();
                if (auto done = claim.finished(); !done) return std::move(done).error();
                return claim_answer{true, *std::move(now)};
            }
        }
        auto found = database_->find(ctx, time, request.id);
        if (!found) return std::move(found).error();
        if (*found) return claim_answer{false, **std::move(found)};
    }
    return error::transient("the record appears and vanishes");
}

result<write_answer> sqlite_store::end(const context& ctx, const identity& id, owner_id owner,
                                       const ending& how) {
    const auto name = owner.text();
    return database_->write(ctx, id, sqlites::query::end, [&](database::use& w) {
        w.bind(id.key).bind(name).bind(to_string(how.becomes)).bind_bytes(how.result);
        w.bind(sqlites::number(how.expires));
    });
}

result<write_answer> sqlite_store::renew(const context& ctx, const identity& id, owner_id owner,
                                         time_point lease_end, time_point expires) {
    const auto name = owner.text();
    return database_->write(ctx, id, sqlites::query::renew, [&](database::use& w) {
        w.bind(id.key).bind(name).bind(sqlites::number(lease_end)).bind(sqlites::number(expires));
    });
}

result<write_answer> sqlite_store::reconcile(const context& ctx, const identity& id,
                                             std::uint64_t fence, const ending& how) {
    return database_->write(ctx, id, sqlites::query::reconcile, [&](database::use& w) {
        w.bind(id.key).bind(static_cast<std::int64_t>(fence)).bind(to_string(how.becomes));
        w.bind_bytes(how.result).bind(sqlites::number(how.expires));
    });
}

result<std::optional<record>> sqlite_store::find(const context& ctx, const identity& id) {
    return database_->find(ctx, {ctx, sqlites::patience}, id);
}

// ---- transactions -------------------------------------------------------------------------------

outcome sqlite_store::transaction::run_erased(void* what, step run) const {
    const context& outer = end_->context();
    if (auto known = end_->answer()) return *std::move(known);
    const auto soft = outer.soft_deadline.value_or(time_point::max());
    const auto ctx =
        until(std::min(notes_end(outer, outer.world->clock.now()), soft), outer); // a note, too
    // Says what is there instead, after everything was rolled back.
    const auto not_ours = [&](const std::string& text, outcome o) -> outcome {
        auto found = store_->find(ctx, end_->id());
        if (!found) return std::move(found).error();
        return end_->settle({false, *std::move(found)}, text, std::move(o));
    };
    database::transaction tx(*store_->database_, ctx, {ctx, sqlites::patience});
    if (tx.failed()) return *tx.failed();
    const auto before = store_->find(ctx, end_->id());
    if (!before) return before.error();
    if (!may_end(*before ? &**before : nullptr, end_->owner())) {
        return end_->settle({false, *before}, {}, {});
    }
    outcome o = tx.lend([&](sqlite3* db) { return run(what, db, *end_); });
    if (!o.succeeded()) return o;
    if (!tx.is_open()) {
        return error::bug("a transaction's own function has ended the transaction");
    }
    const auto text = end_->text_of(o);
    const auto noted = store_->end(ctx, end_->id(), end_->owner(),
                                   {record_status::completed, text, end_->expires()});
    if (!noted) return noted.error();
    if (!noted->written) {
        tx.roll_back();
        return not_ours(text, std::move(o));
    }
    if (auto done = tx.commit(); !done) {
        tx.roll_back();
        auto said = not_ours(text, std::move(o));
        return said.succeeded() ? std::move(said) : outcome(std::move(done).error());
    }
    return end_->settle({true, {}}, text, std::move(o));
}

} // namespace headrace::idempotency
