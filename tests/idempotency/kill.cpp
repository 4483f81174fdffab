// SPDX-License-Identifier: BSL-1.0
// Does it hold when processes are killed? A process works through a queue with an SQLite file and
// is killed with SIGKILL again and again: after a random time, or at a random step. The queue
// delivers what was not acknowledged again, and now and then what was. Which kills may have caused
// a second effect is known from the step at which the process died.
#include "long_runs.hpp"
#include "servers.hpp"

#include <headrace/app.hpp>
#include <headrace/idempotency.hpp>
#include <headrace/idempotency/stores/sqlite.hpp>
#include <headrace/sources/sqs.hpp>
#include <headrace/testing/world.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;
namespace idem = headrace::idempotency;

namespace {

constexpr auto lease = 25ms; // short, since the next process waits for its end
constexpr auto margin = 5ms;

enum class guard : std::uint8_t { at_least_once, at_most_once, transactional };

// What the worker is doing. A second effect is possible from the first moment at which there may
// be one until the record says that there is.
enum class step : std::uint32_t { idle, claiming, claimed, acting, acted, ending, ended, telling };

// What outlives the worker: a page that it shares with its parent.
struct shared_page {
    std::atomic<step> at{step::idle};
    std::atomic<std::uint32_t> message{0};
    std::atomic<std::uint32_t> steps_left{0}; // then it kills itself; 0: it does not
};

class page {
public:
    page() {
        void* const memory = ::mmap(nullptr, sizeof(shared_page), PROT_READ | PROT_WRITE,
                                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        REQUIRE(memory != MAP_FAILED);
        shared_ = new (memory) shared_page();
    }
    page(const page&) = delete;
    page& operator=(const page&) = delete;
    ~page() { ::munmap(shared_, sizeof(shared_page)); }
    shared_page& operator*() const noexcept { return *shared_; }
    shared_page* operator->() const noexcept { return shared_; }
    void reach(step s) const noexcept {
        shared_->at = s;
        if (shared_->steps_left == 0) return;
        if (--shared_->steps_left == 0) ::kill(::getpid(), SIGKILL);
    }

private:
    shared_page* shared_;
};

struct receipt {
    std::uint32_t attempt = 0;
    static void wire(auto& self, auto&& field) { field("attempt", self.attempt); }
};

// The store with a step before and behind each call.
class watched_store final : public idem::store {
public:
    watched_store(idem::store& inner, const page& told) : inner_(inner), told_(told) {}
    result<idem::claim_answer> claim(const context& ctx, const idem::claim_request& r) override {
        told_.reach(step::claiming);
        last = r.id;
        auto said = inner_.claim(ctx, r);
        told_.reach(step::claimed);
        return said;
    }
    result<idem::write_answer> end(const context& ctx, const idem::identity& id, idem::owner_id who,
                                   const idem::ending& how) override {
        told_.reach(step::ending);
        auto said = inner_.end(ctx, id, who, how);
        told_.reach(step::ended);
        return said;
    }
    result<idem::write_answer> renew(const context& ctx, const idem::identity& id,
                                     idem::owner_id who, time_point a, time_point b) override {
        return inner_.renew(ctx, id, who, a, b);
    }
    result<idem::write_answer> reconcile(const context& ctx, const idem::identity& id,
                                         std::uint64_t fence, const idem::ending& how) override {
        return inner_.reconcile(ctx, id, fence, how);
    }
    result<std::optional<idem::record>> find(const context& ctx,
                                             const idem::identity& id) override {
        return inner_.find(ctx, id);
    }
    idem::identity last;

private:
    idem::store& inner_;
    const page& told_;
};

// Where everything is.
struct place {
    servers::folder folder;
    [[nodiscard]] std::string seen() const { return folder.file("seen.db"); }
    [[nodiscard]] std::string effects() const { return folder.file("effects"); }
};

// Handles messages through the layer, as a program would.
class worker {
public:
    worker(const place& where, guard how, const page& told)
        : told_(told), where_(where), inner_(where.seen()), store_(inner_, told) {
        idem::options options;
        options.terms = {.mode = how == guard::at_most_once ? idem::mode::at_most_once
                                                            : idem::mode::at_least_once,
                         .lease = lease,
                         .margin = margin};
        if (how == guard::transactional) {
            using transaction = idem::transaction<idem::sqlite_store>;
            app_.on(sqs::queue("orders"),
                    chain{idempotent{idem::transactional{inner_}, idem::natural_key{}, options}},
                    [this](const sqs::message& m, idem::current now, transaction tx) {
                        told_.reach(step::acting);
                        auto said = tx.run([&](sqlite3* db) { return insert(db, m, now); });
                        told_.reach(step::ended);
                        return said;
                    });
        } else {
            app_.on(sqs::queue("orders"), chain{idempotent{store_, idem::natural_key{}, options}},
                    [this](const sqs::message& m, idem::current now) { return append(m, now); });
        }
        REQUIRE(app_.build());
    }

