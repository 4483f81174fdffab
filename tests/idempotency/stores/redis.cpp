// SPDX-License-Identifier: BSL-1.0
#include <headrace/idempotency/stores/redis.hpp>

#include "certificates.hpp"
#include "idempotency/fake_redis.hpp"
#include "servers.hpp"

#include <headrace/idempotency/protocol.hpp>
#include <headrace/testing/store_conformance.hpp>
#include <headrace/testing/world.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;
namespace idem = headrace::idempotency;
namespace resp = headrace::detail::resp;
using fake_redis::fault;

namespace {

using texts = std::vector<std::string>;

idem::redis_options at(const servers::server& redis) {
    idem::redis_options to;
    to.server.port = redis.port();
    return to;
}

// Asks a real server something, past the store.
class inquiry final : resp::source {
public:
    explicit inquiry(const servers::server& of) {
        auto made = net::make_connector()->connect({"127.0.0.1", of.port(), false, ""}, 5s);
        REQUIRE(made);
        stream_ = *std::move(made);
    }
    resp::reply operator()(const std::vector<std::string_view>& words) {
        std::string bytes;
        resp::append_command(bytes, words);
        REQUIRE(stream_->write(bytes, 5s));
        auto said = reader_.next(*this);
        REQUIRE(said);
        return *std::move(said);
    }

private:
    result<std::size_t> read_some(std::span<char> into) override {
        return stream_->read_some(into, 5s);
    }
    std::unique_ptr<net::stream> stream_;
    resp::reply_reader reader_;
};

// A server that has a file reads it first, and says so to whoever asks meanwhile.
void restart(servers::server& redis) {
    redis.start();
    inquiry ask(redis);
    while (ask({"PING"}).text != "PONG") std::this_thread::sleep_for(2ms);
}

// Counts what goes over the wire.
struct traffic {
    std::atomic<int> connections = 0;
    std::atomic<int> writes = 0;
};

class counting final : public net::connector {
public:
    explicit counting(traffic& into) : into_(into) {}
    result<std::unique_ptr<net::stream>> connect(const net::peer& to,
                                                 std::chrono::milliseconds within) override {
        auto made = inner_->connect(to, within);
        if (!made) return std::move(made).error();
        ++into_.connections;
        return std::unique_ptr<net::stream>(std::make_unique<counted>(*std::move(made), into_));
    }

private:
    class counted final : public net::stream {
    public:
        counted(std::unique_ptr<net::stream> inner, traffic& into)
            : inner_(std::move(inner)), into_(into) {}
        result<void> write(std::string_view bytes, std::chrono::milliseconds within) override {
            ++into_.writes;
            return inner_->write(bytes, within);
        }
        result<std::size_t> read_some(std::span<char> into,
                                      std::chrono::milliseconds within) override {
            return inner_->read_some(into, within);
        }

    private:
        std::unique_ptr<net::stream> inner_;
        traffic& into_;
    };

    std::unique_ptr<net::connector> inner_ = net::make_connector();
    traffic& into_;
};

// A server that says the same to everything.
class parrot final : public net::connector {
public:
    explicit parrot(std::string says) : says_(std::move(says)) {}
    result<std::unique_ptr<net::stream>> connect(const net::peer&,
                                                 std::chrono::milliseconds) override {
        return std::unique_ptr<net::stream>(std::make_unique<line>(says_));
    }

private:
    struct line final : net::stream {
        explicit line(std::string says) : left(std::move(says)) {}
        result<void> write(std::string_view, std::chrono::milliseconds) override { return {}; }
        result<std::size_t> read_some(std::span<char> into, std::chrono::milliseconds) override {
            const auto size = std::min(into.size(), left.size());
            std::copy_n(left.begin(), size, into.begin());
            left.erase(0, size);
            return size;
        }
        std::string left;
    };
    std::string says_;
};

// The attempt that begins with this key; nothing: it does not begin.
std::unique_ptr<idem::attempt> begun(idem::store& in, const std::string& key, testing::world& w) {
    auto said = idem::begin(in, {key, "payload"}, {}, w.make_context());
    if (!said) FAIL(said.error().message);
    auto* const mine = std::get_if<idem::attempt>(&*said);
    return mine == nullptr ? nullptr : std::make_unique<idem::attempt>(std::move(*mine));
}

idem::claim_request asking(const idem::identity& id, const testing::world& w) {
    const auto lease = w.clock.now() + 1h;
    return {.id = id,
            .owner = {{1, 2}},
            .now = w.clock.now(),
            .lease_end = lease,
            .expires = lease + 24h,
            .margin = 1s,
            .take_over = true};
}

} // namespace

