// SPDX-License-Identifier: BSL-1.0
// What does it cost to do something only once?
//   idempotency/memory          claim and complete in memory, each time another operation, while
//                               expired records are removed: a few thousand are remembered; its
//                               floor does it by hand, with a mutex and a hash map
//   idempotency/memory-new      the same in a new store that remembers all 1,000 operations
//   idempotency/key-KIND        a record's key, by its own identifier (natural), a member of its
//                               body (member) or a header (header); its floor is SHA-256 of the
//                               same bytes by libcrypto, its context used again; for a member, the
//                               body is decoded, too
//   idempotency/sqlite          claim and complete in a file; its floor is the same two statements
//                               by hand, with the same pragmas
//   idempotency/replay-STORE    a route with the layer, when the record was handled before; its
//                               floor is the same for a record that is new

#include "events.hpp"
#include "measure.hpp"
#include "suites.hpp"

#include <headrace/app.hpp>
#include <headrace/base/detail/sha256.hpp>
#include <headrace/http.hpp>
#include <headrace/idempotency.hpp>
#include <headrace/idempotency/stores/sqlite.hpp>
#include <headrace/sources/sqs.hpp>

#include <benchmark/benchmark.h>

#include <openssl/evp.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>

namespace headrace::bench {

namespace {

namespace idem = headrace::idempotency;
using namespace std::chrono_literals;

constexpr std::string_view reply = R"({"json":{"id":1234567,"status":"shipped"}})";

// A benchmark whose result is wrong has no figure.
void must(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "a benchmark's result is wrong: %s\n", what);
    std::abort();
}

// Its numbers are drawn from no kernel: that would be most of what is measured. Everything else is
// real.
class drawn_numbers final : public random_source {
public:
    [[nodiscard]] std::uint64_t next() override {
        state_ += 0x9E3779B97F4A7C15;
        auto z = (state_ ^ state_ >> 30) * 0xBF58476D1CE4E5B9;
        z = (z ^ z >> 27) * 0x94D049BB133111EB;
        return z ^ z >> 31;
    }

private:
    std::uint64_t state_ = 1;
};

struct invocation {
    drawn_numbers numbers;
    platform real = system_platform();
    platform world{real.clock, real.tasks, numbers, real.env, real.log};
    context ctx{world, logger(world.log, world.clock, log_level::off)};
    workspace memory;
    app<> nothing;

    invocation() {
        nothing.fallback([](const call&) {});
        (void)nothing.build();
        ctx.request_id = "8e2f6c1a-4d7b-4e0f-9a35-0c1d2e3f4a5b";
        ctx.deadline = world.clock.now() + 15min;
    }
};

// Each time another operation.
class operations {
public:
    const idem::identity& next() {
        constexpr std::string_view digits = "0123456789abcdef";
        ++count_;
        for (std::size_t i = 0; i < 16; ++i) id_.key[i] = digits[count_ >> 4 * i & 0xF];
        return id_;
    }
    [[nodiscard]] const idem::identity& last() const noexcept { return id_; }
    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

private:
    idem::identity id_{std::string(64, '0'), std::string(64, 'f')};
    std::uint64_t count_ = 0;
};

bool claim_and_complete(idem::store& in, const idem::identity& id, const idem::terms& t,
                        const context& ctx) {
    auto what = idem::begin(in, id, t, ctx);
    auto* const mine = what ? std::get_if<idem::attempt>(&*what) : nullptr;
    if (mine == nullptr) return false;
    const auto kept = mine->complete(ctx, std::string(reply));
    return kept && kept->result == reply;
}

bool is_kept(idem::store& in, const idem::identity& id, const context& ctx) {
    const auto found = in.find(ctx, id);
    return found && *found && (*found)->status == idem::record_status::completed
           && (*found)->result == reply;
}

// What somebody would write who needs no library.
class map_by_hand {
public:
    bool claim_and_complete(const idem::identity& id, const idem::terms& t, const platform& world) {
        const idem::owner_id owner{{world.random.next(), world.random.next()}};
        if (!claim(id, owner, world.clock.now())) return false;
        const auto result = complete(id, owner, world.clock.now() + t.window);
        return result && *result == reply;
    }
    [[nodiscard]] std::size_t size() const { return seen_.size(); }

private:
    struct entry {
        idem::owner_id owner;
        time_point lease_end;
        time_point expires;
        std::uint32_t attempts = 0;
        bool done = false;
        std::string payload;
        std::string result;
    };
    using map = std::unordered_map<std::string, entry>;