    // Waits for the end of another's lease.
    outcome handle(std::uint32_t message) {
        told_->message = message;
        for (;;) {
            sqs::message m;
            const auto id = std::to_string(message);
            m.message_id = id;
            call c(context_, memory_, app_.built().objects());
            c.found().source = &sqs::event::about;
            const record_item about = sqs::event::item_of(m);
            c.found().set_item(about);
            c.offer(m);
            auto said = app_.built().route(0).service(c);
            memory_.reset();
            const auto* const e = said.error();
            if (e == nullptr || e->kind != error_class::conflict) return said;
            std::this_thread::sleep_for(e->after.value_or(1ms) + 1ms);
        }
    }
    // What somebody does who has found out what has become of the message.
    void reconcile(std::uint32_t message, bool done) {
        REQUIRE_FALSE(handle(message).acknowledges());
        const auto found = inner_.find(context_, store_.last);
        REQUIRE((found && *found));
        const idem::verdict_on_unknown verdict{done, R"({"json":{"attempt":1}})"};
        CHECK(idem::reconcile(inner_, store_.last, (*found)->fence, verdict, {}, context_));
    }

private:
    result<receipt> insert(sqlite3* db, const sqs::message& m, idem::current now) {
        const auto sql = "INSERT INTO effects VALUES (" + std::string(m.message_id) + ")";
        if (sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
            return error::permanent(sqlite3_errmsg(db));
        }
        told_.reach(step::acted);
        return receipt{now.attempt_number()};
    }
    result<receipt> append(const sqs::message& m, idem::current now) {
        const auto line = std::string(m.message_id) + "\n";
        told_.reach(step::acting);
        const int file = ::open(where_.effects().c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
        const bool written =
            ::write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size())
            && ::fdatasync(file) == 0;
        ::close(file);
        told_.reach(step::acted);
        if (!written) return error::permanent("the effect was not written");
        return receipt{now.attempt_number()};
    }