TEST_CASE("a URL says where Redis is") {
    struct row {
        const char* url;
        const char* host;
        const char* port;
        bool tls;
        const char* user;
        const char* password;
        std::uint32_t database;
        const char* prefix;
        const char* ca;
    };
    const row rows[] = {
        {"redis://h", "h", "6379", false, "", "", 0, "headrace:", ""},
        {"redis://h:7000/", "h", "7000", false, "", "", 0, "headrace:", ""},
        {"redis://[::1]:7000/3", "::1", "7000", false, "", "", 3, "headrace:", ""},
        {"redis://[::1]", "::1", "6379", false, "", "", 0, "headrace:", ""},
        {"redis://:p%40s@h/1", "h", "6379", false, "", "p@s", 1, "headrace:", ""},
        {"redis://u%3A:p:q@h", "h", "6379", false, "u:", "p:q", 0, "headrace:", ""},
        {"rediss://u:p@h:1?prefix=&ca=/a%20b.pem", "h", "1", true, "u", "p", 0, "", "/a b.pem"},
        {"rediss://h/2?prefix=a%26b", "h", "6379", true, "", "", 2, "a&b", ""},
    };
    for (const row& r : rows) {
        CAPTURE(r.url);
        const auto to = idem::redis_options::parse(r.url);
        REQUIRE(to);
        CHECK(to->server == net::peer{r.host, r.port, r.tls, r.ca});
        CHECK(to->user == r.user);
        CHECK(to->password == r.password);
        CHECK(to->database == r.database);
        CHECK(to->prefix == r.prefix);
        CHECK(idem::redis_store::open(r.url)); // nothing is connected to
    }
}

TEST_CASE("a URL that makes no sense is refused without repeating it") {
    const std::pair<const char*, const char*> rows[] = {
        {"http://:hushed@h", "another scheme"},
        {"redis:hushed", "another scheme"},
        {"redis://", "no host"},
        {"redis://:hushed@:1", "no host"},
        {"redis://hushed@h", "a user without a password"},
        {"redis://u:@h", "a user without a password"},
        {"redis://:hushed%4@h", "a % that begins no byte"},
        {"redis://:hus#hed@h", "a fragment"},
        {"redis://[::1", "a [ without its ]"},
        {"redis://[::1]6379", "a bad port"},
        {"redis://h:", "a bad port"},
        {"redis://h:0", "a bad port"},
        {"redis://h:65536", "a bad port"},
        {"redis://h:1x", "a bad port"},
        {"redis://a b", "a bad host"},
        {"redis://h/hushed", "a database that is no number"},
        {"redis://h/-1", "a database that is no number"},
        {"redis://h?password=hushed", "a query"},
        {"redis://h?ca=hushed", "a query"},
    };
    for (const auto& [url, why] : rows) {
        CAPTURE(url);
        const auto to = idem::redis_store::open(url);
        REQUIRE_FALSE(to);
        CHECK(to.error().kind == error_class::invalid);
        CHECK(to.error().message.find(why) != std::string::npos);
        CHECK(to.error().message.find("hushed") == std::string::npos);
    }
}

TEST_CASE("Redis keeps the promises of the specification") {
    const servers::server redis(servers::redis());
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        CAPTURE(seed);
        idem::redis_store store(at(redis));
        CHECK(testing::check_store(store, {.seed = seed}) == texts{});
    }
}

TEST_CASE("the Redis of tests keeps them too, however its bytes arrive") {
    for (const std::size_t piece : {0u, 1u, 7u}) {
        for (std::uint64_t seed = 1; seed <= 3; ++seed) {
            CAPTURE(piece);
            CAPTURE(seed);
            fake_redis::server redis;
            redis.piece = piece;
            const auto store = redis.store();
            CHECK(testing::check_store(*store, {.seed = seed}) == texts{});
        }
    }
}

