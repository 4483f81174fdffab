// SPDX-License-Identifier: BSL-1.0
#include "certificates.hpp"
#include "servers.hpp"

#include <headrace/net/stream.hpp>

#include <doctest/doctest.h>

#include <netdb.h>

#include <chrono>
#include <future>
#include <string>
#include <string_view>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;

namespace {

net::peer at(std::uint16_t port) { return {"127.0.0.1", std::to_string(port), false, ""}; }

std::string text(net::stream& from, std::size_t most = 100) {
    std::string got(most, '\0');
    const auto size = from.read_some(got, 5s);
    REQUIRE(size);
    got.resize(*size);
    return got;
}

void is_broken(const error& e, std::string_view stage) {
    CAPTURE(e.message);
    CHECK(e.kind == error_class::transient);
    CHECK(e.code == errc::input_output);
    CHECK(e.message.starts_with(stage));
}

headrace::detail::descriptor accepted(const servers::bound_socket& by) {
    return headrace::detail::descriptor(::accept4(by.get(), nullptr, nullptr, SOCK_CLOEXEC));
}

// A machine without /etc/hosts may not know the name.
bool localhost_has_an_address() {
    addrinfo* found = nullptr;
    if (::getaddrinfo("localhost", nullptr, nullptr, &found) != 0) return false;
    ::freeaddrinfo(found);
    return true;
}

} // namespace

TEST_CASE("bytes go both ways until the peer closes") {
    const servers::bound_socket listener(4);
    const auto connector = net::make_connector();
    auto to = connector->connect(at(listener.port()), 5s);
    REQUIRE(to);
    auto peer = accepted(listener);

    CHECK((*to)->write("ping", 5s));
    char got[8];
    CHECK(::recv(peer.get(), got, sizeof got, 0) == 4);
    CHECK(::send(peer.get(), "pong", 4, 0) == 4);
    CHECK(text(**to, 3) == "pon");
    CHECK(text(**to) == "g");

    const std::string large(8 << 20, 'x'); // more than the sockets hold
    auto received = std::async(std::launch::async, [&] {
        std::string all(large.size(), '\0');
        return ::recv(peer.get(), all.data(), all.size(), MSG_WAITALL)
                   == static_cast<ssize_t>(all.size())
               && all == large;
    });
    CHECK((*to)->write(large, 20s));
    CHECK(received.get());

    peer = headrace::detail::descriptor();
    CHECK(text(**to) == "");
    auto written =
        (*to)->write("x", 5s); // the first one goes, the answer says that it went nowhere
    for (int i = 0; i < 100 && written; ++i) written = (*to)->write("x", 5s);
    REQUIRE_FALSE(written);
    is_broken(written.error(), "writing to 127.0.0.1:");
}

TEST_CASE("nothing takes longer than it may") {
    const auto connector = net::make_connector();
    const auto begin = std::chrono::steady_clock::now();

    const servers::bound_socket silent(4);
    auto to = connector->connect(at(silent.port()), 5s);
    REQUIRE(to);
    char byte = 0;
    auto got = (*to)->read_some({&byte, 1}, 30ms);
    REQUIRE_FALSE(got);
    is_broken(got.error(), "reading from 127.0.0.1:");
    CHECK(got.error().message.ends_with("it took too long"));
    CHECK_FALSE((*to)->read_some({&byte, 1}, 5s)); // of no more use
    CHECK_FALSE((*to)->write("x", 5s));

    to = connector->connect(at(silent.port()), 5s);
    REQUIRE(to);
    const std::string large(64 << 20, 'x');
    const auto sent = (*to)->write(large, 30ms);
    REQUIRE_FALSE(sent);
    is_broken(sent.error(), "writing to 127.0.0.1:");

    auto secret = at(silent.port());
    secret.tls = true;
    const auto agreed = connector->connect(secret, 30ms);
    REQUIRE_FALSE(agreed);
    is_broken(agreed.error(), "agreeing on TLS with 127.0.0.1:");

    const servers::bound_socket full(0); // no room for more than one that waits
    std::vector<result<std::unique_ptr<net::stream>>> waiting;
    for (int i = 0; i < 4; ++i) waiting.push_back(connector->connect(at(full.port()), 30ms));
    REQUIRE_FALSE(waiting.back());
    is_broken(waiting.back().error(), "connecting to 127.0.0.1:");

    CHECK(connector->connect(at(silent.port()), -1ms).has_value() == false);
    CHECK(std::chrono::steady_clock::now() - begin < 4s);
}

