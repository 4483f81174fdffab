// SPDX-License-Identifier: BSL-1.0
#include "scripted.hpp"

#include <headrace/aws/http.hpp>
#include <headrace/testing/world.hpp>

#include <doctest/doctest.h>

#include <stop_token>
#include <string>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;
using scripted::answered;

namespace {

const net::peer server{"db.example", "8000", false, ""};

// One client over a script, in a world that stands still.
struct client {
    explicit client(std::vector<scripted::answers> script, aws::http_limits limits = {})
        : connector(std::move(script)), http(connector, server, limits) {}
    result<aws::http_response> post(std::string_view body = "{}") {
        return http.exchange(ctx, {.method = "POST", .target = "/", .headers = {}, .body = body});
    }
    testing::world w;
    context ctx = w.make_context();
    scripted::connector connector;
    aws::http_client http;
};

} // namespace

TEST_CASE("a request goes out and an answer comes back, and the connection is kept") {
    client c({{answered("200 OK", "one", "X-Odd:  value \r\n"), answered("404 Not Found", "")}});
    const std::vector<aws::header> headers{{"A", "b"}};
    const auto first = c.http.exchange(
        c.ctx, {.method = "POST", .target = "/x?y", .headers = headers, .body = "{}"});
    REQUIRE(first);
    CHECK(first->status == 200);
    CHECK(first->body == "one");
    CHECK(first->find("x-oDD") == "value");
    CHECK(first->find("none").empty());
    CHECK(c.connector.requests[0]
          == "POST /x?y HTTP/1.1\r\nHost: db.example:8000\r\nA: b\r\nContent-Length: 2\r\n\r\n{}");
    const auto second =
        c.http.exchange(c.ctx, {.method = "GET", .target = "/", .headers = {}, .body = {}});
    REQUIRE(second);
    CHECK(second->status == 404);
    CHECK(c.connector.requests[1] == "GET / HTTP/1.1\r\nHost: db.example:8000\r\n\r\n");
    CHECK(c.connector.peers == std::vector{server});
}

