// SPDX-License-Identifier: BSL-1.0
#include <headrace/idempotency/protocol.hpp>
#include <headrace/idempotency/stores/memory.hpp>
#include <headrace/idempotency/stores/sqlite.hpp>
#include <headrace/testing/store_conformance.hpp>

#include <doctest/doctest.h>

#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;
namespace idem = headrace::idempotency;

namespace {

using texts = std::vector<std::string>;

// A folder for the time of a test.
class folder {
public:
    folder() {
        std::string name = (std::filesystem::temp_directory_path() / "headrace-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    folder(const folder&) = delete;
    folder& operator=(const folder&) = delete;
    ~folder() { std::filesystem::remove_all(path_); }
    [[nodiscard]] std::string file(const char* name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

// A store that does one thing wrong.
class broken final : public idem::store {
public:
    enum class how : std::uint8_t {
        ends_anybodys,
        forgets_payload,
        attempts_stay,
        takes_early,
        forgets_fence,      // except where a claim is granted
        keeps_milliseconds, // the last moment there is lies between two of them
        ends_keep_expiry,
    };
    explicit broken(how what) : what_(what) {}
    result<idem::claim_answer> claim(const context& ctx, const idem::claim_request& r) override {
        auto changed = r;
        if (what_ == how::takes_early) changed.margin = 0ms;
        changed.expires = kept(r.expires);
        auto answer = inner_.claim(ctx, changed);
        if (what_ == how::attempts_stay) answer->now.attempts = 1;
        if (what_ == how::forgets_payload) answer->now.payload.clear();
        if (!answer->granted) answer->now = told(std::move(answer->now));
        return answer;
    }
    result<idem::write_answer> end(const context& ctx, const idem::identity& id, idem::owner_id who,
                                   const idem::ending& e) override {
        if (what_ == how::ends_anybodys) {
            const auto there = inner_.find(ctx, id);
            if (*there) who = (*there)->owner;
        }
        auto expires = kept(e.expires);
        if (what_ == how::ends_keep_expiry) {
            const auto there = inner_.find(ctx, id);
            if (*there) expires = (*there)->expires;
        }
        return told(inner_.end(ctx, id, who, {e.becomes, e.result, expires}));
    }
    result<idem::write_answer> renew(const context& ctx, const idem::identity& id,
                                     idem::owner_id who, time_point a, time_point b) override {
        return told(inner_.renew(ctx, id, who, a, kept(b)));
    }
    result<idem::write_answer> reconcile(const context& ctx, const idem::identity& id,
                                         std::uint64_t fence, const idem::ending& e) override {
        return told(inner_.reconcile(ctx, id, fence, {e.becomes, e.result, kept(e.expires)}));
    }
    result<std::optional<idem::record>> find(const context& ctx,
                                             const idem::identity& id) override {
        auto found = inner_.find(ctx, id);
        if (*found) *found = told(**std::move(found));
        return found;
    }

private:
    [[nodiscard]] time_point kept(time_point t) const {
        return what_ == how::keeps_milliseconds ? std::chrono::floor<std::chrono::milliseconds>(t)
                                                : t;
    }
    [[nodiscard]] idem::record told(idem::record r) const {
        if (what_ == how::forgets_fence) r.fence = 0;
        return r;
    }
    [[nodiscard]] result<idem::write_answer> told(result<idem::write_answer> answer) const {
        if (answer->found) answer->found = told(*std::move(answer->found));
        return answer;
    }

    idem::memory_store inner_;
    how what_;
};

// How many records there are, expired ones among them.
int records_in(const std::string& file) {
    sqlite3* db = nullptr;
    REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
    int n = -1;
    const auto read = [](void* to, int, char** values, char**) {
        *static_cast<int*>(to) = std::atoi(values[0]);
        return 0;
    };
    sqlite3_exec(db, "SELECT count(*) FROM headrace_idempotency", read, &n, nullptr);
    sqlite3_close(db);
    return n;
}

// SQLite locks with files, as where a file system has no other locks: there is no WAL then.
class other_locks {
public:
    other_locks() : usual_(sqlite3_vfs_find(nullptr)) {
        sqlite3_vfs_register(sqlite3_vfs_find("unix-dotfile"), 1);
    }
    other_locks(const other_locks&) = delete;
    other_locks& operator=(const other_locks&) = delete;
    ~other_locks() { sqlite3_vfs_register(usual_, 1); }

private:
    sqlite3_vfs* usual_;
};

// Claims as a process of its own would.
bool claims(idem::store& store, const std::string& key, std::uint64_t owner) {
    testing::world w;
    const idem::identity id{key, ""};
    const auto lease = w.clock.now() + 1h;
    const auto said = store.claim(w.make_context(), {.id = id,
                                                     .owner = {{owner, 0}},
                                                     .now = w.clock.now(),
                                                     .lease_end = lease,
                                                     .expires = lease + 1h,
                                                     .margin = 1s,
                                                     .take_over = true});
    return said && said->granted;
}

} // namespace

TEST_CASE("the stores keep the promises of the specification") {
    folder here;
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        CAPTURE(seed);
        idem::memory_store memory;
        CHECK(testing::check_store(memory, {.seed = seed}) == texts{});
        idem::sqlite_store file(here.file("orders.db"));
        CHECK(testing::check_store(file, {.seed = seed, .calls = 300}) == texts{});
    }
}

TEST_CASE("the check of stores sees what is wrong with one") {
    for (const auto how :
         {broken::how::ends_anybodys, broken::how::forgets_payload, broken::how::attempts_stay,
          broken::how::takes_early, broken::how::forgets_fence, broken::how::keeps_milliseconds}) {
        CAPTURE(static_cast<int>(how));
        broken store(how);
        CHECK_FALSE(testing::check_store(store).empty());
    }
}

TEST_CASE("the check of stores names the call that has written what is wrong") {
    broken store(broken::how::ends_keep_expiry);
    const auto said = testing::check_store(store, {.seed = 7});
    REQUIRE_FALSE(said.empty());
    CHECK(said[0].find(": another expiry than end() wrote (seed 7, call ") != std::string::npos);
}

TEST_CASE("memory loses expired records, and no others") {
    testing::world w;
    const auto ctx = w.make_context();
    idem::memory_store store;
    std::map<std::string, time_point> expires;
    for (std::uint64_t i = 1; i <= 5'000; ++i) {
        w.clock.advance(1s);
        const auto now = w.clock.now();
        const idem::identity id{std::to_string(w.random.next() % 2'000), ""};
        const auto until = now + std::chrono::seconds(w.random.next() % 500);
        const auto said = store.claim(ctx, {.id = id,
                                            .owner = {{i, 0}},
                                            .now = now,
                                            .lease_end = now,
                                            .expires = until,
                                            .margin = 1h,
                                            .take_over = true});
        REQUIRE(said);
        const auto before = expires.find(id.key);
        REQUIRE(said->granted == (before == expires.end() || before->second < now));
        if (said->granted) expires[id.key] = until;
        if (i % 50 != 0) continue;
        for (const auto& [key, end] : expires) {
            const auto found = store.find(ctx, {key, ""});
            REQUIRE((end < now || (*found && (*found)->expires == end)));
        }
    }
    CHECK(store.size() < 1'000); // two places are looked at for each new record
}

TEST_CASE("a file keeps its records for the next process, and expired ones go") {
    folder here;
    {
        idem::sqlite_store first(here.file("orders.db"));
        CHECK(claims(first, "a", 1));
    }
    idem::sqlite_store second(here.file("orders.db"));
    CHECK_FALSE(claims(second, "a", 2));
    CHECK(claims(second, "b", 2));
}

TEST_CASE("no process gets what another one has, and one always gets it") {
    folder here;
    constexpr int processes = 4;
    constexpr int keys = 50;
    const auto work = [&](int process) {
        idem::sqlite_store store(here.file("orders.db"));
        std::string won;
        for (int k = 0; k < keys; ++k) {
            if (claims(store, "key-" + std::to_string(k), static_cast<std::uint64_t>(process))) {
                won += std::to_string(k) + " ";
            }
        }
        return won;
    };
    std::vector<std::pair<pid_t, int>> children;
    for (int p = 1; p <= processes; ++p) {
        int ends[2];
        REQUIRE(::pipe(ends) == 0);
        const pid_t child = ::fork();
        if (child == 0) {
            const auto won = work(p);
            ::_exit(::write(ends[1], won.data(), won.size()) == static_cast<ssize_t>(won.size())
                        ? 0
                        : 1);
        }
        ::close(ends[1]);
        children.emplace_back(child, ends[0]);
    }
    std::multiset<std::string> won;
    for (const auto& [child, end] : children) {
        std::string text(4096, '\0');
        std::size_t used = 0;
        for (ssize_t n = 0; (n = ::read(end, text.data() + used, text.size() - used)) > 0;) {
            used += static_cast<std::size_t>(n);
        }
        ::close(end);
        int status = 0;
        ::waitpid(child, &status, 0);
        CHECK(status == 0);
        for (std::size_t at = 0; at < used;) {
            const auto space = text.find(' ', at);
            won.insert(text.substr(at, space - at));
            at = space + 1;
        }
    }
    CHECK(won.size() == keys);
    CHECK(std::set<std::string>(won.begin(), won.end()).size() == keys);
}

TEST_CASE("on Lambda a file is refused, unless it is meant") {
    folder here;
    testing::world w;
    w.env.set("AWS_LAMBDA_FUNCTION_NAME", "orders");
    const idem::identity id{"key", ""};
    idem::sqlite_store refused(here.file("orders.db"));
    const auto said = refused.find(w.make_context(), id);
    REQUIRE_FALSE(said);
    CHECK(said.error().message.find("one sandbox only") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(here.file("orders.db")));
    idem::sqlite_store meant(here.file("orders.db"), {.ephemeral_ok = true});
    CHECK(meant.find(w.make_context(), id));
}

TEST_CASE("a claim in a file is released and parked, and a folder may come late") {
    folder here;
    testing::world w;
    auto ctx = w.make_context();
    idem::sqlite_store file(here.file("later/orders.db"));
    CHECK_FALSE(file.find(ctx, {"key", ""}));
    std::filesystem::create_directory(here.file("later"));
    for (const auto mode : {idem::mode::at_least_once, idem::mode::at_most_once}) {
        const idem::identity id{std::to_string(static_cast<int>(mode)), ""};
        const idem::terms t{.mode = mode};
        auto first = idem::begin(file, id, t, ctx);
        REQUIRE(first);
        CHECK(std::get<idem::attempt>(*first).release(ctx));
        auto second = idem::begin(file, id, t, ctx);
        REQUIRE(second);
        CHECK(std::get<idem::attempt>(*second).number() == 2);
        CHECK(std::get<idem::attempt>(*second).park(ctx));
        CHECK(std::holds_alternative<idem::unknown>(*idem::begin(file, id, t, ctx)));
    }
}

TEST_CASE("a process that begins removes some of what has expired before it") {
    folder here;
    testing::world w;
    const auto claim = [&](idem::store& in, std::uint64_t n) {
        const idem::identity id{std::to_string(n), ""};
        const auto lease = w.clock.now() + 1h;
        REQUIRE(in.claim(w.make_context(), {.id = id,
                                            .owner = {{n, 0}},
                                            .now = w.clock.now(),
                                            .lease_end = lease,
                                            .expires = lease + 1h,
                                            .margin = 1s,
                                            .take_over = true}));
    };
    std::uint64_t n = 0;
    {
        idem::sqlite_store first(here.file("orders.db"));
        while (n < 300) claim(first, ++n);
    }
    CHECK(records_in(here.file("orders.db")) == 300);
    w.clock.advance(3h);
    for (const int left : {300 - 256 + 1, 2}) { // not all at once: that would take its time
        idem::sqlite_store next(here.file("orders.db"));
        claim(next, ++n);
        CHECK(records_in(here.file("orders.db")) == left);
    }
}

TEST_CASE("a file that cannot be kept in WAL mode is refused, and so is SQLite's memory") {
    folder here;
    testing::world w;
    const idem::identity id{"key", ""};
    {
        const other_locks without_shared_memory;
        idem::sqlite_store store(here.file("orders.db"));
        CHECK(store.usable());
        for (int i = 0; i < 2; ++i) {
            const auto said = store.find(w.make_context(), id);
            REQUIRE_FALSE(said);
            CHECK(said.error().kind == error_class::permanent);
            CHECK(said.error().message.find("WAL mode, only in \"delete\"") != std::string::npos);
        }
    }
    idem::sqlite_store nowhere(":memory:");
    for (const auto& error : {nowhere.usable().error(), nowhere.find(w.make_context(), id).error(),
                              idem::sqlite_store::open("sqlite::memory:").error()}) {
        CHECK(error.kind == error_class::permanent);
        CHECK(error.message.find("the store of memory: does") != std::string::npos);
    }
}

TEST_CASE("what SQLite cannot do is said in its words") {
    testing::world w;
    idem::sqlite_store nowhere("/nonexistent/folder/orders.db");
    const auto said = nowhere.find(w.make_context(), {"key", ""});
    REQUIRE_FALSE(said);
    CHECK(said.error().kind == error_class::permanent);
    CHECK(said.error().message.starts_with("SQLite: unable to open"));
}
