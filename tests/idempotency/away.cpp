// SPDX-License-Identifier: BSL-1.0
// A store hangs, fails and comes back: what was done is noted while there is time, nothing begins
// that has none, and the reply is sent before the deadline.
#include "fake_dynamodb.hpp"
#include "fakes.hpp"
#include "long_runs.hpp"
#include "servers.hpp"
#include "virtual_time.hpp"

#include <headrace/app.hpp>
#include <headrace/idempotency.hpp>
#include <headrace/idempotency/stores/dynamodb.hpp>
#include <headrace/idempotency/stores/redis.hpp>
#include <headrace/idempotency/stores/sqlite.hpp>
#include <headrace/layers/deadline_guard.hpp>
#include <headrace/layers/timeout.hpp>
#include <headrace/sources/sqs.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/invoke.hpp>

#include <doctest/doctest.h>

#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;
namespace idem = headrace::idempotency;
using idem::natural_key;

namespace {

using texts = std::vector<std::string>;

// Keeps its records in memory, and hears of every call first.
class watched final : public idem::store {
public:
    // What a call comes to instead; nothing: it goes through.
    std::function<std::optional<error>(std::string_view what, const context&)> instead =
        [](std::string_view, const context&) { return std::nullopt; };
    texts calls;
    idem::memory_store inner;

    result<idem::claim_answer> claim(const context& ctx, const idem::claim_request& r) override {
        if (auto e = hear("claim", ctx)) return *std::move(e);
        return inner.claim(ctx, r);
    }
    result<idem::write_answer> end(const context& ctx, const idem::identity& id, idem::owner_id who,
                                   const idem::ending& how) override {
        if (auto e = hear(to_string(how.becomes), ctx)) return *std::move(e);
        return inner.end(ctx, id, who, how);
    }
    result<idem::write_answer> renew(const context& ctx, const idem::identity& id,
                                     idem::owner_id who, time_point a, time_point b) override {
        if (auto e = hear("renew", ctx)) return *std::move(e);
        leases.push_back(a);
        return inner.renew(ctx, id, who, a, b);
    }
    result<idem::write_answer> reconcile(const context& ctx, const idem::identity& id,
                                         std::uint64_t fence, const idem::ending& how) override {
        return inner.reconcile(ctx, id, fence, how);
    }
    result<std::optional<idem::record>> find(const context& ctx,
                                             const idem::identity& id) override {
        return inner.find(ctx, id);
    }
    std::vector<time_point> leases; // as they were renewed

private:
    std::optional<error> hear(std::string_view what, const context& ctx) {
        calls.emplace_back(what);
        return instead(what, ctx);
    }
};

// A record before a layer, in virtual time.
struct scene : fakes::virtual_world {
    watched seen;
    idem::options how{.operation = "op"};
    time_point begun = time.now();
    int runs = 0;

    scene() { call.found().identifier = "r1"; }
    void give(std::chrono::milliseconds timeout) {
        begun = time.now();
        context.deadline = begun + timeout;
    }
    template <class F> outcome through(headrace::call& c, F handler) {
        const idempotent layer{seen, natural_key{}, how};
        return layer(c, [&](headrace::call& inner) -> outcome {
            ++runs;
            return handler(inner);
        });
    }
    template <class F> outcome deliver(F handler) { return through(call, handler); }
    outcome deliver() { return deliver(done); }
    static outcome done(const headrace::call&) { return json_reply{"1"}; }
    [[nodiscard]] std::chrono::nanoseconds passed() const { return time.now() - begun; }
    // As a server that has been stopped: it answers when it goes on, to whom is still there.
    auto hangs(std::chrono::milliseconds patience, std::chrono::milliseconds from,
               std::chrono::milliseconds to) {
        return [this, patience, from, to](std::string_view,
                                          const headrace::context& own) -> std::optional<error> {
            if (passed() < from || passed() >= to) return std::nullopt;
            const auto waits = std::min<std::chrono::nanoseconds>(patience, own.remaining());
            const bool is_served = passed() + waits >= to;
            time.work_for(is_served ? to - passed() : waits);
            if (is_served) return std::nullopt;
            return error::transient("it took too long");
        };
    }
};

} // namespace

