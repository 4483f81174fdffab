// SPDX-License-Identifier: BSL-1.0
#include <headrace/runtime/transport.hpp>

#include "doubles.hpp"

#include <doctest/doctest.h>

#include <netdb.h>

#include <string>
#include <string_view>
#include <vector>

using namespace headrace;
using namespace headrace::runtime;
using testing::framing;
using testing::runtime_api;
using testing::scripted_event;

namespace {

constexpr std::string_view next_target = "/2018-06-01/runtime/invocation/next";

const request next_request{.method = "GET", .target = next_target, .headers = {}, .body = {}};

std::string response_target(std::string_view id) {
    return "/2018-06-01/runtime/invocation/" + std::string(id) + "/response";
}

request post_to(std::string_view target, std::string_view body) {
    return {.method = "POST", .target = target, .headers = {}, .body = body};
}

std::unique_ptr<transport> connect_to(const runtime_api& api, transport_limits limits = {}) {
    auto server = parse_endpoint(api.address());
    REQUIRE(server);
    return make_tcp_transport(*server, limits);
}

// A text that shows lost, doubled and swapped pieces.
std::string pattern(std::size_t size) {
    std::string text(size, ' ');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('!' + (i * i + i / 7) % 90);
    return text;
}

} // namespace

TEST_CASE("the address of the Runtime API comes in several forms") {
    struct row {
        std::string_view text;
        endpoint server;
    };
    const row rows[] = {
        {"127.0.0.1:9001", {"127.0.0.1", "9001", ""}},
        {"localhost:9001/", {"localhost", "9001", ""}},
        {"[::1]:9001", {"::1", "9001", ""}},
        {"[fe80::1%eth0]:80", {"fe80::1%eth0", "80", ""}},
        {"[::1]", {"::1", "80", ""}},
        {"runtime.internal", {"runtime.internal", "80", ""}},
        {"http://127.0.0.1:9000/.rt/orders", {"127.0.0.1", "9000", "/.rt/orders"}},
        {"HTTP://host/a/b//", {"host", "80", "/a/b"}},
        {"127.0.0.1:9000/prefix", {"127.0.0.1", "9000", "/prefix"}},
        {"http://[::1]:65535/p", {"::1", "65535", "/p"}},
    };
    for (const row& r : rows) {
        CAPTURE(r.text);
        const auto server = parse_endpoint(r.text);
        REQUIRE(server);
        CHECK(server->host == r.server.host);
        CHECK(server->port == r.server.port);
        CHECK(server->prefix == r.server.prefix);
    }
}

TEST_CASE("what is no address of a Runtime API is refused and named") {
    for (const std::string_view text : {"",
                                        ":9001",
                                        "http://",
                                        "https://host:443",
                                        "ftp://host",
                                        "host:",
                                        "host:0",
                                        "host:65536",
                                        "host:99999999999999999999",
                                        "host:9a",
                                        "host:-1",
                                        "[::1",
                                        "[]:1",
                                        "[::1]9001",
                                        "a b:1",
                                        "host:1/a b",
                                        "host:1/a\r\nX: y",
                                        "user@host:1",
                                        "host:1/?q",
                                        "host:1/#f",
                                        "h\xC3\xB6st:1",
                                        "::1"}) {
        CAPTURE(text);
        const auto server = parse_endpoint(text);
        REQUIRE_FALSE(server);
        CHECK(server.error().kind == error_class::invalid);
        CHECK(server.error().message.starts_with("AWS_LAMBDA_RUNTIME_API "));
    }
}

TEST_CASE("header lines are found by name in any case, the first of several") {
    header_block headers;
    headers.add("Lambda-Runtime-Trace-Id", "Root=1");
    headers.add("empty", "");
    headers.add("LAMBDA-RUNTIME-TRACE-ID", "Root=2");
    CHECK(headers.size() == 3);
    CHECK(headers.get("lambda-runtime-trace-id") == "Root=1");
    CHECK(headers.get("Empty").empty());
    CHECK(headers.get("lambda-runtime-trace").empty());
    headers.clear();
    CHECK(headers.size() == 0);
    CHECK(headers.get("empty").empty());
}