TEST_CASE("with a password, a user, a database and a prefix") {
    const servers::server redis(
        servers::redis({"--requirepass", "secret", "--user", "orders", "on", ">pass@word",
                        "~orders:*", "+@read", "+@write", "+@scripting", "+select"}));
    const testing::world w;
    const auto ctx = w.make_context();
    const auto url = [&](std::string_view before, std::string_view after = "") {
        return std::string("redis://").append(before).append("127.0.0.1:") + redis.port()
               + std::string(after);
    };
    for (const auto& good : {url(":secret@"), url(":secret@", "/3"), url("default:secret@"),
                             url("orders:pass%40word@", "?prefix=orders:"),
                             url("orders:pass%40word@", "/2?prefix=orders:")}) {
        CAPTURE(good);
        const auto store = idem::redis_store::open(good);
        REQUIRE(store);
        CHECK(testing::check_store(**store, {.calls = 100}) == texts{});
    }
    struct row {
        std::string url;
        const char* says;
    };
    const row rows[] = {
        {url(":wrong-one@"), "refuses the user or the password: WRONGPASS"},
        {url("orders:wrong-one@"), "refuses the user or the password: WRONGPASS"},
        {url(""), ": NOAUTH (it wants a password, and this store was given none)"},
        {url("orders:pass%40word@"), ": NOPERM "}, // another prefix than the user may
        {url(":secret@", "/99"), ": ERR DB index is out of range"},
    };
    for (const row& r : rows) {
        CAPTURE(r.url);
        const auto store = idem::redis_store::open(r.url);
        REQUIRE(store);
        const auto said = (*store)->find(ctx, {"key", ""});
        REQUIRE_FALSE(said);
        CAPTURE(said.error().message);
        CHECK(said.error().kind == error_class::permanent);
        CHECK(said.error().message.find(r.says) != std::string::npos);
        CHECK(said.error().message.find("secret") == std::string::npos);
        CHECK(said.error().message.find("wrong-one") == std::string::npos);
        // Of whoever is nobody yet Redis reads short commands only, and a claim is a long one.
        const auto claimed = (*store)->claim(ctx, asking({"key", ""}, w));
        REQUIRE_FALSE(claimed);
        CHECK(claimed.error() == said.error());
    }
}

TEST_CASE("over TLS, and never with somebody else") {
    const servers::folder here;
    certificates::authority ca(here.path(), "authority of a test");
    ca.certify("redis", "IP:127.0.0.1");
    auto program =
        servers::redis({"--port", "0", "--tls-port", "{port}", "--tls-auth-clients", "no",
                        "--tls-cert-file", here.file("redis.pem"), "--tls-key-file",
                        here.file("redis.key"), "--requirepass", "secret"});
    const servers::server redis(std::move(program));
    const auto url = "rediss://:secret@127.0.0.1:" + redis.port();
    const auto trusted = idem::redis_store::open(url + "?ca=" + ca.ca_file());
    REQUIRE(trusted);
    CHECK(testing::check_store(**trusted, {.calls = 300}) == texts{});

    const auto stranger = idem::redis_store::open(url);
    REQUIRE(stranger);
    const testing::world w;
    const auto said = (*stranger)->find(w.make_context(), {"key", ""});
    REQUIRE_FALSE(said);
    CHECK(said.error().kind == error_class::permanent);
    CHECK(said.error().message.find("the certificate of") != std::string::npos);
}

TEST_CASE("one round trip to claim, and one to finish") {
    const servers::server redis(servers::redis());
    traffic seen;
    idem::redis_store store(at(redis), std::make_unique<counting>(seen));
    CHECK(seen.connections == 0); // before its first call
    testing::world w;
    const auto ctx = w.make_context();
    REQUIRE(begun(store, "first", w)->complete(ctx, "{}")); // Redis learns the two scripts
    CHECK(seen.writes == 4);

    inquiry ask(redis);
    CHECK(ask({"CONFIG", "RESETSTAT"}).text == "OK");
    seen.writes = 0;
    const auto mine = begun(store, "second", w);
    CHECK(seen.writes == 1);
    REQUIRE(mine->complete(ctx, "{}"));
    CHECK(seen.writes == 2);
    CHECK(seen.connections == 1);
    const auto stats = ask({"INFO", "commandstats"}).text;
    CAPTURE(stats);
    CHECK(stats.find("cmdstat_evalsha:calls=2,") != std::string::npos);
    CHECK(stats.find("cmdstat_eval:") == std::string::npos);

    // Another connection, and another program, know the scripts already.
    idem::redis_store other(at(redis), std::make_unique<counting>(seen));
    seen.writes = 0;
    CHECK(begun(other, "second", w) == nullptr); // a replay
    CHECK(seen.writes == 1);
}