    bool claim(const idem::identity& id, const idem::owner_id& owner, time_point now) {
        const std::lock_guard lock(mutex_);
        for (; !oldest_.empty() && oldest_.front()->second.expires < now; oldest_.pop_front()) {
            seen_.erase(oldest_.front()->first);
        }
        const auto [at, fresh] = seen_.try_emplace(id.key);
        entry& e = at->second;
        if (!fresh && (e.done || now <= e.lease_end || e.payload != id.payload)) return false;
        e.owner = owner;
        e.lease_end = now + 15min;
        e.expires = now + 24h;
        e.payload = id.payload;
        ++e.attempts;
        return true;
    }
    std::optional<std::string> complete(const idem::identity& id, const idem::owner_id& owner,
                                        time_point expires) {
        const std::lock_guard lock(mutex_);
        const auto at = seen_.find(id.key);
        if (at == seen_.end() || at->second.done || at->second.owner != owner) return std::nullopt;
        at->second.done = true;
        at->second.expires = expires;
        at->second.result = reply;
        oldest_.push_back(&*at);
        return at->second.result;
    }

    std::mutex mutex_;
    map seen_;
    std::deque<map::value_type*> oldest_;
};

void memory(benchmark::State& state) {
    invocation in;
    idem::memory_store store;
    map_by_hand floor;
    operations next;
    operations next_by_hand;
    const idem::terms t{.window = 1ms};
    bool fine = true;
    measure_against(
        state, [&] { fine &= floor.claim_and_complete(next_by_hand.next(), t, in.world); },
        [&] { fine &= claim_and_complete(store, next.next(), t, in.ctx); });
    must(fine && is_kept(store, next.last(), in.ctx), "an operation is not completed");
    must(store.size() < 10'000 + next.count() / 10, "expired records are not removed");
    must(floor.size() < 10'000 + next_by_hand.count() / 10, "the floor does not remove them");
    state.counters["records"] = static_cast<double>(store.size());
}

void memory_that_grows(benchmark::State& state) {
    constexpr std::size_t remembered = 1'000;
    invocation in;
    operations next;
    bool fine = true;
    const auto fill = [&](auto& store, auto once) {
        for (std::size_t i = 0; i < remembered; ++i) fine &= once();
        fine &= store.size() == remembered;
    };
    measure_against(
        state,
        [&] {
            map_by_hand floor;
            fill(floor, [&] { return floor.claim_and_complete(next.next(), {}, in.world); });
        },
        [&] {
            idem::memory_store store;
            fill(store, [&] { return claim_and_complete(store, next.next(), {}, in.ctx); });
        },
        remembered);
    must(fine, "an operation is not completed or not remembered");
}

// ---- keys ---------------------------------------------------------------------------------------

struct order {
    std::uint64_t id = 0;
    std::string_view customer;
    std::string_view status;
    static void wire(auto& self, auto&& field) {
        field("id", self.id).required();
        field("customer", self.customer);
        field("status", self.status);
    }
};

// A record of each kind, and how its key is made.
struct keyed {
    invocation in;
    idem::memory_store store;
    idem::options options;
    workspace long_lived;
    sqs::message message;
    record_item about;
    std::optional<http::v2::event> event;
    std::optional<http::request> request;
    call c{in.ctx, in.memory, in.nothing.built().objects()};

    keyed() {
        c.found().source = &sqs::event::about;
        c.found().route = "sqs::queue(\"orders\")";
        message.message_id = "059f36b4-87a3-44ab-83d2-661975830a7d";
        about = sqs::event::item_of(message);
        c.found().set_item(about);
        c.offer(message);
        c.found().body = raw_json(R"({"id":1234567,"customer":"c-1029","status":"placed"})");
    }
    void make_request() {
        const auto all = events();
        const auto v2 = std::ranges::find(all, "v2", &measured_event::name);
        auto read = raw_json(v2->json).as<http::v2::event>(long_lived);
        must(read.has_value(), "the event cannot be read");
        event = *std::move(read);
        request.emplace(*event, long_lived);
        c.offer(*request);
    }
    template <class Key> idem::canonical bytes(const Key& key) {
        detail::idempotent_passage way(c, store, options);
        auto made = way.begin_key(detail::caller_for(key, c));
        const auto has_key = key(c, made);
        must(has_key && *has_key, "there is no key");
        return made;
    }
};

// By hand, as fast as libcrypto goes.
class hasher {
public:
    hasher() : algorithm_(EVP_MD_fetch(nullptr, "SHA256", nullptr)), state_(EVP_MD_CTX_new()) {}
    hasher(const hasher&) = delete;
    hasher& operator=(const hasher&) = delete;
    ~hasher() {
        EVP_MD_CTX_free(state_);
        EVP_MD_free(algorithm_);
    }
    const std::array<unsigned char, 32>& operator()(std::string_view bytes) {
        unsigned size = 0;
        EVP_DigestInit_ex2(state_, algorithm_, nullptr);
        EVP_DigestUpdate(state_, bytes.data(), bytes.size());
        EVP_DigestFinal_ex(state_, digest_.data(), &size);
        must(size == digest_.size(), "a digest has another size");
        return digest_;
    }
    std::string text(std::string_view bytes) {
        constexpr std::string_view digits = "0123456789abcdef";
        std::string out;
        for (const auto b : (*this)(bytes)) {
            out += digits[b >> 4];
            out += digits[b & 0xF];
        }
        return out;
    }

private:
    EVP_MD* algorithm_;
    EVP_MD_CTX* state_;
    std::array<unsigned char, 32> digest_{};
};

bool decodes(call& c) { return extract<body<order>>::from(c).has_value(); }

enum class kind : std::uint8_t { natural, member, header };

template <class Key> void derive(benchmark::State& state, keyed& from, const Key& key) {
    constexpr bool reads_body = requires { key.member; };
    const std::string bytes(from.bytes(key).bytes());
    hasher by_hand;
    must(by_hand.text(bytes) == headrace::detail::sha256_hex(from.bytes(key).bytes()),
         "a key is another one");
    measure_against(
        state,
        [&] {
            if constexpr (reads_body) must(decodes(from.c), "the body cannot be read");
            benchmark::DoNotOptimize(by_hand(bytes).data());
            from.in.memory.reset();
        },
        [&] {
            benchmark::DoNotOptimize(headrace::detail::sha256_hex(from.bytes(key).bytes()).data());
            from.in.memory.reset();
        });
    state.counters["bytes"] = static_cast<double>(bytes.size());
}

void keys(benchmark::State& state, kind what) {
    keyed from;
    switch (what) {
    case kind::natural: return derive(state, from, idem::natural_key{});
    case kind::member: return derive(state, from, idem::key(&order::id));
    case kind::header:
        from.make_request();
        return derive(state, from, idem::key_header{"x-amzn-trace-id"});
    }
}

// ---- SQLite -------------------------------------------------------------------------------------

// A folder for the time of a benchmark: TMPDIR says where.
class folder {
public:
    folder() {
        std::string name = (std::filesystem::temp_directory_path() / "headrace-XXXXXX").string();
        must(::mkdtemp(name.data()) != nullptr, "there is no folder for temporary files");
        path_ = name;
    }
    folder(const folder&) = delete;
    folder& operator=(const folder&) = delete;
    ~folder() { std::filesystem::remove_all(path_); }
    [[nodiscard]] std::string file(const char* name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

// What somebody would write who needs no library.
class file_by_hand {
public:
    explicit file_by_hand(const std::string& path) {
        check(sqlite3_open(path.c_str(), &db_));
        check(sqlite3_exec(db_,
                           "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                           "CREATE TABLE seen (key TEXT PRIMARY KEY, status TEXT NOT NULL, owner "
                           "TEXT NOT NULL, fence INTEGER NOT NULL, attempts INTEGER NOT NULL, "
                           "lease_end INTEGER NOT NULL, expires INTEGER NOT NULL, payload TEXT NOT "
                           "NULL, result BLOB NOT NULL) WITHOUT ROWID;"
                           "CREATE INDEX seen_expires ON seen (expires);",
                           nullptr, nullptr, nullptr));
        check(sqlite3_prepare_v3(
            db_,
            "INSERT INTO seen VALUES (?1, 'INPROGRESS', ?2, ?3, 1, ?4, ?5, ?6, x'') "
            "ON CONFLICT (key) DO UPDATE SET status = 'INPROGRESS', owner = ?2, "
            "fence = max(fence + 1, ?3), attempts = attempts + 1, lease_end = ?4, expires = ?5, "
            "payload = ?6, result = x'' WHERE expires < ?7 OR (payload = ?6 AND (status = "
            "'RELEASED' OR (status = 'INPROGRESS' AND lease_end < ?7))) RETURNING owner",
            -1, SQLITE_PREPARE_PERSISTENT, &claim_, nullptr));
        check(sqlite3_prepare_v3(
            db_,
            "UPDATE seen SET status = 'COMPLETED', result = ?3, expires = ?4 "
            "WHERE key = ?1 AND owner = ?2 AND status = 'INPROGRESS' RETURNING 1",
            -1, SQLITE_PREPARE_PERSISTENT, &complete_, nullptr));
    }
    file_by_hand(const file_by_hand&) = delete;
    file_by_hand& operator=(const file_by_hand&) = delete;
    ~file_by_hand() {
        sqlite3_finalize(claim_);
        sqlite3_finalize(complete_);
        sqlite3_close(db_);
    }
    bool claim_and_complete(const idem::identity& id, const platform& world) {
        const idem::owner_id owner{{world.random.next(), world.random.next()}};
        const auto name = owner.text();
        const auto now = world.clock.now().time_since_epoch().count();
        constexpr auto day = std::chrono::nanoseconds(24h).count();
        text(claim_, 1, id.key);
        text(claim_, 2, name);
        sqlite3_bind_int64(claim_, 3, now / 1'000'000);
        sqlite3_bind_int64(claim_, 4, now + day);
        sqlite3_bind_int64(claim_, 5, now + 2 * day);
        text(claim_, 6, id.payload);
        sqlite3_bind_int64(claim_, 7, now);
        if (!changes(claim_)) return false;
        text(complete_, 1, id.key);
        text(complete_, 2, name);
        sqlite3_bind_blob(complete_, 3, reply.data(), static_cast<int>(reply.size()),
                          SQLITE_STATIC);
        sqlite3_bind_int64(complete_, 4, world.clock.now().time_since_epoch().count() + day);
        return changes(complete_);
    }

private:
    static void check(int code) { must(code == SQLITE_OK, "SQLite does not do it"); }
    static void text(sqlite3_stmt* in, int at, const std::string& value) {
        sqlite3_bind_text(in, at, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
    }
    static bool changes(sqlite3_stmt* what) {
        const bool row = sqlite3_step(what) == SQLITE_ROW;
        const bool done = row && sqlite3_step(what) == SQLITE_DONE;
        sqlite3_reset(what);
        return done;
    }

    sqlite3* db_ = nullptr;
    sqlite3_stmt* claim_ = nullptr;
    sqlite3_stmt* complete_ = nullptr;
};

void sqlite(benchmark::State& state) {
    invocation in;
    const folder here;
    idem::sqlite_store store(here.file("seen.db"));
    file_by_hand floor(here.file("by_hand.db"));
    operations next;
    bool fine = true;
    measure_against(
        state, [&] { fine &= floor.claim_and_complete(next.next(), in.world); },
        [&] { fine &= claim_and_complete(store, next.next(), {}, in.ctx); });
    must(fine && is_kept(store, next.last(), in.ctx), "an operation is not completed");
}

// ---- replays ------------------------------------------------------------------------------------

struct receipt {
    std::uint64_t id = 0;
    std::string status;
    static void wire(auto& self, auto&& field) {
        field("id", self.id);
        field("status", self.status);
    }
};

// One record after the other by a route with the layer.
class records {
public:
    records(idem::store& store, std::chrono::milliseconds window) {
        idem::options how;
        how.terms.window = window;
        orders_.on(sqs::queue("orders"), chain{idempotent{store, idem::natural_key{}, how}},
                   [this](const sqs::message&) {
                       ++handled_;
                       return receipt{1234567, "shipped"};
                   });
        must(orders_.build().has_value(), "the app has mistakes");
    }
    void same() {
        m_.message_id = id_;
        call c(in_.ctx, in_.memory, orders_.built().objects());
        c.found().source = &sqs::event::about;
        c.offer(m_);
        const outcome o = orders_.built().route(0).service(c);
        const auto* const json = o.reply().get_if<json_reply>();
        must(json != nullptr && json->text == R"({"id":1234567,"status":"shipped"})",
             "a reply is another one");
        in_.memory.reset();
    }
    void next() {
        auto rest = ++count_;
        for (std::size_t i = id_.size(); i > id_.size() - 10; rest /= 10) {
            id_[--i] = static_cast<char>('0' + rest % 10);
        }
        same();
    }
    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    [[nodiscard]] std::uint64_t handled() const noexcept { return handled_; }

private:
    invocation in_;
    app<> orders_;
    sqs::message m_;
    std::string id_ = "059f36b4-87a3-44ab-0000000000000000";
    std::uint64_t count_ = 0;
    std::uint64_t handled_ = 0;
};

void replay(benchmark::State& state, idem::store& of_new, idem::store& of_old) {
    records fresh(of_new, 1ms);
    records old(of_old, 24h);
    measure_against(
        state, [&] { fresh.next(); }, [&] { old.same(); });
    must(fresh.handled() == fresh.count() && old.handled() == 1, "a handler runs too often");
}

void replay_memory(benchmark::State& state) {
    idem::memory_store of_new;
    idem::memory_store of_old;
    replay(state, of_new, of_old);
}

void replay_sqlite(benchmark::State& state) {
    const folder here;
    idem::sqlite_store of_new(here.file("new.db"));
    idem::sqlite_store of_old(here.file("old.db"));
    replay(state, of_new, of_old);
}

} // namespace

void register_idempotency() {
    add("idempotency/memory", memory);
    add("idempotency/memory-new", memory_that_grows);
    add("idempotency/key-natural", [](auto& s) { keys(s, kind::natural); });
    add("idempotency/key-member", [](auto& s) { keys(s, kind::member); });
    add("idempotency/key-header", [](auto& s) { keys(s, kind::header); });
    add("idempotency/sqlite", sqlite);
    add("idempotency/replay-memory", replay_memory);
    add("idempotency/replay-sqlite", replay_sqlite);
}

} // namespace headrace::bench