// ---- notes --------------------------------------------------------------------------------------

TEST_CASE("H3: a note is tried while there is time, however long the failed tries were") {
    struct row {
        std::string_view store;
        std::chrono::milliseconds patience;
        std::chrono::milliseconds from;
        std::chrono::milliseconds to;
        std::chrono::milliseconds timeout;
        bool kept = true;
    };
    for (const auto& r : {row{"redis", 2s, 200ms, 4'700ms, 6s},
                          {"sqlite", 5s, 150ms, 6'350ms, 9s},
                          {"back just in time", 2s, 200ms, 5'890ms, 6s},
                          {"back too late", 2s, 200ms, 5'910ms, 6s, false},
                          {"fails at once", 0s, 200ms, 5'880ms, 6s}}) {
        CAPTURE(r.store);
        scene s;
        s.give(r.timeout);
        s.seen.instead = s.hangs(r.patience, r.from, r.to);
        const auto first = s.deliver([&](call&) {
            s.time.work_for(300ms);
            return outcome(json_reply{"1"});
        });
        CHECK(first.succeeded() == r.kept);
        CHECK(s.passed() <= r.timeout - 100ms);
        s.give(r.timeout + 60s);
        s.seen.instead = [](std::string_view, const context&) { return std::nullopt; };
        s.time.work_for(20s); // the lease is over
        CHECK(s.deliver().succeeded());
        CHECK(s.runs == (r.kept ? 1 : 2));
    }
}

TEST_CASE("H3: what was done is noted whatever the store says is wrong, while there is time") {
    enum class note : std::uint8_t { complete, fail, park };
    const error rows[] = {error::permanent("the disk is full"),
                          error::permanent("NOAUTH"),
                          error::unauthorised("no"),
                          error::invalid("no"),
                          error::malformed("no"),
                          error::conflict("no"),
                          error::deadline("no"),
                          error::cancelled("no"),
                          error::bug("thrown"),
                          error::throttled("less", 1h),
                          error::throttled("nothing", std::chrono::milliseconds::max())};
    for (const auto what : {note::complete, note::fail, note::park}) {
        for (const auto& wrong : rows) {
            CAPTURE(static_cast<int>(what));
            CAPTURE(wrong.message);
            CAPTURE(static_cast<int>(wrong.kind));
            scene s;
            s.give(6s);
            s.how.remember_failures = what == note::fail;
            if (what == note::park) s.how.terms.mode = idem::mode::at_most_once;
            s.seen.instead = [&](std::string_view call, const context&) -> std::optional<error> {
                if (call == "INPROGRESS" || call == "claim" || s.passed() > 1'700ms) return {};
                if (wrong.message == "thrown") throw std::bad_alloc();
                return wrong;
            };
            const auto first = s.deliver([&](call&) {
                return what == note::complete ? outcome(json_reply{"1"})
                                              : outcome(error::permanent("no such article"));
            });
            CHECK(first.succeeded() == (what == note::complete));
            CHECK(s.passed() > 1'700ms);
            CHECK(s.passed() < 3s);
            s.time.work_for(20s); // the lease is over
            s.give(60s);
            const auto second = s.deliver();
            CHECK(s.runs == 1);
            CHECK(second.succeeded() == (what == note::complete));
        }
    }
}

TEST_CASE("a note ends after a call that has taken longer than it may") {
    for (const auto late : {0ms, 1ms, 50ms, 10'000ms}) {
        CAPTURE(late.count());
        scene s;
        s.give(6s);
        s.seen.instead = [&](std::string_view what, const context& own) -> std::optional<error> {
            if (what != "COMPLETED") return std::nullopt;
            s.time.work_for(own.remaining() + late);
            return error::transient("it took too long");
        };
        CHECK_FALSE(s.deliver().succeeded());
        CHECK(s.passed() == 5'900ms + late);
    }
}

TEST_CASE("a claim is given up at once when trying again would not help, and has no effect") {
    scene s;
    s.give(6s);
    s.seen.instead = [](std::string_view, const context&) { return error::permanent("NOAUTH"); };
    const auto o = s.deliver();
    CHECK(o.verdict() == verdict::retry);
    CHECK(s.seen.calls == texts{"claim"});
    CHECK(s.passed() == 0s);
    CHECK(s.runs == 0);
}

TEST_CASE("H3: a result that is too long for its store is noted as done, and at once") {
    fakes::fake_dynamodb tables;
    idem::dynamodb_store store(tables, "records");
    app orders;
    int runs = 0;
    orders.on(sqs::queue("orders"),
              chain{idempotent{store, natural_key{}, idem::options{.largest_reply = 1'000'000}}},
              [&] {
                  ++runs;
                  return outcome(json_reply{'"' + std::string(500'000, 'x') + '"'});
              });
    testing::world w;
    const auto before = w.clock.now();
    for (int i = 0; i < 2; ++i) {
        CHECK(
            invoke(orders, testing::sqs_batch("orders").message("x"), w).failed_records().empty());
    }
    CHECK(runs == 1);
    CHECK(w.clock.now() - before < 1s);
}

TEST_CASE("where there is no time for both a note and the reply, the note wins") {
    for (const auto late : {-150ms, -100ms, 0ms, 600ms}) {
        CAPTURE(late.count());
        scene s;
        s.give(5s);
        time_point noted;
        s.seen.instead = [&](std::string_view what, const context& own) -> std::optional<error> {
            if (what != "COMPLETED") return std::nullopt;
            CHECK(own.remaining() >= 300ms);
            s.time.work_for(250ms);
            noted = s.time.now();
            return std::nullopt;
        };
        const auto o = s.deliver([&](call&) {
            s.time.work_for(5s + late);
            return outcome(json_reply{"1"});
        });
        CHECK(o.succeeded());
        CHECK(noted == s.begun + 5s + late + 250ms);
    }
}

// ---- what ends when the reserve is left ---------------------------------------------------------

TEST_CASE("a claim ends when only the reserve is left, whoever says how much that is") {
    struct row {
        std::string_view what;
        std::function<outcome(scene&)> deliver;
        std::chrono::milliseconds ends;
    };
    const auto inner = [](scene& s) { return [&s](call& c) { return s.through(c, s.done); }; };
    const row rows[] = {
        {"nobody", [&](scene& s) { return inner(s)(s.call); }, 2s - 500ms},
        {"a guard", [&](scene& s) { return deadline_guard{700ms}(s.call, inner(s)); }, 2s - 700ms},
        {"a small reserve", [&](scene& s) { return deadline_guard{50ms}(s.call, inner(s)); },
         2s - 50ms},
        {"no reserve", [&](scene& s) { return deadline_guard{0ms}(s.call, inner(s)); }, 2s},
        {"a timeout", [&](scene& s) { return timeout{1s}(s.call, inner(s)); }, 1s},
        {"a long timeout", [&](scene& s) { return timeout{1'900ms}(s.call, inner(s)); },
         2s - 500ms},
        {"a guard and a long timeout",
         [&](scene& s) {
             return deadline_guard{700ms}(s.call,
                                          [&](call& c) { return timeout{5s}(c, inner(s)); });
         },
         2s - 700ms},
    };
    for (const auto& r : rows) {
        for (const auto patience : {100ms, 2'000ms, 100'000ms}) {
            CAPTURE(r.what);
            CAPTURE(patience.count());
            scene s;
            s.give(2s);
            s.seen.instead = s.hangs(patience, 0s, 1h);
            const auto o = r.deliver(s);
            CHECK_FALSE(o.acknowledges());
            CHECK(s.passed() <= r.ends);
            CHECK((patience == 100ms || s.passed() > r.ends - 50ms));
            CHECK(s.runs == 0);
        }
    }
}

TEST_CASE("a wall clock that is set takes no time from a note, and gives a claim none") {
    struct row {
        std::chrono::nanoseconds set_by; // after a second of ten
        std::chrono::nanoseconds ends;   // of the note, by the steady clock
    };
    for (const auto& [set_by, ends] : {row{0s, 9'900ms}, row{-1h, 9'900ms}, row{1h, 2s}}) {
        CAPTURE(set_by.count());
        for (const bool comes_back : {true, false}) {
            CAPTURE(comes_back);
            fakes::world w;
            watched seen;
            const idem::identity id{"key", ""};
            w.context.deadline = w.clock.at + 10s;
            auto begun = idem::begin(seen, id, {}, w.context);
            REQUIRE(begun);
            w.clock.advance(1s);
            w.clock.at += set_by;
            seen.instead = [&](std::string_view, const context& own) -> std::optional<error> {
                if (comes_back && w.clock.passed >= 4s) return std::nullopt;
                w.clock.advance(std::min<std::chrono::nanoseconds>(2s, own.remaining()));
                return error::transient("it took too long");
            };
            const bool kept = std::get<idem::attempt>(*begun).complete(w.context, "r").has_value();
            CHECK(kept == (comes_back && ends > 4s));
            if (comes_back) continue;
            CHECK(w.clock.passed > ends - 1ms);
            CHECK(w.clock.passed <= ends);
        }
        fakes::world w;
        watched seen;
        w.context.deadline = w.clock.at + 10s;
        w.clock.advance(set_by < 0s ? 9'600ms : 1s);
        w.clock.at += set_by;
        const auto begun = idem::begin(seen, {"key", ""}, {}, w.context);
        CHECK(begun.has_value() == (set_by == 0s));
        CHECK(seen.calls.empty() == (set_by != 0s));
    }
}

TEST_CASE("nothing is claimed when only the reserve is left") {
    for (const auto& [reserve, left] : {std::pair(700ms, 700ms), {700ms, 1ms}, {0ms, 0ms}}) {
        CAPTURE(reserve.count());
        CAPTURE(left.count());
        scene s;
        s.give(2s);
        const auto o = deadline_guard{reserve}(s.call, [&](call& c) {
            s.time.work_for(2s - left);
            return s.through(c, s.done);
        });
        REQUIRE(o.error() != nullptr);
        CHECK(o.error()->kind == error_class::deadline);
        CHECK(s.seen.calls.empty());
    }
    scene s; // and where nobody says how much it is
    s.give(500ms);
    const auto o = s.deliver();
    REQUIRE(o.error() != nullptr);
    CHECK(o.error()->kind == error_class::deadline);
    s.give(501ms);
    CHECK(s.deliver().succeeded());
}

TEST_CASE("of a batch whose store hangs, the finished records are acknowledged in time") {
    struct row {
        std::chrono::milliseconds reserve;
        std::string_view hangs; ///< from the third record on, this call
        std::chrono::milliseconds ends;
    };
    for (const auto& r : {row{500ms, "claim", 1'500ms}, row{1s, "claim", 1s},
                          row{500ms, "COMPLETED", 1'900ms}, row{500ms, "RELEASED", 1'900ms}}) {
        CAPTURE(r.reserve.count());
        CAPTURE(r.hangs);
        testing::world w;
        const auto begun = w.clock.now();
        watched seen;
        int runs = 0;
        bool is_there = true;
        seen.instead = [&](std::string_view what, const context& own) -> std::optional<error> {
            if (is_there && what == "claim") is_there = runs < 2 || r.hangs != what;
            if (is_there && (runs < 3 || r.hangs != what)) return std::nullopt;
            w.clock.advance(std::min<std::chrono::nanoseconds>(2s, own.remaining()));
            return error::transient("it took too long");
        };
        app orders;
        orders.batches<sqs::event>({.reserve = r.reserve});
        orders.on(sqs::queue("orders"), chain{idempotent{seen}}, [&]() -> outcome {
            ++runs;
            if (r.hangs == "RELEASED" && runs == 3) return outcome::retry();
            return outcome();
        });
        const auto batch = testing::sqs_batch("orders").message("a").message("b").message("c");
        CHECK(invoke(orders, batch, w, 2s).failed_records() == texts{"message-2"});
        CHECK(w.clock.now() - begun <= r.ends);
        CHECK(w.clock.now() - begun > r.ends - 50ms);
    }
}

TEST_CASE("who waits for another attempt stops when only the reserve is left") {
    for (const auto reserve : {50ms, 500ms, 2'000ms}) {
        CAPTURE(reserve.count());
        scene s;
        s.give(60s);
        s.how.busy = idem::when_in_progress::wait;
        (void)s.deliver([&](call&) {
            headrace::context other = s.context;
            workspace memory;
            call beside(other, memory, s.objects);
            beside.found().identifier = "r1";
            other.deadline = s.time.now() + 10s;
            const auto begun = s.time.now();
            const auto o =
                deadline_guard{reserve}(beside, [&](call& c) { return s.through(c, s.done); });
            REQUIRE(o.error() != nullptr);
            CHECK(s.time.now() - begun < 10s - reserve);
            CHECK(s.time.now() - begun > 8s - reserve);
            return outcome();
        });
    }
}

// ---- renewals -----------------------------------------------------------------------------------

TEST_CASE("a note does not wait for a renewal that hangs, and the reply only until the reserve") {
    scene s;
    s.give(20s);
    s.how.terms.lease = 6s;
    time_point noted;
    s.seen.instead = [&](std::string_view what, const context& own) -> std::optional<error> {
        if (what == "COMPLETED") noted = s.time.now();
        if (what != "renew") return std::nullopt;
        s.time.work_for(std::min<std::chrono::nanoseconds>(1h, own.remaining()));
        return error::transient("it took too long");
    };
    const auto o = s.deliver([&](call&) {
        s.time.work_for(2s + 1ms); // the first renewal hangs
        return outcome(json_reply{"1"});
    });
    CHECK(o.succeeded());
    CHECK(noted == s.begun + 2s + 1ms);
    CHECK(s.passed() <= 6s); // the end of the lease

    scene t; // whose lease would end in the reserve
    t.give(6'300ms);
    t.how.terms.lease = 6s;
    t.seen.instead = [&](std::string_view what, const context& own) -> std::optional<error> {
        if (what != "renew") return std::nullopt;
        t.time.work_for(std::min<std::chrono::nanoseconds>(1h, own.remaining()));
        return error::transient("it took too long");
    };
    CHECK(t.deliver([&](call&) {
               t.time.work_for(2s + 1ms);
               return outcome(json_reply{"1"});
           }).succeeded());
    CHECK(t.passed() <= 5'800ms);
    CHECK(t.passed() > 5'700ms);
}

TEST_CASE("H4: no lease is renewed in the reserve, and none ends there") {
    struct row {
        std::chrono::milliseconds lease;
        std::chrono::milliseconds reserve;
    };
    for (const auto& [lease, reserve] :
         {row{3s, 500ms}, {3s, 5s}, {6s, 9s}, {400ms, 50ms}, {19s, 500ms}, {3s, 19'500ms}}) {
        CAPTURE(lease.count());
        CAPTURE(reserve.count());
        scene s;
        s.give(20s);
        s.how.terms.lease = lease;
        time_point last;
        s.seen.instead = [&](std::string_view what, const context&) -> std::optional<error> {
            if (what == "renew") last = s.time.now();
            s.time.work_for(5ms);
            return std::nullopt;
        };
        bool asked = false;
        (void)deadline_guard{reserve}(s.call, [&](call& c) {
            return s.through(c, [&](call& mine) {
                s.time.work_for(19'960ms); // it does not look at its stop signal
                asked = mine.context().stop.stop_requested();
                const auto found = s.seen.find(s.context, mine.find<idem::current>()->id());
                CHECK((*found)->lease_end == s.context.deadline);
                return outcome();
            });
        });
        CHECK(asked);
        CHECK(last < s.begun + 20s - reserve);
        for (const auto& line : s.log.lines) CHECK(line.find("was lost") == std::string::npos);
        // All but the last are as long as they were said to be.
        for (std::size_t i = 0; i + 1 < s.seen.leases.size(); ++i) {
            CHECK(s.seen.leases[i] < s.context.deadline);
        }
    }
}

TEST_CASE("what is claimed inside of an operation whose lease is renewed knows the reserve, too") {
    scene s;
    s.give(20s);
    s.how.terms.lease = 3s;
    watched other;
    other.instead = s.hangs(1h, 0s, 1h);
    (void)deadline_guard{4s}(s.call, [&](call& c) {
        return s.through(c, [&](call& mine) {
            const auto done = idem::run<void>(
                other, idem::operation{"inner", 1}, [] {}, mine.context());
            CHECK_FALSE(done);
            CHECK(s.passed() <= 16s);
            CHECK(s.passed() > 15'900ms);
            return outcome();
        });
    });
}

TEST_CASE("a claim that may be there is taken back only while there is time") {
    for (const auto hangs : {false, true}) {
        CAPTURE(hangs);
        scene s;
        s.give(4s);
        s.seen.instead = [&](std::string_view what, const context& own) -> std::optional<error> {
            if (what != "claim") return std::nullopt;
            s.time.work_for(hangs ? own.remaining() : 100ms);
            return error::transient("it took too long");
        };
        CHECK_FALSE(s.deliver().acknowledges());
        CHECK((s.seen.calls.back() == "RELEASED") == !hangs);
        CHECK(s.passed() <= 3'500ms);
    }
}

// ---- real ones ----------------------------------------------------------------------------------

namespace {

// Records by the real clock. What is done is counted.
struct real_scene {
    explicit real_scene(idem::store& in) : seen(in) {}
    idem::store& seen;
    int effects = 0;
    platform world = system_platform();
    context ctx{world, logger(world.log, world.clock, log_level::off)};
    workspace memory;

    outcome deliver(std::chrono::milliseconds timeout, const std::function<void()>& effect) {
        ctx.deadline = world.clock.now() + timeout;
        dependencies objects;
        call c(ctx, memory, objects);
        c.found().identifier = "r1";
        const idempotent layer{seen, natural_key{}, idem::options{.operation = "op"}};
        return layer(c, [&](call&) -> outcome {
            ++effects;
            effect();
            return json_reply{"1"};
        });
    }
};

// Another process, which keeps the file locked for some time from now on.
class locking_process {
public:
    locking_process(const std::string& file, std::chrono::milliseconds span) {
        int ends[2];
        REQUIRE(::pipe(ends) == 0);
        child_ = ::fork();
        REQUIRE(child_ >= 0);
        if (child_ == 0) {
            sqlite3* db = nullptr;
            const bool locked =
                sqlite3_open(file.c_str(), &db) == SQLITE_OK
                && sqlite3_exec(db, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK;
            const char said = locked ? 'y' : 'n';
            (void)!::write(ends[1], &said, 1);
            std::this_thread::sleep_for(span);
            ::_exit(0);
        }
        char said = 0;
        REQUIRE(::read(ends[0], &said, 1) == 1);
        ::close(ends[0]);
        ::close(ends[1]);
        REQUIRE(said == 'y');
    }
    locking_process(const locking_process&) = delete;
    locking_process& operator=(const locking_process&) = delete;
    ~locking_process() { ::waitpid(child_, nullptr, 0); }

private:
    pid_t child_ = -1;
};

} // namespace

TEST_CASE("H3: what was done is noted in a Redis server that was paused, and in time") {
    servers::server redis(servers::redis());
    idem::redis_options to{.patience = 1'600ms};
    to.server.port = redis.port();
    idem::redis_store seen(to);
    real_scene s(seen);
    std::jthread later;
    const auto began = std::chrono::steady_clock::now();
    const auto first = s.deliver(4s, [&] {
        redis.pause();
        later = std::jthread([&] {
            std::this_thread::sleep_for(3'500ms);
            redis.resume();
        });
    });
    CHECK(first.succeeded());
    CHECK(std::chrono::steady_clock::now() - began < 3'900ms);
    CHECK(s.deliver(2s, [] {}).succeeded());
    CHECK(s.effects == 1);
}

TEST_CASE("of a batch whose Redis server is paused, the finished records are acknowledged") {
    struct row {
        std::string_view paused; ///< with the third record
        std::chrono::milliseconds left;
    };
    for (const auto& r : {row{"before its claim", 200ms}, row{"before its note", 0ms}}) {
        CAPTURE(r.paused);
        servers::server redis(servers::redis());
        auto seen = idem::open("redis://127.0.0.1:" + redis.port());
        int arrived = 0;
        int effects = 0;
        const auto pause = [&](call& c, auto&& next) {
            if (++arrived == 3 && r.paused == "before its claim") redis.pause();
            return next(c);
        };
        app orders;
        orders.on(sqs::queue("orders"), chain{pause, idempotent{seen}}, [&] {
            if (++effects == 3) redis.pause();
        });
        const auto world = system_platform();
        REQUIRE(orders.start(world));
        context ctx(world, logger(world.log, world.clock, log_level::off));
        const auto text =
            testing::sqs_batch("orders").message("a").message("b").message("c").json();
        workspace memory;
        const auto room = memory.input(text.size());
        REQUIRE(room);
        std::ranges::copy(text, *room);
        ctx.deadline = world.clock.now() + 2s;
        const auto reply = orders.handle(memory, {*room, text.size()}, ctx);
        const auto left = *ctx.deadline - world.clock.now();
        redis.resume();
        CHECK(std::string(reply.text)
              == R"({"batchItemFailures":[{"itemIdentifier":"message-2"}]})");
        CHECK(left > r.left);
    }
}

TEST_CASE("H3: what was done is noted in a file that another process has kept locked") {
    struct row {
        std::chrono::milliseconds locked;
        std::chrono::milliseconds timeout;
    };
    std::vector<row> rows{{700ms, 1'500ms}};
    if (long_runs::is_long()) rows.push_back({6'200ms, 9s}); // longer than the store's patience
    for (const auto& r : rows) {
        CAPTURE(r.locked.count());
        const servers::folder here;
        idem::sqlite_store seen(here.file("seen.db"));
        real_scene s(seen);
        std::optional<locking_process> other;
        const auto began = std::chrono::steady_clock::now();
        const auto first =
            s.deliver(r.timeout, [&] { other.emplace(here.file("seen.db"), r.locked); });
        CHECK(first.succeeded());
        CHECK(std::chrono::steady_clock::now() - began > r.locked);
        CHECK(s.deliver(2s, [] {}).succeeded());
        CHECK(s.effects == 1);
    }
}

TEST_CASE("a claim in a file that another process keeps locked ends when the reserve is left") {
    const servers::folder here;
    idem::sqlite_store seen(here.file("seen.db"));
    real_scene s(seen);
    CHECK(seen.find(s.ctx, {"key", ""}));
    const locking_process other(here.file("seen.db"), 1'200ms);
    const auto began = std::chrono::steady_clock::now();
    const auto o = s.deliver(1s, [] {});
    const auto took = std::chrono::steady_clock::now() - began;
    CHECK(o.verdict() == verdict::retry);
    CHECK(took < 900ms);
    CHECK(took > 400ms);
    CHECK(s.effects == 0);
}