TEST_CASE("Redis forgets a record only well after it has expired, and some never") {
    const servers::server redis(servers::redis());
    idem::redis_store store{{.server = {.host = "127.0.0.1", .port = redis.port()}}};
    inquiry ask(redis);
    testing::world w;
    const auto ctx = w.make_context();
    const auto left = [&] { return std::chrono::milliseconds(ask({"PTTL", "headrace:k"}).number); };
    const auto near = [&](std::chrono::milliseconds wanted) {
        const auto is = left();
        return is <= wanted && is > wanted - 10s;
    };
    // The world's clock stands at a moment that may be long ago for the server's.
    const idem::identity id{"k", "payload"};
    auto request = asking(id, w);
    request.expires = request.now + 90min + 1ns;
    REQUIRE(store.claim(ctx, request)->granted);
    CHECK(near(90min + 1ms + 1h)); // rounded up
    REQUIRE(store.renew(ctx, id, request.owner, request.now + 2h, request.now + 3h)->written);
    CHECK(near(4h));
    REQUIRE(
        store.end(ctx, id, request.owner, {idem::record_status::unknown, "", time_point::max()})
            ->written);
    CHECK(left() == -1ms);
    const auto fence = (*store.find(ctx, id))->fence;
    const idem::ending released{idem::record_status::released, "", request.now - 5min};
    REQUIRE(store.reconcile(ctx, id, fence, released)->written);
    CHECK(near(1h)); // expired, and still not gone
    request.expires = time_point::max();
    REQUIRE(store.claim(ctx, request)->granted);
    CHECK(left() == -1ms);
}

TEST_CASE("a fence beyond what Lua can count still grows by one") {
    const servers::server redis(servers::redis());
    idem::redis_store store(at(redis));
    inquiry ask(redis);
    testing::world w;
    const idem::identity id{"k", "payload"};
    const auto request = asking(id, w);
    for (const auto& [before, after] : std::initializer_list<std::pair<const char*, std::uint64_t>>{
             {"00000009999999999999", 10'000'000'000'000U},
             {"09007199254740993999", 9'007'199'254'740'994'000U},
             {"18446744073709551614", 18'446'744'073'709'551'615U}}) {
        (void)store.claim(w.make_context(), request);
        ask({"HSET", "headrace:k", "fence", before, "status", "RELEASED"});
        const auto said = store.claim(w.make_context(), request);
        REQUIRE(said);
        CHECK(said->now.fence == after);
    }
}

TEST_CASE("a server that was killed and is back knows what it has confirmed") {
    servers::server redis(servers::redis({"--appendonly", "yes", "--appendfsync", "always"}));
    idem::redis_store store(at(redis));
    testing::world w;
    const auto ctx = w.make_context();
    const auto done = begun(store, "done", w);
    REQUIRE(done->complete(ctx, R"({"total":3})"));
    const auto mine = begun(store, "mine", w);
    redis.kill();
    const auto gone = store.find(ctx, {"done", "payload"});
    REQUIRE_FALSE(gone);
    CHECK(gone.error().kind == error_class::transient);
    CHECK(gone.error().code == errc::input_output);
    restart(redis);
    CHECK(begun(store, "mine", w) == nullptr); // is in progress
    CHECK((*store.find(ctx, {"done", "payload"}))->result == R"({"total":3})");
    CHECK(mine->complete(ctx, "{}"));

    redis.kill(); // and now nobody asks before it is back: the kept connection is dead
    restart(redis);
    const auto after = store.find(ctx, {"mine", "payload"});
    if (!after) FAIL(after.error().message);
    CHECK((*after)->status == idem::record_status::completed);
}

