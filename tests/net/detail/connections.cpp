// SPDX-License-Identifier: BSL-1.0
#include "certificates.hpp"
#include "servers.hpp"

#include <headrace/base/platform.hpp>
#include <headrace/idempotency/stores/redis.hpp>
#include <headrace/net/detail/connections.hpp>
#include <headrace/net/stream.hpp>
#include <headrace/testing/world.hpp>

#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;

namespace {

// Says when it ends.
struct connection {
    int number;
    std::vector<int>& ended;
    connection(int n, std::vector<int>& e) : number(n), ended(e) {}
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;
    ~connection() { ended.push_back(number); }
};

struct pooled {
    pooled(std::size_t most, std::chrono::milliseconds longest) : pool(most, longest) {}
    void keep(int number) {
        pool.keep(std::make_unique<connection>(number, ended), w.clock);
        w.clock.advance(1ms);
    }
    // The connection's number; 0: there is none.
    int take() {
        const auto one = pool.take(w.clock);
        return one == nullptr ? 0 : one->number;
    }
    testing::world w;
    std::vector<int> ended;
    detail::pool<connection> pool;
};

// Does this hold in a child process?
bool holds_in_child(const std::function<bool()>& what) {
    const auto child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) ::_exit(what() ? 0 : 1);
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// The real connections, counted.
struct counted final : net::connector {
    explicit counted(int& n) : count(n) {}
    result<std::unique_ptr<net::stream>> connect(const net::peer& to,
                                                 std::chrono::milliseconds within) override {
        ++count;
        return real->connect(to, within);
    }
    int& count;
    std::unique_ptr<net::connector> real = net::make_connector();
};

} // namespace

TEST_CASE("the connection that was used last is used next") {
    pooled p(2, 100ms);
    CHECK(p.take() == 0);
    p.keep(1);
    p.keep(2);
    CHECK(p.take() == 2);
    CHECK(p.take() == 1);
    CHECK(p.take() == 0);
}

TEST_CASE("of too many the one that has waited longest ends") {
    pooled p(2, 100ms);
    for (const int number : {1, 2, 3}) p.keep(number);
    CHECK(p.ended == std::vector{1});
    CHECK(p.take() == 3);
    CHECK(p.take() == 2);
    pooled none(0, 100ms);
    none.keep(1);
    CHECK(none.ended == std::vector{1});
    CHECK(none.take() == 0);
}

TEST_CASE("where the last one has waited for too long all end") {
    pooled p(3, 100ms);
    p.keep(1);
    p.keep(2);
    p.w.clock.advance(99ms); // to the last moment
    CHECK(p.take() == 2);
    p.keep(3);
    p.w.clock.advance(100ms);
    CHECK(p.take() == 0);
    CHECK(p.ended.size() == 3);
    p.keep(4);
    p.pool.drop_all();
    CHECK(p.take() == 0);
}

TEST_CASE("a child takes no connection of its parent") {
    pooled p(3, 100ms);
    p.keep(1);
    CHECK(holds_in_child([&] { return p.take() == 0 && p.ended == std::vector{1}; }));
    CHECK(holds_in_child([&] {
        p.keep(2);
        return p.ended == std::vector{1} && p.take() == 2 && p.take() == 0;
    }));
    CHECK(p.take() == 1);
}

TEST_CASE("a store in Redis serves parent and child, each over its own connection") {
    const servers::folder here;
    certificates::authority ca(here.path(), "authority of a test");
    ca.certify("server", "IP:127.0.0.1");
    for (const bool tls : {false, true}) {
        CAPTURE(tls);
        const servers::server redis(tls ? servers::tls_redis(here.path(), "server")
                                        : servers::redis());
        int connected = 0;
        idempotency::redis_store store(
            {.server = {"127.0.0.1", redis.port(), tls, tls ? ca.ca_file() : ""}},
            std::make_unique<counted>(connected));
        const auto world = system_platform();
        testing::world w;
        auto ctx = w.make_context();
        ctx.world = &world;
        ctx.deadline.reset();
        const auto claims = [&](const char* key) {
            const idempotency::identity id{key, ""};
            const auto now = world.clock.now();
            const auto said = store.claim(ctx, {.id = id,
                                                .owner = idempotency::owner_id{{1, 2}},
                                                .now = now,
                                                .lease_end = now + 10s,
                                                .expires = now + 20s,
                                                .margin = 1s,
                                                .take_over = true});
            return said && said->granted;
        };
        CHECK(claims("parent"));
        CHECK(connected == 1);
        CHECK(holds_in_child([&] { return claims("child") && connected == 2; }));
        CHECK(claims("parent again"));
        CHECK(connected == 1); // the child has said no goodbye over it
    }
}
