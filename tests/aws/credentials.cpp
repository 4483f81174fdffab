// SPDX-License-Identifier: BSL-1.0
#include "scripted.hpp"
#include "servers.hpp"

#include <headrace/aws/credentials.hpp>
#include <headrace/json/time.hpp>
#include <headrace/testing/world.hpp>

#include <doctest/doctest.h>

#include <fstream>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>

using namespace headrace;
using namespace std::chrono_literals;
using scripted::answered;

namespace {

std::string answer(const std::string& id, const std::string& expiration = "") {
    return answered(
        "200 OK", R"({"AccessKeyId":")" + id + R"(","SecretAccessKey":"hush","Token":"token")"
                      + (expiration.empty() ? "" : R"(,"Expiration":")" + expiration + '"') + "}");
}

// A chain in a world with these variables.
struct chained {
    explicit chained(std::initializer_list<std::pair<const char*, std::string>> variables,
                     std::vector<scripted::answers> script = {})
        : connector(std::make_shared<scripted::connector>(std::move(script))), chain(connector) {
        for (const auto& [name, value] : variables) w.env.set(name, value);
    }
    result<aws::credentials> get() { return chain.get(ctx()); }
    context ctx() {
        auto c = w.make_context();
        c.deadline.reset();
        return c;
    }
    std::string id() {
        const auto who = get();
        CAPTURE(who ? "" : who.error().message);
        REQUIRE(who);
        return who->access_key_id;
    }
    testing::world w;
    std::shared_ptr<scripted::connector> connector;
    aws::credentials_chain chain;
};

void fails_quietly(const result<aws::credentials>& said, error_class kind) {
    REQUIRE_FALSE(said);
    CAPTURE(said.error().message);
    CHECK(said.error().kind == kind);
    CHECK(said.error().message.find("hush") == std::string::npos);
}

void write(const std::string& file, std::string_view text) {
    std::ofstream(file, std::ios::binary) << text;
}

} // namespace

TEST_CASE("credentials of the environment come first") {
    chained c({{"AWS_ACCESS_KEY_ID", "id"},
               {"AWS_SECRET_ACCESS_KEY", "hush"},
               {"AWS_SESSION_TOKEN", "token"},
               {"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://localhost/"}});
    const auto who = c.get();
    REQUIRE(who);
    CHECK(who->access_key_id == "id");
    CHECK(who->secret_access_key == "hush");
    CHECK(who->session_token == "token");
    CHECK_FALSE(who->expires);
    CHECK(c.connector->peers.empty());
    chained half({{"AWS_SECRET_ACCESS_KEY", "hush"}});
    fails_quietly(half.get(), error_class::permanent);
    chained none({});
    fails_quietly(none.get(), error_class::permanent);
}

TEST_CASE("a container's endpoint is asked with its token") {
    chained c({{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials?id=7"},
               {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "let me in"}},
              {{answer("one", "2026-11-25T04:30:47Z")}});
    const auto who = c.get();
    REQUIRE(who);
    CHECK(who->access_key_id == "one");
    CHECK(who->session_token == "token");
    CHECK(iso_text(*who->expires) == "2026-11-25T04:30:47.000Z");
    CHECK(c.connector->peers[0].host == "169.254.170.2");
    CHECK(c.connector->requests[0].starts_with("GET /v2/credentials?id=7 HTTP/1.1\r\n"));
    CHECK(c.connector->requests[0].find("\r\nAuthorization: let me in\r\n") != std::string::npos);

    servers::folder here;
    write(here.file("token"), "from a file\n");
    chained file({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "https://elsewhere.example/a"},
                  {"AWS_CA_BUNDLE", "ca.pem"},
                  {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "not this"},
                  {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", here.file("token")}},
                 {{answer("two")}});
    CHECK(file.id() == "two");
    CHECK(file.connector->peers[0] == net::peer{"elsewhere.example", "443", true, "ca.pem"});
    CHECK(file.connector->requests[0].find("\r\nAuthorization: from a file\r\n")
          != std::string::npos);
    write(here.file("token"), "hush\r\nX: y");
    chained broken({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "https://elsewhere.example/a"},
                    {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", here.file("token")}});
    fails_quietly(broken.get(), error_class::permanent);
    write(here.file("empty"), "\n");
    std::filesystem::create_directory(here.file("folder"));
    for (const auto* const name : {"nothing", "empty", "folder"}) {
        CAPTURE(name);
        chained tokenless({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "https://elsewhere.example/a"},
                           {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", here.file(name)}},
                          {{answer("id")}});
        fails_quietly(tokenless.get(), error_class::permanent);
        CHECK(tokenless.connector->peers.empty());
    }
}

TEST_CASE("tokens go in the clear to this machine and to ECS and EKS only") {
    struct row {
        const char* url;
        bool asked;
    };
    const row rows[] = {
        {"http://localhost:9001/a", true},     {"http://127.0.0.1/a", true},
        {"http://127.1.2.3/a", true},          {"http://[::1]/a", true},
        {"http://169.254.170.2/a", true},      {"http://169.254.170.23/a", true},
        {"http://[fd00:ec2::23]/a", true},     {"https://anybody.example/a", true},
        {"http://anybody.example/a", false},   {"http://127.0.0.1.example/a", false},
        {"http://169.254.169.254/a", false},   {"http://10.0.0.1/a", false},
        {"http://localhost.example/a", false}, {"http://[fd00:ec2::24]/a", false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.url);
        chained c({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", row.url},
                   {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "hush"}},
                  {{answer("id")}});
        const auto said = c.get();
        CHECK(said.has_value() == row.asked);
        CHECK(c.connector->peers.empty() != row.asked);
        if (!said) fails_quietly(said, error_class::permanent);
    }
}

TEST_CASE("a refused address names the variable that it stands in") {
    struct row {
        const char* variable;
        const char* value;
    };
    const row rows[] = {
        {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", ".anybody.example/a"},
        {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "@anybody.example/a"},
        {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/with white space"},
        {"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://anybody.example/a"},
        {"AWS_CONTAINER_CREDENTIALS_FULL_URI", "ftp://localhost/a"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.value);
        chained c({{row.variable, row.value}, {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "hush"}});
        const auto said = c.get();
        fails_quietly(said, error_class::permanent);
        CHECK(said.error().message.starts_with(row.variable));
        CHECK(c.connector->peers.empty());
    }
}

TEST_CASE("a file of credentials without an end is read only so far") {
    chained c({{"AWS_SHARED_CREDENTIALS_FILE", "/dev/zero"}, {"AWS_CONFIG_FILE", "/dev/zero"}});
    fails_quietly(c.get(), error_class::permanent);
}

TEST_CASE("what an endpoint answers instead of credentials is an error without its content") {
    struct row {
        std::string answer;
        error_class kind;
    };
    const row rows[] = {
        {answered("200 OK", R"({"AccessKeyId":"id","SecretAccessKey":""})"),
         error_class::permanent},
        {answered("200 OK", R"({"SecretAccessKey":"hush"})"), error_class::permanent},
        {answered("200 OK", "hush"), error_class::permanent},
        {answer("id", "tomorrow"), error_class::permanent},
        {answered("403 Forbidden", "hush"), error_class::permanent},
        {answered("503 Busy", "hush"), error_class::transient},
        {answered("429 Slowly", "hush"), error_class::transient},
        {"", error_class::transient},
    };
    for (const auto& row : rows) {
        CAPTURE(row.answer);
        chained c({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://localhost/"}}, {{row.answer}});
        fails_quietly(c.get(), row.kind);
    }
}

TEST_CASE("credentials that expire are asked for again before that, and others are kept") {
    // The world begins at 22:30:47.201.
    const auto uri = std::pair<const char*, std::string>("AWS_CONTAINER_CREDENTIALS_FULL_URI",
                                                         "http://localhost/");
    chained c({uri}, {{answer("one", "2026-11-24T23:30:47.201Z")},
                      {answer("two", "2026-11-25T00:30:47.201Z")},
                      {answered("500 Sorry", "")},
                      {answered("500 Sorry", "")},
                      {answered("500 Sorry", "")},
                      {answer("three")}});
    CHECK(c.id() == "one");
    c.w.clock.advance(55min - 1ns);
    CHECK(c.id() == "one");
    CHECK(c.connector->peers.size() == 1);
    c.w.clock.advance(1ns);
    CHECK(c.id() == "two");
    CHECK(c.connector->peers.size() == 2);
    c.w.clock.advance(60min); // it lasts for five more minutes, and nobody answers
    CHECK(c.id() == "two");
    CHECK(c.id() == "two"); // who has just said no is not asked each time
    CHECK(c.connector->peers.size() == 3);
    c.w.clock.advance(5min - 1ns);
    CHECK(c.id() == "two");
    c.w.clock.advance(1ns);
    fails_quietly(c.get(), error_class::transient);
    CHECK(c.id() == "three");
    c.w.clock.advance(10'000h);
    CHECK(c.id() == "three");
    CHECK(c.connector->peers.size() == 6);
    c.chain.forget();
    fails_quietly(c.get(), error_class::transient);
}

TEST_CASE("a profile's keys are found in either file, and its region in one") {
    servers::folder here;
    write(here.file("credentials"), "# a comment\n"
                                    "[default]\n"
                                    "aws_access_key_id = usual\n"
                                    "aws_secret_access_key=hush\r\n"
                                    "\n"
                                    "[ work ]\n"
                                    "  aws_access_key_id = nested, so not this\n"
                                    "aws_access_key_id = at-work ; a note\n"
                                    "aws_secret_access_key = hu=sh\n"
                                    "aws_session_token = token\n");
    write(here.file("config"), "[default]\nregion = eu-west-1\n"
                               "[profile work]\nregion=eu-central-1\n"
                               "[profile keys]\naws_access_key_id = in-config\n"
                               "aws_secret_access_key = hush\n"
                               "[profile role]\nrole_arn = arn\n");
    struct row {
        const char* profile;
        const char* id;
        const char* secret;
        const char* region;
    };
    const row rows[] = {
        {"", "usual", "hush", "eu-west-1"},
        {"work", "at-work", "hu=sh", "eu-central-1"},
        {"keys", "in-config", "hush", ""},
        {"role", "", "", ""},
        {"none", "", "", ""},
    };
    for (const auto& row : rows) {
        CAPTURE(row.profile);
        chained c({{"AWS_SHARED_CREDENTIALS_FILE", here.file("credentials")},
                   {"AWS_CONFIG_FILE", here.file("config")},
                   {"AWS_PROFILE", row.profile}});
        const auto who = c.get();
        CHECK(who.has_value() == (*row.id != '\0'));
        if (who) {
            CHECK(who->access_key_id == row.id);
            CHECK(who->secret_access_key == row.secret);
        } else {
            fails_quietly(who, error_class::permanent);
        }
        const auto region = aws::find_region(c.ctx());
        CHECK(region.value_or("") == row.region);
    }
}

TEST_CASE("the usual profile of the configuration may be called a profile, too") {
    const std::string plain = "[default]\nregion = plain\naws_access_key_id = plain\n"
                              "aws_secret_access_key = hush\n";
    const std::string called = "[profile default]\nregion = called\naws_access_key_id = called\n"
                               "aws_secret_access_key = hush\n";
    struct row {
        std::string credentials;
        std::string config;
        const char* id;
        const char* region;
    };
    const row rows[] = {
        {"", plain, "plain", "plain"},
        {"", called, "called", "called"},
        {"", plain + called, "called", "called"},
        {"", called + plain, "called", "called"},
        {"", plain + "[profile default]\noutput = json\n", "", ""}, // then it is the only one
        {called, plain, "plain", "plain"}, // the other file knows no such word
    };
    for (const auto& row : rows) {
        CAPTURE(row.credentials);
        CAPTURE(row.config);
        servers::folder here;
        write(here.file("credentials"), row.credentials);
        write(here.file("config"), row.config);
        chained c({{"AWS_SHARED_CREDENTIALS_FILE", here.file("credentials")},
                   {"AWS_CONFIG_FILE", here.file("config")}});
        const auto who = c.get();
        CHECK((who ? who->access_key_id : "") == row.id);
        CHECK(aws::find_region(c.ctx()).value_or("") == row.region);
    }
}

TEST_CASE("files are looked for at home, and the region first in the environment") {
    servers::folder home;
    std::filesystem::create_directory(home.file(".aws"));
    write(home.file(".aws/credentials"),
          "[default]\naws_access_key_id=home\naws_secret_access_key=hush\n");
    write(home.file(".aws/config"), "[default]\nregion=eu-north-1\n");
    chained c({{"HOME", home.path()}});
    CHECK(c.id() == "home");
    CHECK(aws::find_region(c.ctx()).value() == "eu-north-1");
    chained tilde({{"HOME", home.path()}, {"AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"}});
    CHECK(tilde.id() == "home");
    c.w.env.set("AWS_DEFAULT_REGION", "eu-south-1");
    CHECK(aws::find_region(c.ctx()).value() == "eu-south-1");
    c.w.env.set("AWS_REGION", "eu-west-3");
    CHECK(aws::find_region(c.ctx()).value() == "eu-west-3");
    chained none({});
    CHECK(aws::find_region(none.ctx()).error().kind == error_class::permanent);
}