TEST_CASE("a body arrives whole, however it is framed and cut") {
    struct row {
        framing body;
        std::size_t size;
        std::size_t piece;
    };
    std::vector<row> rows;
    for (const framing body : {framing::content_length, framing::chunked, framing::close}) {
        for (const std::size_t size : {0u, 1u, 700u}) rows.push_back({body, size, 1});
        for (const std::size_t size : {0u, 3u, 4096u, 100'000u}) rows.push_back({body, size, 0});
        rows.push_back({body, 300'000, 1'000});
        rows.push_back({body, 6'291'556, 0});
    }
    rows.push_back({framing::chunked, 6'291'556, 65'536});
    for (const row& r : rows) {
        CAPTURE(static_cast<int>(r.body));
        CAPTURE(r.size);
        CAPTURE(r.piece);
        const std::string payload = pattern(r.size);
        const runtime_api api({{.payload = payload, .body = r.body, .piece = r.piece}});
        const auto wire = connect_to(api);
        response in;
        doubles::text_buffer body;
        const auto done = wire->exchange(next_request, in, body);
        REQUIRE(done);
        CHECK(in.status == 200);
        CHECK(in.headers.get("lambda-runtime-aws-request-id") == "request-0");
        CHECK(body.calls >= 1);
        CHECK((body.taken(in) == payload));
        if (r.body == framing::content_length) CHECK(body.calls == 1);
    }
}

TEST_CASE("one connection carries many exchanges, large requests too") {
    const std::string large = pattern(6'291'556);
    const runtime_api api({{.payload = "1"}, {.payload = "2", .body = framing::chunked}});
    const auto wire = connect_to(api);
    response in;
    doubles::text_buffer body;
    for (const std::string_view id : {"request-0", "request-1"}) {
        REQUIRE(wire->exchange(next_request, in, body));
        const std::string target = response_target(id);
        REQUIRE(wire->exchange(post_to(target, large), in, body));
        CHECK(in.status == 202);
    }
    CHECK(api.connections() == 1);
    REQUIRE(api.answers().size() == 2);
    CHECK((api.answers()[1].call.body == large));
    CHECK(api.mistakes().empty());
}

TEST_CASE("requests name the host, put the prefix in front and carry their length") {
    const std::string reply = "HTTP/1.1 204 No Content\r\n\r\n";
    doubles::canned_server server({reply, reply});
    auto to = server.address();
    to.prefix = "/.rt/orders";
    response in;
    doubles::text_buffer body;
    const header_view headers[] = {{"X-One", "a b"}, {"X-Two", ""}};
    REQUIRE(make_tcp_transport(to)->exchange(
        {.method = "POST", .target = "/t?q=1", .headers = headers, .body = "xyz"}, in, body));
    CHECK(in.status == 204);
    CHECK(in.body_size == 0);
    REQUIRE(make_tcp_transport(to)->exchange(next_request, in, body));
    const auto seen = server.finish();
    REQUIRE(seen.size() == 2);
    CHECK(seen[0].starts_with("POST /.rt/orders/t?q=1 HTTP/1.1\r\nHost: 127.0.0.1:" + server.port
                              + "\r\nX-One: a b\r\nX-Two: \r\nContent-Length: 3\r\n\r\n"));
    CHECK(seen[1].find("Content-Length") == std::string::npos);
}

TEST_CASE("a request that would not be HTTP is a bug and is not sent") {
    const runtime_api api({});
    const auto wire = connect_to(api);
    response in;
    doubles::text_buffer body;
    const header_view bad_value[] = {{"X", "a\r\nY: b"}};
    const header_view bad_name[] = {{"X\n", "a"}};
    const request requests[] = {
        {.method = "GET", .target = "/a b", .headers = {}, .body = {}},
        {.method = "GET", .target = "/a\r\nX: y", .headers = {}, .body = {}},
        {.method = "GET", .target = "/", .headers = bad_value, .body = {}},
        {.method = "GET", .target = "/", .headers = bad_name, .body = {}},
    };
    for (const request& out : requests) {
        const auto done = wire->exchange(out, in, body);
        REQUIRE_FALSE(done);
        CHECK(done.error().kind == error_class::bug);
    }
    CHECK(api.connections() == 0);
}

TEST_CASE("a kept connection that dies before it answers is replaced once for a GET") {
    SUBCASE("one drop is survived") {
        const runtime_api api({{.payload = "1"}, {.payload = "2", .dropped_requests = 1}});
        const auto wire = connect_to(api);
        response in;
        doubles::text_buffer body;
        REQUIRE(wire->exchange(next_request, in, body));
        const std::string target = response_target("request-0");
        REQUIRE(wire->exchange(post_to(target, "{}"), in, body));
        REQUIRE(wire->exchange(next_request, in, body));
        CHECK(body.taken(in) == "2");
        CHECK(api.connections() == 2);
    }
    SUBCASE("two drops are not") {
        const runtime_api api({{.payload = "1"}, {.payload = "2", .dropped_requests = 2}});
        const auto wire = connect_to(api);
        response in;
        doubles::text_buffer body;
        REQUIRE(wire->exchange(next_request, in, body));
        const std::string target = response_target("request-0");
        REQUIRE(wire->exchange(post_to(target, "{}"), in, body));
        const auto done = wire->exchange(next_request, in, body);
        REQUIRE_FALSE(done);
        CHECK(done.error().kind == error_class::transient);
        CHECK(done.error().code == errc::input_output);
        CHECK(api.connections() == 2);
    }
    SUBCASE("nor is one on a new connection") {
        const runtime_api api({{.payload = "1", .dropped_requests = 1}});
        response in;
        doubles::text_buffer body;
        CHECK_FALSE(connect_to(api)->exchange(next_request, in, body));
        CHECK(api.connections() == 1);
    }
    SUBCASE("nor one in the middle of a response") {
        const runtime_api api({{.payload = "1"}, {.payload = "cut short", .cut_after = 3}});
        const auto wire = connect_to(api);
        response in;
        doubles::text_buffer body;
        REQUIRE(wire->exchange(next_request, in, body));
        const std::string target = response_target("request-0");
        REQUIRE(wire->exchange(post_to(target, "{}"), in, body));
        const auto done = wire->exchange(next_request, in, body);
        REQUIRE_FALSE(done);
        CHECK(done.error().message.find("closed before the response ended") != std::string::npos);
        CHECK(api.connections() == 1);
    }
}

TEST_CASE("a GET that a server answers with 408 on a kept connection is sent once more") {
    const std::string reply = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    doubles::canned_server server({reply, reply}, doubles::canned_server::rest::gives_up);
    auto wire = make_tcp_transport(server.address());
    response in;
    doubles::text_buffer body;
    for (int i = 0; i < 2; ++i) {
        REQUIRE(wire->exchange(next_request, in, body));
        CHECK(in.status == 200);
        CHECK(body.taken(in) == "hi");
    }
    wire.reset();
    CHECK(server.finish().size() == 2);
}

TEST_CASE("an idle connection that the server closed is replaced before a POST") {
    const runtime_api api({{.payload = "1", .closes_connection = true}, {.payload = "2"}});
    const auto wire = connect_to(api);
    response in;
    doubles::text_buffer body;
    REQUIRE(wire->exchange(next_request, in, body));
    api.wait_for_closed(1);
    const std::string target = response_target("request-0");
    REQUIRE(wire->exchange(post_to(target, "{}"), in, body));
    CHECK(in.status == 202);
    REQUIRE(wire->exchange(next_request, in, body));
    CHECK(api.connections() == 2);
    CHECK(api.answers().size() == 1);
}

TEST_CASE("a POST that the server took and did not answer is never sent again") {
    const runtime_api api({{.payload = "1", .answer_status = 0}});
    const auto wire = connect_to(api);
    response in;
    doubles::text_buffer body;
    REQUIRE(wire->exchange(next_request, in, body));
    const std::string target = response_target("request-0");
    CHECK_FALSE(wire->exchange(post_to(target, "{}"), in, body));
    CHECK(api.answers().size() == 1);
    CHECK(api.connections() == 1);
}

TEST_CASE("responses that the parser has to be careful with") {
    struct row {
        std::string bytes;
        unsigned status; // 0: an error
        std::string_view body;
    };
    const row rows[] = {
        {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nX: y\r\n\r\n"
         "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
         200, "hi"},
        {"HTTP/1.0 200 OK\r\n\r\nuntil the end", 200, "until the end"},
        {"HTTP/1.1 200 \r\ncontent-length: 2\r\n\r\nhi, and more", 200, "hi"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;ext=1\r\nhi\r\n1\r\n!\r\n0\r\n"
         "Trailer: x\r\n\r\n",
         200, "hi!"},
        {"HTTP/1.1 599 Odd\r\nContent-Length: 0\r\n\r\n", 599, ""},
        {"", 0, ""},
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhi", 0, ""},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhi", 0, ""},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhi\r\n0\r\n\r\n", 0, ""},
        {"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", 0, ""},
        {"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", 0, ""},
        {"HTTP/1.1 200 OK\r\nX", 0, ""},
        {"HTTP/2 200\r\n\r\n", 0, ""},
        {"SSH-2.0-OpenSSH\r\n\r\n", 0, ""},
    };
    for (const row& r : rows) {
        CAPTURE(r.bytes);
        doubles::canned_server server({r.bytes});
        response in;
        doubles::text_buffer body;
        const auto done = make_tcp_transport(server.address())->exchange(next_request, in, body);
        REQUIRE(done.has_value() == (r.status != 0));
        if (!done) {
            CHECK(done.error().code == errc::input_output);
            CHECK(done.error().message.find("127.0.0.1:" + server.port) != std::string::npos);
            continue;
        }
        CHECK(in.status == r.status);
        CHECK(body.taken(in) == r.body);
    }
}

TEST_CASE("a connection is not used again after unasked bytes or when the server says so") {
    const std::string reply = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    for (const std::string& first : {reply + "HTTP/1.1 408 Idle\r\n\r\n",
                                     "HTTP/1.1 200 OK\r\nConnection: close" + reply.substr(15),
                                     "HTTP/1.0" + reply.substr(8)}) {
        CAPTURE(first);
        doubles::canned_server server({first, reply}, doubles::canned_server::rest::stays_open);
        auto wire = make_tcp_transport(server.address());
        response in;
        doubles::text_buffer body;
        for (int i = 0; i < 2; ++i) {
            const auto done = wire->exchange(post_to("/", ""), in, body);
            REQUIRE(done);
            CHECK(in.status == 200);
            CHECK(body.taken(in) == "hi");
        }
        wire.reset();
        CHECK(server.finish().size() == 2);
    }
}

TEST_CASE("an early refusal counts although the server reads no further") {
    const std::string large(20'000'000, 'x'); // more than the sockets' buffers take
    using rest = doubles::canned_server::rest;
    for (const rest after : {rest::read, rest::unread}) {
        CAPTURE(static_cast<int>(after));
        doubles::canned_server server({"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n"},
                                      after);
        response in;
        doubles::text_buffer body;
        const auto done =
            make_tcp_transport(server.address())->exchange(post_to("/", large), in, body);
        REQUIRE(done);
        CHECK(in.status == 413);
    }
}

TEST_CASE("limits hold for headers and bodies of any framing, and can be set") {
    const std::string body(2'000, 'b');
    const std::string sized = "HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + body;
    const std::string chunked =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" + body + "\r\n0\r\n\r\n";
    const std::string until_end = "HTTP/1.1 200 OK\r\n\r\n" + body;
    const std::string headers = "HTTP/1.1 200 OK\r\nX: " + body + "\r\nContent-Length: 0\r\n\r\n";
    struct row {
        const std::string& bytes;
        transport_limits limits;
        bool fits;
    };
    const row rows[] = {
        {sized, {.body = 2'000}, true},      {sized, {.body = 1'999}, false},
        {chunked, {.body = 2'000}, true},    {chunked, {.body = 1'999}, false},
        {until_end, {.body = 2'000}, true},  {until_end, {.body = 1'999}, false},
        {headers, {.headers = 3'000}, true}, {headers, {.headers = 1'000}, false},
    };
    for (const row& r : rows) {
        CAPTURE(r.bytes.substr(0, 60));
        CAPTURE(r.fits);
        doubles::canned_server server({r.bytes});
        response in;
        doubles::text_buffer into;
        CHECK(make_tcp_transport(server.address(), r.limits)
                  ->exchange(next_request, in, into)
                  .has_value()
              == r.fits);
    }
}

TEST_CASE("headers of 60 kB pass by default") {
    const std::string context(60'000, 'c');
    const runtime_api api(
        {{.payload = "{}", .headers = {{"Lambda-Runtime-Client-Context", context}}}});
    response in;
    doubles::text_buffer body;
    REQUIRE(connect_to(api)->exchange(next_request, in, body));
    CHECK((in.headers.get("lambda-runtime-client-context") == context));
}

TEST_CASE("a body that the buffer refuses ends the exchange with the buffer's error") {
    struct full_buffer final : body_buffer {
        [[nodiscard]] result<char*> grow(std::size_t, std::size_t size) override {
            if (size > 5'000) return error::malformed("no room");
            space.resize(size);
            return space.data();
        }
        std::string space;
    };
    for (const framing how : {framing::content_length, framing::chunked, framing::close}) {
        const runtime_api api({{.payload = pattern(50'000), .body = how}});
        response in;
        full_buffer body;
        const auto done = connect_to(api)->exchange(next_request, in, body);
        REQUIRE_FALSE(done);
        CHECK(done.error().message == "no room");
    }
}

TEST_CASE("an API that is not there is a transient error that says where it was looked for") {
    std::string address;
    {
        const runtime_api gone({});
        address = gone.address();
    }
    response in;
    doubles::text_buffer body;
    const auto server = parse_endpoint(address);
    REQUIRE(server);
    const auto refused = make_tcp_transport(*server)->exchange(next_request, in, body);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == error_class::transient);
    CHECK(refused.error().message.starts_with("the Runtime API at " + address + ": "));

    const auto unknown =
        make_tcp_transport({"no-such-host.invalid", "9001", ""})->exchange(next_request, in, body);
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error().code == errc::input_output);
    const auto bad_v6 = make_tcp_transport({"::g", "9001", ""})->exchange(next_request, in, body);
    REQUIRE_FALSE(bad_v6);
    CHECK(bad_v6.error().message.starts_with("the Runtime API at [::g]:9001: "));
}

TEST_CASE("IPv6, names and prefixes reach the server") {
    response in;
    doubles::text_buffer body;
    SUBCASE("prefix") {
        const runtime_api api({{.payload = "hi"}}, {.prefix = "/.rt/orders"});
        REQUIRE(api.address().ends_with("/.rt/orders"));
        REQUIRE(connect_to(api)->exchange(next_request, in, body));
        CHECK(body.taken(in) == "hi");
    }
    SUBCASE("name") {
        const runtime_api api({{.payload = "hi"}});
        const auto server = parse_endpoint(api.address());
        REQUIRE(server);
        // A machine without /etc/hosts may not know the name; then neither does the transport.
        addrinfo* found = nullptr;
        const bool known = ::getaddrinfo("localhost", nullptr, nullptr, &found) == 0;
        if (known) ::freeaddrinfo(found);
        const auto reached =
            make_tcp_transport({"localhost", server->port, ""})->exchange(next_request, in, body);
        REQUIRE(reached.has_value() == known);
        if (known) CHECK(body.taken(in) == "hi");
    }
    SUBCASE("IPv6") {
        std::unique_ptr<runtime_api> api;
        try {
            api = std::make_unique<runtime_api>(std::vector<scripted_event>{{.payload = "hi"}},
                                                testing::runtime_api_options{.ipv6 = true});
        } catch (const std::system_error& e) {
            MESSAGE("no IPv6 here: ", e.what());
            return;
        }
        REQUIRE(api->address().starts_with("[::1]:"));
        REQUIRE(connect_to(*api)->exchange(next_request, in, body));
        CHECK(body.taken(in) == "hi");
    }
}
