// SPDX-License-Identifier: BSL-1.0
#include <headrace/http/route_table.hpp>
#include <headrace/json/workspace.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace headrace;
using http::pattern;
using http::route_table;
using status = http::path_match::status;

namespace {

struct entry {
    std::string_view method;
    pattern path;
};

route_table table_of(const std::vector<entry>& routes,
                     http::trailing_slash policy = http::trailing_slash::strict) {
    route_table table(policy);
    http::route_id id = 0;
    for (const entry& each : routes) REQUIRE(table.add(each.method, each.path, id++).has_value());
    return table;
}

std::vector<std::string_view> values_of(const http::path_match& match) {
    return {match.values.begin(), match.values.begin() + match.count};
}

} // namespace

TEST_CASE("the most specific route that has the method is found, with its parameters") {
    const auto table = table_of({
        {"GET", "/"},                         // 0
        {"GET", "/orders"},                   // 1
        {"POST", "/orders"},                  // 2
        {"GET", "/orders/{id}"},              // 3
        {"GET", "/orders/new"},               // 4
        {"DELETE", "/orders/{id}"},           // 5
        {"GET", "/orders/{id}/lines/{line}"}, // 6
        {"GET", "/orders/new/{rest+}"},       // 7
        {"GET", "/files/{key+}"},             // 8
        {"GET", "/files/index.html"},         // 9
        {"", "/any/{x}"},                     // 10
        {"GET", "/any/{x}"},                  // 11
        {"GET", "/{a}/{b}/end"},              // 12
        {"HEAD", "/probe"},                   // 13
        {"GET", "/probe"},                    // 14
        {"GET", "/grün"},                     // 15
        {"GET", "/me@home"},                  // 16
        {"GET", "/slash/"},                   // 17
        {"get", "/lower"},                    // 18
    });
    struct row {
        std::string_view method;
        std::string_view path;
        int route; // -1: not found, -2: method not allowed
        std::vector<std::string_view> values;
    };
    const row rows[] = {
        {"GET", "/", 0, {}},
        {"GET", "/orders", 1, {}},
        {"POST", "/orders", 2, {}},
        {"PUT", "/orders", -2, {}},
        {"GET", "/orders/17", 3, {"17"}},
        // literal before parameter
        {"GET", "/orders/new", 4, {}},
        // ... unless only the parameter's route has the method
        {"DELETE", "/orders/new", 5, {"new"}},
        {"GET", "/orders/17/lines/2", 6, {"17", "2"}},
        // back from "new", which leads nowhere but into the catch-all
        {"GET", "/orders/new/lines/2", 7, {"lines/2"}},
        {"GET", "/files/a", 8, {"a"}},
        {"GET", "/files/a/b/c", 8, {"a/b/c"}},
        {"GET", "/files/a//b/", 8, {"a//b/"}},
        {"GET", "/files/index.html", 9, {}},
        {"GET", "/files/index.html/x", 8, {"index.html/x"}},
        {"GET", "/files", -1, {}},
        // a catch-all takes at least one segment, and the first one is not empty
        {"GET", "/files/", -1, {}},
        {"GET", "/files//etc/passwd", -1, {}},
        {"PATCH", "/any/1", 10, {"1"}},
        {"GET", "/any/1", 11, {"1"}},
        {"GET", "/files2/17/end", 12, {"files2", "17"}},
        {"GET", "/orders/17/end", 12, {"orders", "17"}},
        // HEAD: its own route, else GET's
        {"HEAD", "/probe", 13, {}},
        {"HEAD", "/orders/17", 3, {"17"}},
        {"HEAD", "/any/1", 11, {"1"}},
        // a slash at the end is another path
        {"GET", "/orders/", -1, {}},
        {"GET", "/slash", -1, {}},
        {"GET", "/slash/", 17, {}},
        {"GET", "/orders/17/", -1, {}},
        // empty segments are no parameters
        {"GET", "//", -1, {}},
        {"GET", "//orders", -1, {}},
        {"GET", "/orders//lines/2", -1, {}},
        // literals are compared decoded, parameters stay as they are, %2F never separates
        {"GET", "/gr%C3%BCn", 15, {}},
        {"GET", "/gr%c3%bcn", 15, {}},
        {"GET", "/%6Frders/17", 3, {"17"}},
        {"GET", "/me%40home", 16, {}},
        {"GET", "/orders/a%2Fb", 3, {"a%2Fb"}},
        {"GET", "/orders%2F17", -1, {}},
        {"GET", "/files/a%2F..%2Fb/c", 8, {"a%2F..%2Fb/c"}},
        // methods are case-sensitive
        {"get", "/orders", -2, {}},
        {"get", "/lower", 18, {}},
        // no path at all
        {"GET", "", -1, {}},
        {"GET", "orders", -1, {}},
        {"GET", "*", -1, {}},
    };
    for (const row& r : rows) {
        CAPTURE(r.method);
        CAPTURE(r.path);
        const auto match = table.find(r.method, r.path);
        const auto wanted = r.route == -1   ? status::not_found
                            : r.route == -2 ? status::method_not_allowed
                                            : status::found;
        CHECK(match.what == wanted);
        CHECK(match.found() == (r.route >= 0));
        if (r.route >= 0) CHECK(match.route == static_cast<http::route_id>(r.route));
        CHECK((values_of(match) == r.values));
    }
    CHECK(table.size() == 19);
    CHECK_FALSE(table.empty());
}