TEST_CASE("a reply that is lost, or torn at any byte, costs a repetition and no more") {
    struct row {
        fault wrong;
        const char* what;
    };
    for (const row& r : {row{fault::lost_request, "claim"}, row{fault::lost_reply, "claim"},
                         row{fault::torn_reply, "claim"}, row{fault::lost_request, "end"},
                         row{fault::lost_reply, "end"}, row{fault::torn_reply, "end"},
                         row{fault::refused, "CONNECT"}}) {
        for (const bool kept : {false, true}) {
            std::size_t length = 2;
            for (std::size_t cut = 0; cut < length; ++cut) {
                CAPTURE(r.what);
                CAPTURE(cut);
                CAPTURE(kept);
                fake_redis::server redis;
                redis.torn_after = cut;
                const auto store = redis.store({.kept = kept ? 1U : 0U});
                testing::world w;
                const auto ctx = w.make_context();
                if (kept) (void)store->find(ctx, {"k", "payload"});
                int faults = 1;
                redis.misbehave = [&](std::string_view what) {
                    return what == r.what && faults-- > 0 ? r.wrong : fault::none;
                };
                const auto mine = begun(*store, "k", w);
                REQUIRE(mine != nullptr);
                CHECK(mine->number() == 1);
                const auto done = mine->complete(ctx, "{}");
                REQUIRE(done);
                CHECK(done->result == "{}");
                CHECK((*store->find(ctx, {"k", "payload"}))->attempts == 1);
                if (r.wrong == fault::torn_reply) {
                    CHECK(redis.last_reply() > 0);
                    if (cut == 0) length = std::string_view(r.what) == "end" ? 4 : 300;
                }
                CHECK((faults <= 0 || kept)); // a kept connection is not connected again
            }
        }
    }
}

TEST_CASE("a torn reply is an error of a moment, for whoever has no connection to fall back on") {
    fake_redis::server redis;
    const auto store = redis.store({.kept = 0});
    testing::world w;
    const auto ctx = w.make_context();
    const idem::identity id{"k", "payload"};
    REQUIRE(store->claim(ctx, asking(id, w))->granted);
    redis.misbehave = [&](std::string_view what) {
        return what == "HMGET" ? fault::torn_reply : fault::none;
    };
    (void)store->find(ctx, id);
    const auto whole = redis.last_reply();
    CHECK(whole > 100);
    for (std::size_t cut = 0; cut < whole; ++cut) {
        CAPTURE(cut);
        redis.torn_after = cut;
        const auto said = store->find(ctx, id);
        REQUIRE_FALSE(said);
        CHECK(said.error().kind == error_class::transient);
        CHECK(said.error().code == errc::input_output);
    }
    redis.torn_after = whole; // torn only after all was said
    CHECK(store->find(ctx, id));
}

TEST_CASE("scripts are sent once, and again to a server that does not know them") {
    fake_redis::server redis;
    const auto store = redis.store();
    testing::world w;
    for (const char* key : {"a", "b", "c"}) REQUIRE(begun(*store, key, w) != nullptr);
    CHECK(redis.count("claim") == 3);
    CHECK(redis.count("EVALSHA") == 1);
    CHECK(redis.count("CONNECT") == 1);
    redis.forget_scripts();
    REQUIRE(begun(*store, "d", w) != nullptr);
    CHECK(redis.count("EVALSHA") == 2);
}

TEST_CASE("a connection that has waited for long is not used") {
    fake_redis::server redis;
    const auto store = redis.store();
    testing::world w;
    REQUIRE(begun(*store, "a", w) != nullptr);
    w.clock.advance(20s);
    REQUIRE(begun(*store, "b", w) != nullptr);
    CHECK(redis.count("CONNECT") == 1);
    w.clock.advance(20s + 1ms);
    REQUIRE(begun(*store, "c", w) != nullptr);
    CHECK(redis.count("CONNECT") == 2);
}

