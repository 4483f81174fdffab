// SPDX-License-Identifier: BSL-1.0
#include <headrace/idempotency/stores/sqlite.hpp>

#include "servers.hpp"
#include "virtual_time.hpp"

#include <headrace/idempotency.hpp>
#include <headrace/testing/world.hpp>

#include <doctest/doctest.h>

#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;
namespace fs = std::filesystem;
namespace idem = headrace::idempotency;
using servers::folder;

namespace {

// A claim of this owner's, as a process of its own would make it.
result<idem::claim_answer> claim(idem::store& in, const testing::world& w, const std::string& key,
                                 std::uint64_t owner = 1) {
    const idem::identity id{key, ""};
    const auto lease = w.clock.now() + 1h;
    return in.claim(w.make_context(), {.id = id,
                                       .owner = {{owner, 0}},
                                       .now = w.clock.now(),
                                       .lease_end = lease,
                                       .expires = lease + 1h,
                                       .margin = 1s,
                                       .take_over = true});
}

bool claims(idem::store& in, const testing::world& w, const std::string& key, std::uint64_t owner) {
    const auto said = claim(in, w, key, owner);
    REQUIRE_MESSAGE(said, said.error().message);
    return said->granted;
}

void execute(const std::string& file, const char* sql) {
    sqlite3* db = nullptr;
    REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
    REQUIRE(sqlite3_exec(db, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(db);
}

// What every write comes to, while it is not SQLITE_OK.
int write_fails = SQLITE_OK;
int (*real_write)(sqlite3_file*, const void*, int, sqlite3_int64) = nullptr;

int write(sqlite3_file* to, const void* bytes, int size, sqlite3_int64 at) {
    return write_fails != SQLITE_OK ? write_fails : real_write(to, bytes, size, at);
}

int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out) {
    const int code = sqlite3_vfs_find("unix")->xOpen(vfs, name, file, flags, out);
    if (code != SQLITE_OK) return code;
    static std::map<const sqlite3_io_methods*, sqlite3_io_methods>
        ours; // the usual ones are several
    auto& mine = ours.emplace(file->pMethods, *file->pMethods).first->second;
    real_write = file->pMethods->xWrite;
    mine.xWrite = write;
    file->pMethods = &mine;
    return code;
}

// SQLite's disk, while it may fail.
class failing_disk {
public:
    failing_disk() : usual_(sqlite3_vfs_find(nullptr)), ours_(*usual_) {
        ours_.zName = "headrace-failing";
        ours_.xOpen = open;
        sqlite3_vfs_register(&ours_, 1);
    }
    failing_disk(const failing_disk&) = delete;
    failing_disk& operator=(const failing_disk&) = delete;
    ~failing_disk() {
        write_fails = SQLITE_OK;
        sqlite3_vfs_unregister(&ours_);
        sqlite3_vfs_register(usual_, 1);
    }

private:
    sqlite3_vfs* usual_;
    sqlite3_vfs ours_;
};

bool is_our_own(const fs::path& file) {
    return (fs::status(file).permissions() & fs::perms::all)
           == (fs::perms::owner_read | fs::perms::owner_write);
}

} // namespace

// ---- the file -----------------------------------------------------------------------------------

TEST_CASE("a new file is its owner's alone, and so are those beside it") {
    const folder here;
    const testing::world w;
    const auto before = ::umask(0);
    idem::sqlite_store store(here.file("seen.db"));
    CHECK(claims(store, w, "a", 1));
    ::umask(before);
    for (const auto* const more : {"", "-wal", "-shm"}) {
        CAPTURE(more);
        CHECK(is_our_own(here.file("seen.db") + more));
    }
    // One that is there stays as it is.
    execute(here.file("shared.db"), "CREATE TABLE mine (id INTEGER)");
    fs::permissions(here.file("shared.db"), fs::perms(0660));
    idem::sqlite_store shared(here.file("shared.db"));
    CHECK(claims(shared, w, "a", 1));
    CHECK(fs::status(here.file("shared.db")).permissions() == fs::perms(0660));
}

TEST_CASE("opening a store takes no lock from others in its process") {
    const folder here;
    const testing::world w;
    idem::sqlite_store first(here.file("seen.db"));
    CHECK(claims(first, w, "a", 1));
    sqlite3* db = nullptr;
    REQUIRE(sqlite3_open(here.file("seen.db").c_str(), &db) == SQLITE_OK);
    REQUIRE(sqlite3_exec(db, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
    idem::sqlite_store second(here.file("seen.db"));
    CHECK(second.find(w.make_context(), {"a", ""}));
    const pid_t child = ::fork(); // another process is still kept out
    if (child == 0) {
        sqlite3* other = nullptr;
        const bool opened = sqlite3_open(here.file("seen.db").c_str(), &other) == SQLITE_OK;
        ::_exit(opened
                        && sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr)
                               == SQLITE_BUSY
                    ? 0
                    : 1);
    }
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
    sqlite3_close(db);
}

TEST_CASE("a file that was removed or replaced is noticed, and no key is claimed in both") {
    enum class then : std::uint8_t { removed, removed_alone, replaced, with_its_folder };
    for (const auto what :
         {then::removed, then::removed_alone, then::replaced, then::with_its_folder}) {
        CAPTURE(static_cast<int>(what));
        const folder here;
        fs::create_directory(here.file("in"));
        const auto file = here.file("in/seen.db");
        const testing::world w;
        idem::sqlite_store first(file);
        CHECK(claims(first, w, "before", 1));
        if (what == then::removed_alone) {
            fs::remove(file);
        } else if (what == then::replaced) {
            execute(here.file("other.db"), "CREATE TABLE mine (id INTEGER)");
            fs::rename(here.file("other.db"), file);
            for (const auto* const more : {"-wal", "-shm"}) fs::remove(file + more);
        } else {
            fs::remove_all(here.file("in"));
            if (what == then::removed) fs::create_directory(here.file("in"));
        }
        if (what == then::with_its_folder) {
            const auto said = first.find(w.make_context(), {"k", ""});
            REQUIRE_FALSE(said);
            CHECK(said.error().message.find(file) != std::string::npos);
            fs::create_directory(here.file("in"));
        }
        const auto other_process = [&](const std::string& key) {
            const pid_t child = ::fork();
            if (child == 0) {
                idem::sqlite_store second(file);
                const auto said = claim(second, testing::world(), key, 2);
                ::_exit(!said ? 2 : said->granted ? 1 : 0);
            }
            int status = -1;
            REQUIRE(::waitpid(child, &status, 0) == child);
            REQUIRE(WIFEXITED(status));
            REQUIRE(WEXITSTATUS(status) != 2);
            return WEXITSTATUS(status) == 1;
        };
        // What SQLite keeps beside the file lets no other process in before this one has noticed.
        if (what != then::removed_alone) {
            CHECK(other_process("k"));
            CHECK_FALSE(claims(first, w, "k", 1));
        }
        CHECK(claims(first, w, "l", 1));
        CHECK_FALSE(other_process("l"));
        CHECK(w.log.contains("was removed or replaced"));
        CHECK(w.log.contains(file));
    }
}

TEST_CASE("whose file was removed has lost the operation, and is told so") {
    const folder here;
    testing::world w;
    const auto ctx = w.make_context();
    idem::sqlite_store store(here.file("seen.db"));
    auto begun = idem::begin(store, {"k", ""}, {}, ctx);
    REQUIRE(begun);
    for (const auto* const more : {"", "-wal", "-shm"}) fs::remove(here.file("seen.db") + more);
    const auto said = std::get<idem::attempt>(*begun).complete(ctx, "{}");
    REQUIRE_FALSE(said);
    CHECK(said.error().kind == error_class::conflict);
    CHECK(said.error().message == "the record of this operation is gone");
}

TEST_CASE("a transaction whose file is removed goes on as it began") {
    const folder here;
    fakes::virtual_world w;
    w.call.found().identifier = "r1";
    idem::sqlite_store store(here.file("seen.db"));
    const idempotent layer{idem::transactional{store}, idem::natural_key{},
                           idem::options{.operation = "op"}};
    const auto o = layer(w.call, [&](call& c) -> outcome {
        auto tx = extract<idem::transaction<idem::sqlite_store>>::from(c);
        if (!tx) return tx.error();
        return tx->run([&](sqlite3*) {
            for (const auto* const more : {"", "-wal", "-shm"}) {
                fs::remove(here.file("seen.db") + more);
            }
            return std::string("done");
        });
    });
    CHECK(o.succeeded());
    CHECK(store.find(w.context, {"k", ""})); // a new one
}

// ---- what goes wrong ----------------------------------------------------------------------------

TEST_CASE("each error of SQLite has the class of its table, and names the file") {
    struct row {
        int code;
        error_class kind;
        std::string_view says;
    };
    const row rows[] = {
        {SQLITE_BUSY, error_class::transient, "database is locked"},
        {SQLITE_FULL, error_class::transient, "database or disk is full"},
        {SQLITE_IOERR, error_class::transient, "disk I/O error"},
        {SQLITE_IOERR_WRITE, error_class::transient, "disk I/O error"},
        {SQLITE_IOERR_FSYNC, error_class::transient, "disk I/O error"},
        {SQLITE_IOERR_NOMEM, error_class::transient, "out of memory"},
        {SQLITE_NOMEM, error_class::transient, "out of memory"},
        {SQLITE_PROTOCOL, error_class::transient, "locking protocol"},
        {SQLITE_READONLY, error_class::permanent, "attempt to write a readonly database"},
        {SQLITE_PERM, error_class::permanent, "access permission denied"},
        {SQLITE_AUTH, error_class::permanent, "authorization denied"},
        {SQLITE_CORRUPT, error_class::permanent, "database disk image is malformed"},
        {SQLITE_NOTADB, error_class::permanent, "file is not a database"},
        {SQLITE_CANTOPEN, error_class::permanent, "unable to open database file"},
        {SQLITE_TOOBIG, error_class::permanent, "string or blob too big"},
    };
    const failing_disk disk;
    for (const auto& r : rows) {
        CAPTURE(r.code);
        const folder here;
        const testing::world w;
        idem::sqlite_store store(here.file("seen.db"));
        REQUIRE(claims(store, w, "a", 1));
        write_fails = r.code;
        const auto said = claim(store, w, "b");
        write_fails = SQLITE_OK;
        REQUIRE_FALSE(said);
        CAPTURE(said.error().message);
        CHECK(said.error().kind == r.kind);
        CHECK(said.error().code
              == (r.code == SQLITE_TOOBIG ? errc::too_large : errc::input_output));
        CHECK(said.error().message
              == "SQLite: " + std::string(r.says) + ": " + here.file("seen.db"));
        CHECK(claims(store, w, "b", 1)); // it is over
    }
}

TEST_CASE("a file that is none, or cannot be opened, is named with the system's reason") {
    const folder here;
    const testing::world w;
    std::ofstream(here.file("text")) << std::string(5'000, 'x');
    const std::pair<std::string, std::string> rows[] = {
        {here.file("text"), "SQLite: file is not a database: " + here.file("text")},
        {here.path(), "SQLite: unable to open database file (Is a directory): " + here.path()},
        {here.file("no/seen.db"), "SQLite: unable to open database file (No such file or "
                                  "directory): "
                                      + here.file("no/seen.db")},
    };
    for (const auto& [path, says] : rows) {
        idem::sqlite_store store(path);
        for (int i = 0; i < 2; ++i) {
            const auto said = store.find(w.make_context(), {"k", ""});
            REQUIRE_FALSE(said);
            CHECK(said.error().kind == error_class::permanent);
            CHECK(said.error().message == says);
        }
    }
}

TEST_CASE("a record that cannot be read names its file and its key") {
    const folder here;
    const testing::world w;
    idem::sqlite_store store(here.file("seen.db"));
    REQUIRE(claims(store, w, "a", 1));
    execute(here.file("seen.db"), "UPDATE headrace_idempotency SET status = 'ODD'");
    for (const auto& said :
         {store.find(w.make_context(), {"a", ""}).error(), claim(store, w, "a", 2).error()}) {
        CHECK(said.kind == error_class::permanent);
        CHECK(said.message
              == "the record a in the SQLite file " + here.file("seen.db") + " cannot be read");
    }
}

TEST_CASE("H3: what was done is noted although the disk was full, once there is space again") {
    const failing_disk disk;
    const folder here;
    fakes::virtual_world w;
    w.call.found().identifier = "r1";
    idem::sqlite_store store(here.file("seen.db"));
    const idempotent layer{store, idem::natural_key{}, idem::options{.operation = "op"}};
    int effects = 0;
    const auto deliver = [&] {
        w.context.deadline = w.time.now() + 6s;
        return layer(w.call, [&](call&) -> outcome {
            write_fails = ++effects == 1 ? SQLITE_FULL : SQLITE_OK;
            return json_reply{"1"};
        });
    };
    auto somebody = w.time.start([&] {
        w.time.work_for(1'700ms);
        write_fails = SQLITE_OK;
    });
    CHECK(deliver().succeeded());
    somebody.reset();
    w.time.work_for(20s);
    CHECK(deliver().succeeded());
    CHECK(effects == 1);
}

// ---- how long calls take ------------------------------------------------------------------------

TEST_CASE("no call waits longer than it may, for other processes or for its own") {
    const folder here;
    const testing::world w;
    const auto is_quick = [&](idem::store& in, std::string_view says) {
        const auto began = std::chrono::steady_clock::now();
        const auto said = in.find(w.make_context(100ms), {"k", ""});
        CHECK(std::chrono::steady_clock::now() - began < 2s);
        REQUIRE_FALSE(said);
        CHECK(said.error().kind == error_class::transient);
        CHECK(said.error().message == "SQLite: " + std::string(says) + ": " + here.file("seen.db"));
    };
    // Another process, before the store has made anything.
    execute(here.file("seen.db"), "CREATE TABLE mine (id INTEGER)");
    sqlite3* db = nullptr;
    REQUIRE(sqlite3_open(here.file("seen.db").c_str(), &db) == SQLITE_OK);
    REQUIRE(sqlite3_exec(db, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr) == SQLITE_OK);
    idem::sqlite_store store(here.file("seen.db"));
    is_quick(store, "database is locked");
    sqlite3_close(db);
    // A transaction of this process.
    fakes::virtual_world v;
    v.call.found().identifier = "r1";
    const idempotent layer{idem::transactional{store}, idem::natural_key{},
                           idem::options{.operation = "op"}};
    const auto o = layer(v.call, [&](call& c) -> outcome {
        auto tx = extract<idem::transaction<idem::sqlite_store>>::from(c);
        if (!tx) return tx.error();
        return tx->run([&](sqlite3*) {
            std::jthread([&] { is_quick(store, "this process is at work with it"); }).join();
            return std::string("done");
        });
    });
    CHECK(o.succeeded());
}