TEST_CASE("a match says what its route does with dot segments in parameters") {
    route_table table;
    REQUIRE(table.add("GET", "/files/{key+}", 0).has_value());
    REQUIRE(table.add("GET", "/notes/{title}", 1, http::dot_parts::allowed).has_value());
    CHECK(table.find("GET", "/files/a").dots == http::dot_parts::refused);
    CHECK(table.find("GET", "/notes/a").dots == http::dot_parts::allowed);
    CHECK(table.find("GET", "/else").dots == http::dot_parts::refused);
}

TEST_CASE("an empty table finds nothing") {
    const route_table table;
    CHECK(table.empty());
    CHECK(table.find("GET", "/").what == status::not_found);
    CHECK(table.allow("/").empty());
}

TEST_CASE("parameters are found by the pattern's names and decoded once") {
    const auto table = table_of({{"GET", "/shops/{shop}/files/{key+}"}});
    workspace memory;
    const auto match = table.find("GET", "/shops/a%2520b/files/x%2Fy/z");
    REQUIRE(match.found());
    CHECK(match.encoded("shop") == "a%2520b");
    CHECK(match.parameter("shop", memory.memory()) == "a%20b");
    CHECK(match.parameter("key", memory.memory()) == "x/y/z");
    CHECK_FALSE(match.encoded("files").has_value());
    CHECK_FALSE(match.parameter("nothing", memory.memory()).has_value());
}

TEST_CASE("sixteen parameters fit, in order") {
    const auto table =
        table_of({{"GET", "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}/{j}/{k}/{l}/{m}/{n}/{o}/{p+}"}});
    const auto match = table.find("GET", "/0/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16");
    REQUIRE(match.found());
    CHECK(match.count == 16);
    CHECK(match.values[0] == "0");
    CHECK(match.values[15] == "15/16");
}

TEST_CASE("two routes for the same requests are a mistake that names both") {
    struct row {
        entry first;
        entry second;
        bool refused;
    };
    const row rows[] = {
        {{"GET", "/a/{x}"}, {"GET", "/a/{y}"}, true},
        {{"GET", "/a"}, {"GET", "/a"}, true},
        {{"", "/a"}, {"", "/a"}, true},
        {{"GET", "/f/{x+}"}, {"GET", "/f/{y+}"}, true},
        {{"GET", "/a/{x}"}, {"POST", "/a/{x}"}, false},
        {{"", "/a"}, {"GET", "/a"}, false},
        {{"GET", "/a/{x}"}, {"GET", "/a/{x+}"}, false},
        {{"GET", "/a/{x}"}, {"GET", "/a/b"}, false},
        {{"GET", "/a"}, {"GET", "/a/"}, false},
    };
    for (const row& r : rows) {
        CAPTURE(r.second.path.text());
        auto table = table_of({r.first});
        const auto added = table.add(r.second.method, r.second.path, 7);
        CHECK(added.has_value() == !r.refused);
        CHECK(table.size() == (r.refused ? 1 : 2));
    }
    auto table = table_of({{"GET", "/orders/{id}"}});
    const auto added = table.add("GET", "/orders/{order}", 7);
    REQUIRE_FALSE(added.has_value());
    CHECK(added.error().code == errc::bad_app);
    CHECK(added.error().message
          == "GET /orders/{order} (route 7) takes the same requests as GET /orders/{id} (route 0)");
    table = table_of({{"", "/a"}});
    CHECK(table.add("", "/a", 1).error().message
          == "any method /a (route 1) takes the same requests as any method /a (route 0)");
}

TEST_CASE("the methods of a path are those of all patterns that take it") {
    const auto table = table_of({
        {"GET", "/orders/{id}"},
        {"DELETE", "/orders/{id}"},
        {"PUT", "/orders/new"},
        {"GET", "/orders/{rest+}"},
        {"OPTIONS", "/own"},
        {"", "/any"},
    });
    CHECK(table.allow("/orders/new") == "DELETE, GET, HEAD, OPTIONS, PUT");
    CHECK(table.allow("/orders/%6Eew") == "DELETE, GET, HEAD, OPTIONS, PUT");
    CHECK(table.allow("/orders/17") == "DELETE, GET, HEAD, OPTIONS");
    CHECK(table.allow("/orders/17/x") == "GET, HEAD, OPTIONS");
    CHECK(table.allow("/own") == "OPTIONS");
    CHECK(table.allow("/any") == "");
    CHECK(table.allow("/nowhere") == "");
    CHECK(table.allow("") == "");
}

