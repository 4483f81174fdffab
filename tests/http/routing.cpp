// SPDX-License-Identifier: BSL-1.0
#include <headrace/app.hpp>
#include <headrace/http.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/invoke.hpp>

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

using namespace headrace;
using testing::invoke;

namespace {

constexpr std::array every_door{http::door::rest, http::door::v2, http::door::furl,
                                http::door::alb};

// What stands around a handler has seen, and how it ended.
struct watching {
    std::vector<error_class>* failed;
    outcome operator()(call& c, auto&& next) const {
        outcome o = next(c);
        if (o.error() != nullptr) failed->push_back(o.error()->kind);
        return o;
    }
};

} // namespace

TEST_CASE("a named stage in the path of a custom domain is no part of what is routed") {
    app orders;
    orders.on(http::get("/orders/{id}"), [](http::path<"id"> id) { return std::string(*id); });
    const auto reply = invoke(
        orders, R"({"version":"2.0","routeKey":"GET /orders/{id}","rawPath":"/dev/orders/7",)"
                R"("requestContext":{"stage":"dev","domainName":"api.example.com",)"
                R"("http":{"method":"GET"}}})");
    CHECK(reply.status() == 200);
    CHECK(reply.body() == "7");
}

TEST_CASE("what a client encodes twice is decoded once, through every door") {
    for (const auto door : every_door) {
        CAPTURE(http::to_string(door));
        app items;
        items.on(http::get("/item/{id}"), [](http::path<"id"> id) { return std::string(*id); });
        CHECK(invoke(items, testing::get("/item/100%2541").through(door)).body() == "100%41");
        CHECK(invoke(items, testing::get("/item/a%252Fb").through(door)).body() == "a%2Fb");
        CHECK(invoke(items, testing::get("/item/%252e%252e").through(door)).body() == "%2e%2e");
    }
}

TEST_CASE("no control character of a path reaches a handler, through whichever door") {
    for (const auto door : every_door) {
        for (const std::string_view target : {"/reflect/a%0d%0aX:%20y", "/reflect/%0a",
                                              "/reflect/%7f", "/reflect/%00", "/reflect/%1B"}) {
            CAPTURE(http::to_string(door));
            CAPTURE(target);
            app reflect;
            reflect.on(http::get("/reflect/{text}"), [](http::path<"text"> t) {
                return http::text(200, "").header("x-text", std::string(*t));
            });
            CHECK(invoke(reflect, testing::get(std::string(target)).through(door)).status() == 400);
        }
    }
}

TEST_CASE("a parameter does not hide a dot segment behind an encoded slash or a backslash") {
    struct row {
        std::string_view path;
        std::uint16_t status;
        std::string_view key;
    };
    const row rows[] = {
        {"/files/..%2fetc", 400, ""},
        {"/files/..%5Cetc", 400, ""},
        {"/files/..\\etc", 400, ""},
        {"/files/a%2F..", 400, ""},
        {"/files/a%2F%2e%2E%5cb", 400, ""},
        {"/files/a%2F.", 400, ""},
        {"/files/.%2Fa", 400, ""},
        {"/files/a/b%2f..%2fc", 400, ""},
        {"/files/a%5C.%5Cb/c", 400, ""},
        {"/files/a%2Fb", 200, "a/b"},
        {"/files/a%5Cb..%2F...%2F.c", 200, "a\\b../.../.c"},
        {"/files/%252e%252e%2Fetc", 200, "%2e%2e/etc"},
        {"/files/..%252fetc", 200, "..%2fetc"},
    };
    for (const auto door : {http::door::rest, http::door::furl, http::door::alb}) {
        for (const row& r : rows) {
            CAPTURE(http::to_string(door));
            CAPTURE(r.path);
            std::vector<error_class> failed;
            app files;
            int handled = 0;
            files.on(http::get("/files/{key+}"), chain{watching{&failed}},
                     [&](const http::request& request, http::path<"key"> key) {
                         ++handled;
                         CHECK(request.segments().size() > 1);
                         return std::string(*key);
                     });
            const auto reply = invoke(files, testing::get(std::string(r.path)).through(door));
            CHECK(reply.status() == r.status);
            CHECK(handled == (r.status == 200));
            if (r.status == 200) {
                CHECK(reply.body() == r.key);
            } else {
                CHECK(failed == std::vector{error_class::malformed}); // inside of the chain
                CHECK(reply.body().find("etc") == std::string::npos);
            }
        }
    }
}