TEST_CASE("what the server says is wrong is sorted by who can act") {
    struct row {
        const char* says;
        error_class kind;
        const char* message;
    };
    const row rows[] = {
        {"-LOADING Redis is loading", error_class::transient, ": LOADING Redis is loading"},
        {"-BUSY a script", error_class::transient, "BUSY"},
        {"-TRYAGAIN x", error_class::transient, "TRYAGAIN"},
        {"-CLUSTERDOWN x", error_class::transient, "CLUSTERDOWN"},
        {"-READONLY x", error_class::transient, "READONLY"},
        {"-NOREPLICAS x", error_class::transient, "NOREPLICAS"},
        {"-MISCONF x", error_class::transient, "MISCONF"},
        {"-MASTERDOWN x", error_class::transient, "MASTERDOWN"},
        {"-OOM command not allowed", error_class::transient, "OOM"},
        {"-ERR max number of clients reached", error_class::transient, "max number"},
        {"-ERR Error running script (call to f_0a): @user_script:3: @user_script: 3: -READONLY You",
         error_class::transient, ": READONLY You"},
        {"-NOAUTH x", error_class::permanent, ": NOAUTH (it wants a password"},
        {"-ERR Protocol error: unauthenticated multibulk length", error_class::permanent,
         ": NOAUTH (it wants a password"},
        {"-ERR Protocol error: unauthenticated bulk length", error_class::permanent,
         ": NOAUTH (it wants a password"},
        {"-WRONGPASS x", error_class::permanent, "WRONGPASS"},
        {"-NOPERM x", error_class::permanent, "NOPERM"},
        {"-WRONGTYPE x", error_class::permanent, "WRONGTYPE"},
        {"-MOVED 1 10.0.0.1:6379", error_class::permanent, "part of a cluster"},
        {"-ASK 1 10.0.0.1:6379", error_class::permanent, "part of a cluster"},
        {"-ERR unknown command 'X', with args beginning with: 'payload'", error_class::permanent,
         "unknown command 'X'"},
        {"-NOSCRIPT x", error_class::permanent, "NOSCRIPT"}, // also to EVAL
        {"HTTP/1.1 400 Bad Request", error_class::permanent, "does not answer as Redis does"},
        {"+OK", error_class::permanent, "cannot be read"},
        {"*0", error_class::permanent, "cannot be read"},
        {"*1\r\n$1\r\n1", error_class::permanent, "cannot be read"},
        {"*1\r\n:1", error_class::permanent, "cannot be read"}, // a claim has a record
        {"*9\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1", error_class::permanent,
         "cannot be read"},
        {"*9\r\n:1\r\n$1\r\n1\r\n$1\r\n1\r\n$1\r\n1\r\n$1\r\n1\r\n$1\r\n1\r\n$1\r\n1\r\n$1\r\n1"
         "\r\n$1\r\n1",
         error_class::permanent, "cannot be read"},
        {"*9\r\n:1\r\n+INPROGRESS\r\n+00000000000000010000000000000003\r\n+1\r\n+1\r\n+1\r\n+1"
         "\r\n+payload\r\n+",
         error_class::permanent, "cannot be read"}, // granted, but to somebody else
        {"", error_class::permanent, "an empty line"},
    };
    testing::world w;
    for (const row& r : rows) {
        CAPTURE(r.says);
        idem::redis_store store({}, std::make_unique<parrot>(std::string(r.says) + "\r\n"));
        const idem::identity id{"k", "payload"};
        const auto said = store.claim(w.make_context(), asking(id, w));
        REQUIRE_FALSE(said);
        CAPTURE(said.error().message);
        CHECK(said.error().kind == r.kind);
        CHECK(said.error().message.find(r.message) != std::string::npos);
        CHECK(said.error().message.find("payload") == std::string::npos);
        if (std::string_view(r.message) == "cannot be read") {
            CHECK(said.error().message
                  == "the record headrace:k in Redis at 127.0.0.1 port 6379 cannot be read");
        }
    }
    // Who names no port means the usual one.
    struct nobody final : net::connector {
        result<std::unique_ptr<net::stream>> connect(const net::peer& to,
                                                     std::chrono::milliseconds) override {
            return error::transient(to.host + " " + to.port);
        }
    };
    idem::redis_store usual{{.server = {.host = "h"}}, std::make_unique<nobody>()};
    CHECK(usual.find(w.make_context(), {"k", ""}).error().message == "h 6379");
    // Who repeats a password, as servers without AUTH do, is not repeated.
    idem::redis_options to{.password = "hushed"};
    idem::redis_store store(to, std::make_unique<parrot>("-ERR unknown command 'AUTH' hushed\r\n"));
    const auto said = store.find(w.make_context(), {"k", ""});
    REQUIRE_FALSE(said);
    CHECK(said.error().message.find("hushed") == std::string::npos);
}