    const page& told_;
    const place& where_;
    idem::sqlite_store inner_;
    watched_store store_;
    platform world_ = system_platform();
    context context_{world_, logger(world_.log, world_.clock, log_level::off)};
    workspace memory_;
    app<> app_;
};

// What the worker tells the queue about a message.
struct acknowledgement {
    std::uint32_t message = 0;
    std::uint32_t attempt = 0; // in the reply; 0: it is parked
};

acknowledgement said_about(std::uint32_t message, const outcome& o) {
    const auto* const json = o.reply().get_if<json_reply>();
    if (json == nullptr) return {message, 0};
    const auto read = decode<receipt>(json->text);
    return {message, read ? (*read)->attempt : 0};
}

// Works and never returns.
[[noreturn]] void work(const place& where, guard how, const page& told,
                       const std::vector<std::uint32_t>& messages, int to_queue) {
    int code = 0;
    try {
        worker w(where, how, told);
        for (const auto m : messages) {
            const auto said = said_about(m, w.handle(m));
            told.reach(step::telling);
            if (::write(to_queue, &said, sizeof said) != sizeof said) code = 2;
            told.reach(step::idle);
        }
    } catch (...) {
        code = 3;
    }
    ::_exit(code);
}

std::map<std::uint32_t, int> effects_of(const place& where, guard how) {
    std::map<std::uint32_t, int> all;
    if (how != guard::transactional) {
        std::ifstream in(where.effects());
        for (std::uint32_t message = 0; in >> message;) ++all[message];
        return all;
    }
    sqlite3* db = nullptr;
    REQUIRE(sqlite3_open(where.seen().c_str(), &db) == SQLITE_OK);
    const auto each = [](void* to, int, char** values, char**) {
        ++(*static_cast<std::map<std::uint32_t, int>*>(to))[std::uint32_t(std::stoul(values[0]))];
        return 0;
    };
    CHECK(sqlite3_exec(db, "SELECT message FROM effects", each, &all, nullptr) == SQLITE_OK);
    sqlite3_close(db);
    return all;
}

std::string integrity(const place& where) {
    sqlite3* db = nullptr;
    REQUIRE(sqlite3_open(where.seen().c_str(), &db) == SQLITE_OK);
    std::string said;
    const auto each = [](void* to, int, char** values, char**) {
        *static_cast<std::string*>(to) += values[0];
        return 0;
    };
    CHECK(sqlite3_exec(db, "PRAGMA integrity_check", each, &said, nullptr) == SQLITE_OK);
    sqlite3_close(db);
    return said;
}

// The queue, and everything that is known about its messages.
class queue {
public:
    queue(guard how, std::uint64_t seed) : how_(how), numbers_(seed) {
        std::ofstream(where_.effects()).flush();
        sqlite3* db = nullptr;
        REQUIRE(sqlite3_open(where_.seen().c_str(), &db) == SQLITE_OK);
        REQUIRE(sqlite3_exec(db, "CREATE TABLE effects (message INTEGER NOT NULL)", nullptr,
                             nullptr, nullptr)
                == SQLITE_OK);
        sqlite3_close(db);
    }