TEST_CASE("a backslash in the decoded path of an HTTP API separates, too") {
    app files;
    files.on(http::get("/files/{key+}"), [](const http::request&) { return "never"; });
    CHECK(invoke(files, testing::get("/files/..%5Cetc")).status() == 400);
    CHECK(invoke(files, testing::get("/files/..%2Fetc")).status() == 400);
    CHECK(invoke(files, testing::get("/files/a%5Cb")).status() == 200);
}

TEST_CASE("a claim that is no string is no reason to refuse a request") {
    app whoami;
    whoami.on(http::get("/"), [](const http::request& r) {
        const auto who = std::get<http::jwt_caller>(r.caller());
        return std::string(*who.claim("sub")) + std::string(*who.claim("exp"))
               + std::string(*who.claim("groups"));
    });
    const auto reply = invoke(
        whoami, R"({"version":"2.0","rawPath":"/","requestContext":{"http":{"method":"GET"},)"
                R"("authorizer":{"jwt":{"claims":{"sub":"u1","exp":1612061676,"groups":["a"]},)"
                R"("scopes":null}}}})");
    CHECK(reply.status() == 200);
    CHECK(reply.body() == R"(u11612061676["a"])");
}

TEST_CASE("a route that says so takes dot segments in its parameters for text") {
    for (const auto door : {http::door::rest, http::door::furl, http::door::alb}) {
        CAPTURE(http::to_string(door));
        app notes;
        notes.on(http::get("/notes/{title}").dot_segments(),
                 [](http::path<"title"> title) { return std::string(*title); });
        notes.on(http::get("/files/{key+}"),
                 [](http::path<"key"> key) { return std::string(*key); });
        const auto body = [&](std::string_view target) {
            return invoke(notes, testing::get(std::string(target)).through(door)).body();
        };
        const auto status = [&](std::string_view target) {
            return invoke(notes, testing::get(std::string(target)).through(door)).status();
        };
        CHECK(body("/notes/..%2fetc") == "../etc");
        CHECK(body("/notes/a%5C.") == "a\\.");
        CHECK(status("/notes/..") == 400); // no parameter: a dot segment of the path itself
        CHECK(status("/notes/%2e%2E") == 400);
        CHECK(status("/files/..%2fetc") == 400);
    }
}

TEST_CASE("a fallback gets what no route takes, whatever its segments are called") {
    app rest;
    rest.on(http::get("/files/{key}"), [](http::path<"key">) { return "never"; });
    rest.fallback([](const call& c) {
        return http::text(200, std::string(c.find<http::request>()->segments()[1]));
    });
    const auto through = http::door::furl;
    CHECK(invoke(rest, testing::get("/else/..%2fetc").through(through)).body() == "../etc");
    CHECK(invoke(rest, testing::get("/files/..%2fetc").through(through)).status() == 400);
}

// ---- options ------------------------------------------------------------------------------------

TEST_CASE(
    "on a custom domain the stage of the route $default stays unless the app says it is one") {
    const std::string_view event =
        R"({"version":"2.0","routeKey":"$default","rawPath":"/dev/admin",)"
        R"("requestContext":{"stage":"dev","domainName":"api.example.com",)"
        R"("http":{"method":"GET"}}})";
    const auto path_of = [](const http::request& r) { return std::string(r.path()); };
    app plain;
    plain.on(http::get("/{all+}"), path_of);
    CHECK(invoke(plain, event).body() == "/dev/admin");
    app told;
    told.on(http::get("/{all+}"), path_of);
    told.requests({.stage = http::stage_in_path::yes});
    CHECK(invoke(told, event).body() == "/admin");
    // A route that is known by its pattern decides by itself.
    CHECK(invoke(told, R"({"version":"2.0","routeKey":"GET /dev/{x}","rawPath":"/dev/admin",)"
                       R"("requestContext":{"stage":"dev","domainName":"api.example.com",)"
                       R"("http":{"method":"GET"}}})")
              .body()
          == "/dev/admin");
}

