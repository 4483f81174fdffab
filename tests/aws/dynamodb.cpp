// SPDX-License-Identifier: BSL-1.0
#include "certificates.hpp"
#include "idempotency/fake_dynamodb.hpp"
#include "scripted.hpp"
#include "servers.hpp"

#include <headrace/aws/dynamodb.hpp>
#include <headrace/idempotency/stores/dynamodb.hpp>
#include <headrace/testing/store_conformance.hpp>
#include <headrace/testing/world.hpp>

#include <doctest/doctest.h>

#include <openssl/ssl.h>

#include <algorithm>
#include <future>
#include <memory>
#include <string>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;
using scripted::answered;

namespace {

const aws::credentials example{"AKIDEXAMPLE", "hush", "", {}};

// A client over a script, in a world that stands still at 2026-11-24T22:30:47.201Z.
struct client {
    explicit client(std::vector<scripted::answers> script,
                    aws::dynamodb_client_options how = {.region = "eu-central-1"})
        : connector(std::make_shared<scripted::connector>(std::move(script))), dynamodb([&] {
              how.connector = connector;
              if (!how.credentials) {
                  how.credentials = std::make_shared<aws::fixed_credentials>(example);
              }
              return how;
          }()) {}
    result<aws::dynamodb_answer> call() { return dynamodb.call(w.make_context(), "GetItem", "{}"); }