    void run(std::uint64_t most_kills) {
        while (kills_ < most_kills || !open_.empty()) deliver(kills_ < most_kills);
    }
    [[nodiscard]] std::uint64_t kills() const noexcept { return kills_; }
    [[nodiscard]] std::uint32_t sent() const noexcept { return sent_; }
    [[nodiscard]] int excused() const noexcept {
        int n = 0;
        for (const auto& [message, kills] : excuses_) n += kills;
        return n;
    }
    [[nodiscard]] int excuses_of(std::uint32_t message) const {
        const auto found = excuses_.find(message);
        return found == excuses_.end() ? 0 : found->second;
    }
    [[nodiscard]] std::map<std::uint32_t, int> effects() const { return effects_of(where_, how_); }
    [[nodiscard]] const std::set<std::uint32_t>& parked() const noexcept { return parked_; }
    // Somebody looks what has become of every parked message, and says so; then they come again.
    void reconcile_parked() {
        const auto done = effects();
        worker w(where_, how_, told_);
        for (const auto m : parked_) w.reconcile(m, done.contains(m));
        open_ = std::exchange(parked_, {});
    }

private:
    [[nodiscard]] std::uint64_t below(std::uint64_t n) { return numbers_.next() % n; }
    // May a kill at this step mean another effect of the message, or a parked message? Whoever
    // kills itself when it is about to act has not acted.
    [[nodiscard]] bool excuses(step at, bool by_time) const noexcept {
        if (how_ == guard::at_most_once) return at >= step::claiming && at <= step::ending;
        return how_ == guard::at_least_once && at >= (by_time ? step::acting : step::acted)
               && at <= step::ending;
    }
    [[nodiscard]] std::vector<std::uint32_t> batch(bool more) {
        constexpr std::size_t underway = 5;
        while (more && open_.size() < underway) open_.insert(++sent_);
        std::vector<std::uint32_t> all(open_.begin(), open_.end());
        if (!replies_.empty()) { // delivered again, though it was acknowledged
            const auto at = static_cast<std::ptrdiff_t>(below(replies_.size()));
            all.push_back(std::next(replies_.begin(), at)->first);
        }
        for (std::size_t i = all.size(); i > 1; --i) std::swap(all[i - 1], all[below(i)]);
        return all;
    }
    void deliver(bool kill) {
        const auto messages = batch(kill);
        const bool by_time = below(2) == 0;
        told_->at = step::idle;
        told_->steps_left = kill && !by_time ? static_cast<std::uint32_t>(1 + below(20)) : 0;
        int ends[2];
        REQUIRE(::pipe(ends) == 0);
        const pid_t child = ::fork();
        if (child == 0) work(where_, how_, told_, messages, ends[1]);
        ::close(ends[1]);
        if (kill && by_time) {
            std::this_thread::sleep_for(std::chrono::microseconds(below(15'000)));
            ::kill(child, SIGKILL);
        }
        for (acknowledgement a; ::read(ends[0], &a, sizeof a) == sizeof a;) take(a);
        ::close(ends[0]);
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        if (WIFSIGNALED(status)) {
            REQUIRE(WTERMSIG(status) == SIGKILL);
            ++kills_;
            if (excuses(told_->at, kill && by_time)) ++excuses_[told_->message];
        } else {
            REQUIRE(WEXITSTATUS(status) == 0);
        }
        CHECK(integrity(where_) == "ok");
    }
    void take(const acknowledgement& a) {
        open_.erase(a.message);
        if (a.attempt == 0) {
            parked_.insert(a.message);
            return;
        }
        const auto [first, fresh] = replies_.emplace(a.message, a.attempt);
        CHECK_MESSAGE((fresh || first->second == a.attempt), "another reply than the first");
    }

    guard how_;
    testing::fake_random numbers_;
    place where_;
    page told_;
    std::set<std::uint32_t> open_;
    std::set<std::uint32_t> parked_;
    std::map<std::uint32_t, std::uint32_t> replies_;
    std::map<std::uint32_t, int> excuses_;
    std::uint32_t sent_ = 0;
    std::uint64_t kills_ = 0;
};

// How many kills: 50, or 1,000 in the long run.
std::uint64_t kills() { return long_runs::is_long() ? 1'000 : 50; }

} // namespace

TEST_CASE("at least once: a kill loses no effect, and repeats only one that it interrupted") {
    const auto seed = long_runs::seed();
    CAPTURE(seed);
    queue q(guard::at_least_once, seed);
    q.run(kills());
    const auto effects = q.effects();
    int repeated = 0;
    for (std::uint32_t m = 1; m <= q.sent(); ++m) {
        CAPTURE(m);
        const auto found = effects.find(m);
        REQUIRE(found != effects.end());
        CHECK(found->second <= 1 + q.excuses_of(m));
        repeated += found->second - 1;
    }
    CHECK(q.parked().empty());
    MESSAGE("seed " << seed << ": " << q.kills() << " kills, " << q.sent() << " messages, "
                    << repeated << " effects repeated, of " << q.excused()
                    << " kills that could explain it");
}

TEST_CASE("at most once: a kill repeats no effect, and what it interrupted waits for somebody") {
    const auto seed = long_runs::seed();
    CAPTURE(seed);
    queue q(guard::at_most_once, seed);
    q.run(kills());
    const auto effects = q.effects();
    for (const auto& [message, times] : effects) CHECK(times == 1);
    for (std::uint32_t m = 1; m <= q.sent(); ++m) {
        CAPTURE(m);
        const bool parked = q.parked().contains(m);
        CHECK((parked || effects.contains(m)));
        CHECK((!parked || q.excuses_of(m) > 0));
    }
    MESSAGE("seed " << seed << ": " << q.kills() << " kills, " << q.sent() << " messages, "
                    << q.parked().size() << " parked, of " << q.excused()
                    << " kills that could explain it");
    q.reconcile_parked();
    q.run(0);
    CHECK(q.parked().empty());
    const auto at_last = q.effects();
    CHECK(at_last.size() == q.sent());
    for (const auto& [message, times] : at_last) CHECK(times == 1);
}

TEST_CASE("in one transaction: every effect is there once, whenever the process is killed") {
    const auto seed = long_runs::seed();
    CAPTURE(seed);
    queue q(guard::transactional, seed);
    q.run(kills());
    const auto effects = q.effects();
    CHECK(effects.size() == q.sent());
    for (const auto& [message, times] : effects) CHECK(times == 1);
    CHECK(q.parked().empty());
    MESSAGE("seed " << seed << ": " << q.kills() << " kills, " << q.sent() << " messages");
}