TEST_CASE("a slash at the end is what the table's policy says") {
    struct row {
        http::trailing_slash policy;
        std::string_view path;
        status what;
    };
    using enum http::trailing_slash;
    const row rows[] = {
        {strict, "/a", status::found},          {strict, "/a/", status::not_found},
        {strict, "/b", status::not_found},      {strict, "/b/", status::found},
        {ignore, "/a", status::found},          {ignore, "/a/", status::found},
        {ignore, "/b", status::found},          {ignore, "/b/", status::found},
        {ignore, "/c/1/", status::found},       {ignore, "/a//", status::not_found},
        {ignore, "/", status::found},           {redirect, "/a", status::found},
        {redirect, "/a/", status::other_slash}, {redirect, "/b", status::other_slash},
        {redirect, "/b/", status::found},       {redirect, "/c/1/", status::other_slash},
        {redirect, "/d", status::not_found},    {redirect, "/d/", status::not_found},
        {redirect, "", status::not_found},
    };
    for (const row& r : rows) {
        CAPTURE(r.path);
        CAPTURE(static_cast<int>(r.policy));
        const auto table =
            table_of({{"GET", "/"}, {"GET", "/a"}, {"GET", "/b/"}, {"GET", "/c/{x}"}}, r.policy);
        CHECK(table.find("GET", r.path).what == r.what);
    }
    auto table = table_of({{"GET", "/a/{x}"}}, ignore);
    CHECK_FALSE(table.add("GET", "/a/{y}/", 1).has_value());
    CHECK(table.find("GET", "/a/1/").encoded("x") == "1");
    CHECK(table.allow("/a/1/") == "GET, HEAD, OPTIONS");
}

TEST_CASE("what no route takes is answered 404, 405, 204 or 308") {
    const auto table = table_of({{"GET", "/a"}, {"PUT", "/a"}, {"GET", "/b/{x}/"}},
                                http::trailing_slash::redirect);
    struct row {
        std::string_view method;
        std::string_view target;
        int answer;
        std::string_view header;
        std::string_view value;
    };
    const row rows[] = {
        {"GET", "/x", 404, "", ""},
        {"OPTIONS", "/x", 404, "", ""},
        {"POST", "/a?x=1", 405, "allow", "GET, HEAD, OPTIONS, PUT"},
        {"OPTIONS", "/a", 204, "allow", "GET, HEAD, OPTIONS, PUT"},
        {"GET", "/a/", 308, "location", "/a"},
        {"GET", "/a/?q=1/", 308, "location", "/a?q=1/"},
        {"GET", "/b/1", 308, "location", "/b/1/"},
        // browsers take a backslash for a slash: this must not lead to another host
        {"GET", "/b/\\evil.example", 308, "location", "/b/%5Cevil.example/"},
    };
    for (const row& r : rows) {
        CAPTURE(r.target);
        const auto match = table.find(r.method, r.target.substr(0, r.target.find('?')));
        const auto answer = table.unrouted(match, r.method, r.target);
        CHECK(answer.status == r.answer);
        if (r.header.empty()) continue;
        REQUIRE_FALSE(answer.headers.empty());
        CHECK(answer.headers.back().name == r.header);
        CHECK(answer.headers.back().value == r.value);
    }
    const auto lost = table.unrouted(table.find("GET", "/x"), "GET", "/x");
    CHECK(lost.body
          == R"({"title":"Not Found","status":404,"detail":"nothing is found at this path"})");
}

TEST_CASE("a thousand routes are each found, also where one node has hundreds of literals") {
    std::vector<std::string> texts;
    for (int i = 0; i < 1000; ++i) {
        texts.push_back("/service" + std::to_string(i % 500) + "/{id}/part" + std::to_string(i));
    }
    route_table table;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        REQUIRE(table.add("GET", pattern::parse(texts[i]).value(), static_cast<http::route_id>(i))
                    .has_value());
    }
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const auto path = "/service" + std::to_string(i % 500) + "/x/part" + std::to_string(i);
        const auto match = table.find("GET", path);
        REQUIRE(match.found());
        CHECK(match.route == i);
    }
    CHECK(table.find("GET", "/service1/x/part2").what == status::not_found);
    CHECK(table.find("GET", "/service500/x/part2").what == status::not_found);
}