TEST_CASE("answers may come in any pieces and in chunks, after others that are no answers") {
    for (const std::size_t piece : {1u, 7u, 1'000'000u}) {
        CAPTURE(piece);
        client c({{"HTTP/1.1 100 Continue\r\n\r\n" + answered("200 OK", "one"),
                   "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                   "3\r\ntwo\r\n5\r\n and \r\n0\r\n\r\n"}});
        c.connector.piece = piece;
        CHECK(c.post().value().body == "one");
        CHECK(c.post().value().body == "two and ");
        CHECK(c.connector.peers.size() == 1);
    }
    client large({{answered("200 OK", std::string(1'000'000, 'x'))}});
    CHECK(large.post().value().body.size() == 1'000'000);
}

TEST_CASE("a connection that the server wants to end is not used again") {
    client c({{answered("200 OK", "one", "Connection: close\r\n")}, {answered("200 OK", "two")}});
    CHECK(c.post().value().body == "one");
    CHECK(c.post().value().body == "two");
    CHECK(c.connector.peers.size() == 2);
}

TEST_CASE("what is not a whole answer is none") {
    const char* const rows[] = {
        "",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        "HTTP/1.1 200 OK\r\n\r\nto the end of the connection",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
    };
    for (const auto* const row : rows) {
        CAPTURE(row);
        client c({{row}});
        const auto said = c.post();
        REQUIRE_FALSE(said);
        CHECK(said.error().kind == error_class::transient);
        CHECK(said.error().code == errc::input_output);
        CHECK(said.error().message.starts_with("db.example:8000: "));
    }
}

TEST_CASE("an answer beyond the limits is refused") {
    const std::string long_head = "HTTP/1.1 200 OK\r\nX: " + std::string(3'000, 'x') + "\r\n\r\n";
    for (const auto& answer : {answered("200 OK", std::string(101, 'x')), long_head}) {
        client c({{answer}}, {.body = 100, .head = 2'000});
        const auto said = c.post();
        REQUIRE_FALSE(said);
        CHECK(said.error().kind == error_class::permanent);
        CHECK(said.error().code == errc::too_large);
    }
    client c({{answered("200 OK", std::string(100, 'x'))}}, {.body = 100, .head = 2'000});
    CHECK(c.post());
    // Neither a chunk's size nor what follows the last one is a place for more.
    const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (const std::string begins : {"1;", "0\r\nX: "}) {
        client endless({{chunked + begins + std::string(1u << 20, 'x')}}, {.head = 2'000});
        const auto said = endless.post();
        REQUIRE_FALSE(said);
        CHECK(said.error().code == errc::too_large);
    }
}

TEST_CASE("no connection is kept where none may be") {
    client c({{answered("200 OK", "one")}, {answered("200 OK", "two")}}, {.kept = 0});
    CHECK(c.post().value().body == "one");
    CHECK(c.post().value().body == "two");
    CHECK(c.connector.peers.size() == 2);
}

TEST_CASE("a request over a dead connection is sent again over a new one, once") {
    client c({{answered("200 OK", "one")}, {answered("200 OK", "two")}});
    CHECK(c.post().value().body == "one");
    CHECK(c.post("again").value().body == "two");
    CHECK(c.connector.requests.size() == 3);
    CHECK(c.connector.requests[1] == c.connector.requests[2]);
    // Nobody is there any more.
    const auto said = c.post();
    REQUIRE_FALSE(said);
    CHECK(said.error().message == "connect");
    // An answer that has begun is not asked for again.
    client begun({{answered("200 OK", "one"), "HTTP/1.1 200"}, {answered("200 OK", "two")}});
    CHECK(begun.post());
    CHECK_FALSE(begun.post());
    CHECK(begun.connector.peers.size() == 1);
}

TEST_CASE("a connection that was idle for long is not used, whichever clock has gone on") {
    struct two_clocks final : clock_source {
        [[nodiscard]] time_point now() const noexcept override { return wall; }
        [[nodiscard]] std::chrono::nanoseconds steady() const noexcept override { return passed; }
        bool sleep_until(time_point, std::stop_token) override { return true; }
        bool sleep_for(std::chrono::nanoseconds, std::stop_token) override { return true; }
        time_point wall = testing::start_of_time;
        std::chrono::nanoseconds passed{0};
    };
    for (const bool frozen : {true, false}) {
        client c(
            {{answered("200 OK", "one"), answered("200 OK", "old")}, {answered("200 OK", "two")}});
        two_clocks clocks;
        const platform world{clocks, c.w.tasks, c.w.random, c.w.env, c.w.log};
        c.ctx.world = &world;
        c.ctx.deadline.reset();
        CHECK(c.post().value().body == "one");
        if (frozen)
            clocks.wall += 20'001ms;
        else
            clocks.passed += 20'001ms;
        CHECK(c.post().value().body == "two");
    }
}

TEST_CASE("an answer that does not come in time is given up") {
    client c({{}, {answered("200 OK", "late")}});
    c.connector.on_silence = [&](std::chrono::milliseconds within) {
        CHECK(within == 3'000ms);
        c.w.clock.advance(within);
    };
    CHECK_FALSE(c.post());
    // The invocation's deadline comes first, and then there is no time for another.
    c.ctx.deadline = c.w.clock.now() + 1s;
    CHECK(c.post().value().body == "late");
    c.connector.on_silence = [&](std::chrono::milliseconds within) {
        CHECK(within == 1'000ms);
        c.w.clock.advance(within);
    };
    CHECK_FALSE(c.post());
    CHECK(c.connector.peers.size() == 2);
    const auto said = c.post();
    REQUIRE_FALSE(said);
    CHECK(said.error().kind == error_class::deadline);
}

TEST_CASE("what would not be HTTP is not sent") {
    for (const auto& header : {aws::header{"A", "b\r\nC: d"}, aws::header{"A: b\r\nC", "d"}}) {
        client c({{answered("200 OK", "")}});
        const auto said = c.http.exchange(
            c.ctx, {.method = "GET", .target = "/", .headers = {&header, 1}, .body = {}});
        REQUIRE_FALSE(said);
        CHECK(said.error().kind == error_class::bug);
        CHECK(c.connector.peers.empty());
    }
    client c({{answered("200 OK", "")}});
    CHECK_FALSE(
        c.http.exchange(c.ctx, {.method = "GET", .target = "/ x", .headers = {}, .body = {}}));
}

TEST_CASE("URLs name a server and a target") {
    struct row {
        const char* url;
        net::peer server;
        const char* target;
    };
    const row rows[] = {
        {"http://a.example", {"a.example", "80", false, ""}, "/"},
        {"HTTPS://a.example/b?c#d", {"a.example", "443", true, ""}, "/b?c"},
        {"http://127.0.0.1:8000/", {"127.0.0.1", "8000", false, ""}, "/"},
        {"https://[::1]:1?a", {"::1", "1", true, ""}, "/?a"},
        {"http://[fd00:ec2::23]/v1", {"fd00:ec2::23", "80", false, ""}, "/v1"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.url);
        const auto read = aws::parse_http_url(row.url, "it");
        REQUIRE(read);
        CHECK(read->server == row.server);
        CHECK(read->target == row.target);
    }
    for (const auto* const bad :
         {"", "a.example", "ftp://a", "http://", "http://:80", "http://a:", "http://a:b",
          "http://a:123456", "http://a:65536", "http://a:0", "http", "https", "http://user@a",
          "http://[::1", "http://a b", "http://[::1]80"}) {
        CAPTURE(bad);
        const auto read = aws::parse_http_url(bad, "it");
        REQUIRE_FALSE(read);
        CHECK(read.error().kind == error_class::invalid);
        CHECK(read.error().message.starts_with("it "));
    }
}