TEST_CASE("an app that is tried behind an emulator with a domain like AWS's says so") {
    const auto event = [](std::string_view shape) {
        return std::string(shape)
               + R"("requestContext":{"domainName":"a1.execute-api.localhost.example",)"
                 R"("http":{"method":"GET"}}})";
    };
    for (const std::string_view shape :
         {R"({"version":"2.0","rawPath":"/item/a%2Fb",)",
          R"({"version":"1.0","httpMethod":"GET","path":"/item/a%2Fb",)"}) {
        CAPTURE(shape);
        app deployed;
        deployed.on(http::get("/item/{id}"), [](http::path<"id"> id) { return std::string(*id); });
        CHECK(invoke(deployed, event(shape)).body() == "a%2Fb");
        app emulated;
        emulated.on(http::get("/item/{id}"), [](http::path<"id"> id) { return std::string(*id); });
        emulated.requests({.path = http::path_coding::emulated});
        CHECK(invoke(emulated, event(shape)).body() == "a/b");
    }
}

TEST_CASE("an event that cannot be decoded is a function error, or a 500 where the app says so") {
    struct row {
        std::string_view event;
        std::string_view pointer;
    };
    const row rows[] = {
        {R"({"version":"2.0","rawPath":7,"requestContext":{"http":{"method":"GET"}}})", "/rawPath"},
        {R"({"version":"2.0","rawPath":"/","requestContext":{"http":{"method":["secret"]}}})",
         "/requestContext/http/method"},
        {R"({"version":"2.0","cookies":"secret","requestContext":{"http":{"method":"GET"},)"
         R"("domainName":"u.lambda-url.eu-central-1.on.aws"}})",
         "/cookies"},
        {R"({"httpMethod":"GET","headers":"secret","requestContext":{}})", "/headers"},
        {R"({"requestContext":{"elb":{}},"httpMethod":"GET","path":{"secret":1}})", "/path"},
        {R"({"requestContext":{"elb":{}},"multiValueHeaders":{"a":["b"]},"httpMethod":1})",
         "/httpMethod"},
    };
    for (const row& r : rows) {
        CAPTURE(r.event);
        int handled = 0;
        const auto handler = [&] { ++handled; };
        std::vector<error_class> failed;
        app as_it_is;
        as_it_is.on(http::get("/"), handler);
        const auto error = invoke(as_it_is, r.event).error();
        REQUIRE(error);
        CHECK(error->kind == error_class::malformed);
        CHECK(error->pointer == r.pointer);

        app answering{chain{watching{&failed}}};
        answering.on(http::get("/"), handler);
        answering.requests({.undecodable = http::when_undecodable::answer_500});
        testing::world w;
        const auto reply = invoke(answering, r.event, w);
        CHECK(reply.succeeded());
        CHECK(reply.status() == 500);
        CHECK(reply.header("content-type") == "application/problem+json");
        CHECK(reply.text().find("secret") == std::string::npos);
        CHECK(failed == std::vector{error_class::malformed}); // layers hear of it
        REQUIRE(w.log.lines().size() == 1);
        CHECK(w.log.lines()[0].find(r.pointer) != std::string::npos);
        CHECK(handled == 0);
    }
}

TEST_CASE("how requests are read is said before the app is built, and the last word counts") {
    app orders;
    orders.on(http::get("/"), [] {});
    orders.requests({.stage = http::stage_in_path::yes});
    orders.requests({.path = http::path_coding::emulated});
    REQUIRE(orders.build().has_value());
    const auto* const said =
        orders.built().option<http::request_options>(detail::id_of<http::request>);
    REQUIRE(said != nullptr);
    CHECK(said->stage == http::stage_in_path::no);
    CHECK(said->path == http::path_coding::emulated);
    CHECK_THROWS((void)orders.requests({}));
}