TEST_CASE("what cannot be reached is said with the stage and the peer") {
    const auto connector = net::make_connector();
    const servers::bound_socket closed; // bound, so that nobody else gets it, but does not listen
    const auto refused = connector->connect(at(closed.port()), 5s);
    REQUIRE_FALSE(refused);
    is_broken(refused.error(),
              "connecting to 127.0.0.1:" + std::to_string(closed.port()) + ": Connection refused");
    for (const auto& nobody :
         {net::peer{"nobody.invalid", "6379", false, ""},
          net::peer{"127.0.0.1", "redis", false, ""}, net::peer{"::zz", "1", false, ""}}) {
        const auto unknown = connector->connect(nobody, 5s);
        REQUIRE_FALSE(unknown);
        is_broken(unknown.error(), "looking up ");
    }
}

TEST_CASE("a peer whose certificate names it is trusted, and no other") {
    const servers::folder here;
    const servers::folder elsewhere;
    certificates::authority ca(here.path(), "authority of a test");
    const certificates::authority another(elsewhere.path(), "another authority");
    ca.certify("address", "IP:127.0.0.1");
    ca.certify("name", "DNS:localhost");
    ca.certify("wrong", "DNS:*.example.com,IP:127.0.0.2");
    ca.certify("old", "DNS:localhost,IP:127.0.0.1", -1);

    struct row {
        const char* certificate;
        const char* host;
        std::string ca_file;
        const char* refused; // with what; empty: it is not
    };
    const std::vector<row> rows = {
        {"address", "127.0.0.1", ca.ca_file(), ""},
        {"name", "localhost", ca.ca_file(), ""},
        {"address", "localhost", ca.ca_file(), "hostname mismatch"},
        {"name", "127.0.0.1", ca.ca_file(), "IP address mismatch"},
        {"wrong", "127.0.0.1", ca.ca_file(), "IP address mismatch"},
        {"old", "127.0.0.1", ca.ca_file(), "certificate has expired"},
        {"address", "127.0.0.1", another.ca_file(), "unable to get local issuer certificate"},
        {"address", "127.0.0.1", "", "unable to get local issuer certificate"},
        {"address", "127.0.0.1", here.file("none.pem"), "cannot be read"},
    };
    const auto connector = net::make_connector();
    for (const char* certificate : {"address", "name", "wrong", "old"}) {
        const servers::server redis(servers::tls_redis(here.path(), certificate));
        for (const row& r : rows) {
            if (std::string_view(r.certificate) != certificate) continue;
            CAPTURE(r.certificate);
            CAPTURE(r.host);
            CAPTURE(r.ca_file);
            const auto to = connector->connect({r.host, redis.port(), true, r.ca_file}, 5s);
            if (r.host == std::string_view("localhost") && !localhost_has_an_address()) {
                CHECK_FALSE(to);
            } else if (*r.refused == '\0') {
                if (!to) FAIL(to.error().message);
                CHECK((*to)->write("PING\r\n", 5s));
                CHECK(text(**to) == "+PONG\r\n");
            } else {
                REQUIRE_FALSE(to);
                CHECK(to.error().kind == error_class::permanent);
                CHECK(to.error().message.find(r.refused) != std::string::npos);
            }
        }
        // Without TLS such a server says nothing that makes sense, and the other way round.
        auto plain = connector->connect({"127.0.0.1", redis.port(), false, ""}, 5s);
        REQUIRE(plain);
        CHECK((*plain)->write("PING\r\n", 5s));
        char pong[7];
        const auto got = (*plain)->read_some(pong, 5s);
        CHECK((!got || std::string_view(pong, *got) != "+PONG\r\n"));
    }
    const servers::server plain(servers::redis());
    const auto to = connector->connect({"127.0.0.1", plain.port(), true, ca.ca_file()}, 5s);
    REQUIRE_FALSE(to);
    is_broken(to.error(), "agreeing on TLS with 127.0.0.1:");
}