TEST_CASE("real servers that are full, replicas or part of a cluster") {
    testing::world w;
    const auto ctx = w.make_context();
    const idem::identity id{"k", "payload"};
    const auto fails = [&](const idem::redis_options& to, std::string_view word) {
        idem::redis_store store(to);
        const auto said = store.claim(ctx, asking(id, w));
        REQUIRE_FALSE(said);
        CAPTURE(said.error().message);
        CHECK(said.error().kind == error_class::transient);
        CHECK(said.error().message.find(word) != std::string::npos);
    };
    {
        const servers::server redis(servers::redis());
        inquiry ask(redis);
        ask({"CONFIG", "SET", "maxmemory", "1"});
        fails(at(redis), ": OOM ");
        ask({"CONFIG", "SET", "maxmemory", "0"});
        idem::redis_store store(at(redis));
        REQUIRE(store.claim(ctx, asking(id, w))->granted);
        ask({"REPLICAOF", "127.0.0.1", "1"});
        const auto other = store.claim(ctx, asking({"other", ""}, w));
        REQUIRE_FALSE(other);
        CHECK(other.error().kind == error_class::transient);
        CHECK(other.error().message.find(": READONLY ") != std::string::npos);
        ask({"SET", "headrace:text", "x"});
    }
    const auto bus = std::to_string(servers::bound_socket().port()); // not 10,000 above the other
    const servers::server cluster(
        servers::redis({"--cluster-enabled", "yes", "--cluster-port", bus}));
    fails(at(cluster), ": CLUSTERDOWN ");
}

TEST_CASE("no call takes longer than it may, and without time none is made") {
    const servers::bound_socket silent(8);
    idem::redis_options to;
    to.server.port = std::to_string(silent.port());
    to.patience = 50ms;
    idem::redis_store store(to);
    testing::world w;
    const auto begin = std::chrono::steady_clock::now();
    const auto said = store.find(w.make_context(), {"k", ""});
    REQUIRE_FALSE(said);
    CHECK(said.error().kind == error_class::transient);
    CHECK(said.error().message.find("it took too long") != std::string::npos);

    to.patience = 1h;
    idem::redis_store patient(to);
    CHECK_FALSE(patient.find(w.make_context(50ms), {"k", ""}));
    CHECK(std::chrono::steady_clock::now() - begin < 5s);

    traffic seen;
    idem::redis_store late(to, std::make_unique<counting>(seen));
    const auto none = late.find(w.make_context(0ms), {"k", ""});
    REQUIRE_FALSE(none);
    CHECK(none.error().kind == error_class::deadline);
    CHECK(seen.connections == 0);
}

TEST_CASE("concurrent calls have a connection each, and so many are kept") {
    const servers::server redis(servers::redis());
    traffic seen;
    auto to = at(redis);
    to.kept = 4;
    idem::redis_store store(to, std::make_unique<counting>(seen));
    std::atomic<int> won = 0;
    std::vector<std::jthread> threads;
    for (std::uint64_t t = 0; t < 8; ++t) {
        threads.emplace_back([&, t] {
            testing::world w;
            for (int k = 0; k < 200; ++k) {
                const idem::identity id{std::to_string(k), "payload"};
                auto request = asking(id, w);
                request.owner = {{t, 0}};
                const auto said = store.claim(w.make_context(), request);
                if (said && said->granted) ++won;
            }
        });
    }
    threads.clear();
    CHECK(won == 200);
    inquiry ask(redis);
    const auto clients = ask({"INFO", "clients"}).text;
    CAPTURE(clients);
    const auto count = std::stoi(clients.substr(clients.find("connected_clients:") + 18));
    CHECK(count >= 2);
    CHECK(count <= 1 + 4 + 8); // ours, the kept ones, and those that are just closing
}