    testing::world w;
    std::shared_ptr<scripted::connector> connector;
    aws::dynamodb dynamodb;
};

// The value of a header in a request that was sent.
std::string field(const std::string& request, const std::string& name) {
    const auto at = request.find("\r\n" + name + ": ");
    if (at == std::string::npos) return "";
    const auto from = at + name.size() + 4;
    return request.substr(from, request.find("\r\n", from) - from);
}

// A server for one connection over TLS, which takes one request and gives one answer. Gives the
// request; an empty text: there was no connection with TLS.
std::future<std::string> serve_tls(const servers::bound_socket& at, const std::string& certificate,
                                   const std::string& answer) {
    return std::async(std::launch::async, [&at, certificate, answer]() -> std::string {
        const timeval patience{5, 0};
        ::setsockopt(at.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        const detail::descriptor peer(::accept4(at.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!peer) return "";
        ::setsockopt(peer.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> tls(
            SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
        SSL_CTX_use_certificate_file(tls.get(), (certificate + ".pem").c_str(), SSL_FILETYPE_PEM);
        SSL_CTX_use_PrivateKey_file(tls.get(), (certificate + ".key").c_str(), SSL_FILETYPE_PEM);
        const std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(tls.get()), &SSL_free);
        SSL_set_fd(ssl.get(), peer.get());
        if (SSL_accept(ssl.get()) != 1) return "";
        std::string request(10'000, '\0'); // it comes as one record
        const int size = SSL_read(ssl.get(), request.data(), static_cast<int>(request.size()));
        request.resize(static_cast<std::size_t>(std::max(size, 0)));
        SSL_write(ssl.get(), answer.data(), static_cast<int>(answer.size()));
        SSL_shutdown(ssl.get());
        return request;
    });
}

} // namespace

TEST_CASE("an operation is a signed request in AWS JSON 1.0") {
    client c({{answered("200 OK", R"({"Item":{}})")}});
    const auto said = c.call();
    REQUIRE(said);
    CHECK(said->status == 200);
    CHECK(said->body == R"({"Item":{}})");
    const auto& sent = c.connector->requests[0];
    CHECK(c.connector->peers[0]
          == net::peer{"dynamodb.eu-central-1.amazonaws.com", "443", true, ""});
    CHECK(sent.starts_with("POST / HTTP/1.1\r\n"));
    CHECK(sent.ends_with("\r\n\r\n{}"));
    CHECK(field(sent, "Host") == "dynamodb.eu-central-1.amazonaws.com");
    CHECK(field(sent, "Content-Type") == "application/x-amz-json-1.0");
    CHECK(field(sent, "X-Amz-Target") == "DynamoDB_20120810.GetItem");
    CHECK(field(sent, "X-Amz-Date") == "20261124T223047Z");
    const aws::header_view lines[] = {{"Host", "dynamodb.eu-central-1.amazonaws.com"},
                                      {"Content-Type", "application/x-amz-json-1.0"},
                                      {"X-Amz-Target", "DynamoDB_20120810.GetItem"}};
    const auto expected = aws::sign_headers(
        {.method = "POST", .path = "/", .query = {}, .headers = lines, .body = "{}"}, example,
        {.region = "eu-central-1", .service = "dynamodb", .when = testing::start_of_time});
    CHECK(field(sent, "Authorization") == expected.headers.back().value);
}

TEST_CASE("the endpoint is that of the options, of the environment, or of the region") {
    struct row {
        std::vector<std::pair<std::string, std::string>> variables;
        aws::dynamodb_client_options how;
        net::peer server;
    };
    const row rows[] = {
        {{}, {.region = "cn-north-1"}, {"dynamodb.cn-north-1.amazonaws.com.cn", "443", true, ""}},
        {{},
         {.region = "eusc-de-east-1"},
         {"dynamodb.eusc-de-east-1.amazonaws.eu", "443", true, ""}},
        {{}, {.region = "us-iso-east-1"}, {"dynamodb.us-iso-east-1.c2s.ic.gov", "443", true, ""}},
        {{},
         {.region = "us-isob-east-1"},
         {"dynamodb.us-isob-east-1.sc2s.sgov.gov", "443", true, ""}},
        {{},
         {.region = "us-isof-east-1"},
         {"dynamodb.us-isof-east-1.csp.hci.ic.gov", "443", true, ""}},
        {{},
         {.region = "eu-isoe-west-1"},
         {"dynamodb.eu-isoe-west-1.cloud.adc-e.uk", "443", true, ""}},
        {{},
         {.region = "us-gov-west-1"},
         {"dynamodb.us-gov-west-1.amazonaws.com", "443", true, ""}},
        {{{"AWS_REGION", "eu-west-1"}}, {}, {"dynamodb.eu-west-1.amazonaws.com", "443", true, ""}},
        {{{"AWS_ENDPOINT_URL", "http://a:1"}}, {.region = "r"}, {"a", "1", false, ""}},
        {{{"AWS_ENDPOINT_URL", "http://a:1"}, {"AWS_ENDPOINT_URL_DYNAMODB", "http://b:2"}},
         {.region = "r"},
         {"b", "2", false, ""}},
        {{{"AWS_CA_BUNDLE", "env.pem"}},
         {.region = "r", .endpoint = "https://a:1"},
         {"a", "1", true, "env.pem"}},
        {{{"AWS_ENDPOINT_URL_DYNAMODB", "http://b:2"}, {"AWS_CA_BUNDLE", "env.pem"}},
         {.region = "r", .endpoint = "https://c:3", .ca_file = "ca.pem"},
         {"c", "3", true, "ca.pem"}},
    };
    for (const auto& row : rows) {
        client c({{answered("200 OK", "{}")}}, row.how);
        for (const auto& [name, value] : row.variables) c.w.env.set(name, value);
        REQUIRE(c.call());
        CHECK(c.connector->peers[0] == row.server);
    }
    client bad({}, {.region = "r", .endpoint = "dynamo"});
    CHECK(bad.call().error().kind == error_class::permanent);
    for (const auto& how : {aws::dynamodb_client_options{.region = "x.example/"},
                            {.region = "r", .endpoint = "http://a:1/?b"}}) {
        client elsewhere({{answered("200 OK", "{}")}}, how);
        CHECK(elsewhere.call().error().kind == error_class::permanent);
        CHECK(elsewhere.connector->peers.empty());
    }
    client nowhere({{answered("200 OK", "{}")}}, {});
    CHECK(nowhere.call().error().message.find("AWS_REGION") != std::string::npos);
    nowhere.w.env.set("AWS_REGION", "eu-west-1"); // it is not broken for good
    CHECK(nowhere.call());
}

TEST_CASE("an answer that was changed on its way is refused") {
    client c({{answered("200 OK", "{}", "x-amz-crc32: 2745614147\r\n"),
               answered("200 OK", "{}", "x-amz-crc32: 2745614148\r\n"),
               answered("200 OK", "123456789", "x-amz-crc32: 3421780262\r\n"),
               answered("400 Bad Request", "{}", "x-amz-crc32: 1\r\n")}});
    CHECK(c.call());
    const auto said = c.call();
    REQUIRE_FALSE(said);
    CHECK(said.error().kind == error_class::transient);
    CHECK(said.error().code == errc::input_output);
    CHECK(c.call());
    CHECK_FALSE(c.call());
}

TEST_CASE("a clock that is wrong is set by AWS's, for signatures") {
    const auto refused = [](const std::string& type, const std::string& message) {
        return answered("400 Bad Request",
                        R"({"__type":"com.amazon.coral.service#)" + type + R"(","message":")"
                            + message + "\"}",
                        "Date: Wed, 25 Nov 2026 00:00:00 GMT\r\n");
    };
    const std::string rows[] = {
        refused("InvalidSignatureException", "Signature expired: 20261124T223047Z is now earlier"),
        refused("InvalidSignatureException", "Signature not yet current: 2026"),
        refused("RequestTimeTooSkewed", ""),
    };
    for (const auto& row : rows) {
        client c({{row, answered("200 OK", "{}")}});
        const auto said = c.call();
        REQUIRE(said);
        CHECK(aws::dynamodb_error(*said).kind == error_class::transient);
        CHECK(field(c.connector->requests[0], "X-Amz-Date") == "20261124T223047Z");
        CHECK(c.call());
        CHECK(field(c.connector->requests[1], "X-Amz-Date") == "20261125T000000Z");
    }
    // A wrong key is no wrong clock.
    client c({{refused("InvalidSignatureException", "The request signature we calculated"),
               answered("200 OK", "{}")}});
    CHECK(aws::dynamodb_error(c.call().value()).kind == error_class::permanent);
    CHECK(c.call());
    CHECK(field(c.connector->requests[1], "X-Amz-Date") == "20261124T223047Z");
    // Nor does a date that is none set one.
    for (const auto* const date :
         {"", "Wed, 25 Nov 2026 00:00:00 CET", "Wed, 31 Nov 2026 00:00:00 GMT",
          "Wed, 25 Xov 2026 00:00:00 GMT", "Wed, 25 Nov 2026 0x:00:00 GMT",
          "Wed, 25 Nov 2026 24:00:00 GMT", "Wed, 25 Nov 2026 00:60:00 GMT",
          "Wed, 25 Nov 2026 00:00:61 GMT", "Wed, 25 Nov 2026 -1:00:00 GMT",
          "Wed, 25 Nov 1969 00:00:00 GMT", "Wed, 25 Nov 2201 00:00:00 GMT",
          "Fri, 31 Dec 9999 23:59:59 GMT", "Wed, 25 Nov -202 00:00:00 GMT"}) {
        CAPTURE(date);
        client odd({{answered("400 Bad Request", R"({"__type":"RequestTimeTooSkewed"})",
                              std::string("Date: ") + date + "\r\n"),
                     answered("200 OK", "{}")}});
        CHECK(odd.call());
        CHECK(odd.call());
        CHECK(field(odd.connector->requests[1], "X-Amz-Date") == "20261124T223047Z");
    }
}

TEST_CASE("credentials that AWS calls expired are asked for again") {
    client c({{answered("400 Bad Request", R"({"__type":"a#ExpiredTokenException"})"),
               answered("200 OK", "{}")}},
             {.region = "r", .credentials = std::make_shared<aws::credentials_chain>()});
    c.w.env.set("AWS_ACCESS_KEY_ID", "old");
    c.w.env.set("AWS_SECRET_ACCESS_KEY", "hush");
    const auto said = c.call();
    REQUIRE(said);
    CHECK(aws::dynamodb_error(*said).kind == error_class::transient);
    c.w.env.set("AWS_ACCESS_KEY_ID", "new");
    CHECK(c.call());
    CHECK(field(c.connector->requests[1], "Authorization").find("Credential=new/")
          != std::string::npos);
}

TEST_CASE("a condition that is not met is a conflict, and errors are cut") {
    const aws::dynamodb_answer unmet{400, R"({"__type":"ConditionalCheckFailedException"})"};
    CHECK(aws::dynamodb_error(unmet).kind == error_class::conflict);
    const aws::dynamodb_answer wordy{400, R"({"__type":"X","Message":")" + std::string(9'000, 'x')
                                              + "\"}"};
    CHECK(aws::dynamodb_error(wordy).message.size() == 513);
    const aws::dynamodb_answer telling{
        400,
        R"({"__type":"InvalidSignatureException","message":"It differs.\n\nx-amz-security-token:hush"})"};
    CHECK(aws::dynamodb_error(telling).message
          == "DynamoDB: InvalidSignatureException: It differs.");
}

TEST_CASE("a server with a certificate of one's own authority is asked over TLS") {
    const servers::folder here;
    certificates::authority ca(here.path(), "authority of a test");
    ca.certify("server", "IP:127.0.0.1");
    struct row {
        std::string option;   // of the URL
        std::string variable; // AWS_CA_BUNDLE
        bool trusted;
    };
    const row rows[] = {
        {"&ca=" + ca.ca_file(), "", true},
        {"", ca.ca_file(), true},
        {"&ca=" + ca.ca_file(), here.file("none.pem"), true}, // what is nearer counts
        {"", "", false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.option);
        CAPTURE(row.variable);
        const servers::bound_socket listener(1);
        auto served = serve_tls(listener, here.file("server"), answered("200 OK", "{}"));
        auto store =
            idempotency::dynamodb_store::open("dynamodb:seen?region=r&endpoint=https://127.0.0.1:"
                                              + std::to_string(listener.port()) + row.option);
        REQUIRE(store);
        testing::world w;
        w.env.set("AWS_ACCESS_KEY_ID", "id");
        w.env.set("AWS_SECRET_ACCESS_KEY", "hush");
        if (!row.variable.empty()) w.env.set("AWS_CA_BUNDLE", row.variable);
        const auto said = (*store)->find(w.make_context(), {"key", ""});
        if (row.trusted) {
            if (!said) FAIL(said.error().message);
            CHECK_FALSE(*said);
            CHECK(served.get().starts_with("POST / HTTP/1.1\r\n"));
        } else {
            REQUIRE_FALSE(said);
            CHECK(said.error().kind == error_class::permanent);
            CHECK(said.error().message.find("the certificate of 127.0.0.1") != std::string::npos);
            CHECK(served.get() == "");
        }
    }
}

TEST_CASE("the store keeps its promises over HTTP") {
    testing::world w;
    const auto ctx = w.make_context();
    fakes::fake_dynamodb tables;
    idempotency::dynamodb_options how;
    how.client.region = "eu-central-1";
    how.client.connector = std::make_shared<fakes::dynamodb_connector>(tables, ctx);
    how.client.credentials = std::make_shared<aws::fixed_credentials>(example);
    idempotency::dynamodb_store store("records", how);
    CHECK(testing::check_store(store, {.calls = 500}) == std::vector<std::string>{});
    CHECK(tables.size("records") > 8);
}
