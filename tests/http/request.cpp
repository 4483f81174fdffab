// SPDX-License-Identifier: BSL-1.0
#include "samples.hpp"

#include <headrace/http/request.hpp>
#include <headrace/sources/http/alb.hpp>
#include <headrace/sources/http/furl.hpp>
#include <headrace/sources/http/rest.hpp>
#include <headrace/sources/http/v2.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

using namespace headrace;
using http::request;
using texts = std::vector<std::string_view>;
using pairs = std::vector<http::name_value>;

namespace {

texts to_texts(auto&& range) { return {range.begin(), range.end()}; }
pairs to_pairs(auto&& range) { return {range.begin(), range.end()}; }

// An event of one door with nothing but what the row is about.
http::rest::event rest(std::string_view path, std::string_view version = {}) {
    http::rest::event e;
    e.version = version;
    e.http_method = "GET";
    e.path = path;
    return e;
}
http::v2::event v2(std::string_view path, std::string_view stage = "$default",
                   std::string_view domain = "a1.execute-api.eu-central-1.amazonaws.com") {
    http::v2::event e;
    e.version = "2.0";
    e.raw_path = path;
    e.raw_query_string = "";
    e.request_context.http.method = "GET";
    e.request_context.stage = stage;
    e.request_context.domain_name = domain;
    return e;
}
http::furl::event furl(std::string_view path) {
    http::furl::event e;
    e.version = "2.0";
    e.raw_path = path;
    e.raw_query_string = "";
    e.request_context.http.method = "GET";
    e.request_context.stage = "$default";
    return e;
}
http::alb::event alb(std::string_view path) {
    http::alb::event e;
    e.http_method = "GET";
    e.path = path;
    return e;
}

// Names with lists of values, from pairs.
struct lists {
    lists(std::initializer_list<std::pair<std::string_view, texts>> from) : kept(from) {
        for (const auto& [key, values] : kept) entries.push_back({key, values});
    }
    http::multi_value_map map() const { return http::multi_value_map(entries); }
    std::vector<std::pair<std::string_view, texts>> kept;
    std::vector<http::multi_value_map::entry> entries;
};

} // namespace

TEST_CASE("one request through four doors is one request") {
    const auto check = [](const request& r, bool has_all, std::string_view host) {
        REQUIRE(r.check().has_value());
        CHECK(r.method() == "POST");
        CHECK(r.path() == "/orders/green%20tea/lines");
        CHECK((to_texts(r.segments()) == texts{"orders", "green tea", "lines"}));
        const auto tags = to_texts(r.query().all("tag"));
        CHECK((tags == (has_all ? texts{"hot", "loose"} : texts{"loose"})));
        CHECK(r.query().first("next") == "https://shop.example/a/b");
        CHECK(r.query().first("sum") == "1+1");
        CHECK(r.query().first("words") == "two words");
        CHECK(r.query().first("empty") == "");
        CHECK_FALSE(r.query().contains("Tag"));
        workspace memory;
        const auto trace = to_texts(r.headers().elements("X-Trace", memory.memory()));
        CHECK((trace == (has_all ? texts{"one", "two"} : texts{"two"})));
        CHECK(r.headers().first("USER-AGENT") == "tea-client/4.1");
        CHECK((to_texts(r.headers().all("cookie")) == texts{"sid=31f0a8; seen=yes"}));
        CHECK((to_pairs(r.cookies()) == pairs{{"sid", "31f0a8"}, {"seen", "yes"}}));
        CHECK(r.content_type() == "application/json; charset=utf-8");
        CHECK(r.body().value() == R"({"item":"sencha","grams":250,"note":"grün"})");
        CHECK(r.host() == host);
        CHECK(r.scheme() == "https");
        CHECK(r.client_ip() == "203.0.113.24");
    };
    workspace memory;
    const auto a = samples::decoded<http::rest::event>("http-rest");
    check(request(*a, memory), true, "k3v9tqp2la.execute-api.eu-central-1.amazonaws.com");
    const auto b = samples::decoded<http::v2::event>("http-v2");
    check(request(*b, memory), true, "h8z4w1s6yn.execute-api.eu-central-1.amazonaws.com");
    const auto c = samples::decoded<http::furl::event>("http-furl");
    check(request(*c, memory), true, "q5rn7c2xw4example0url1id.lambda-url.eu-central-1.on.aws");
    const auto d = samples::decoded<http::alb::event>("http-alb-multi-value");
    check(request(*d, memory), true, "shop-1187305521.eu-central-1.elb.amazonaws.com");
    const auto e = samples::decoded<http::alb::event>("http-alb");
    check(request(*e, memory), false, "shop-1187305521.eu-central-1.elb.amazonaws.com");
}

TEST_CASE("a request knows its door, its event and the form of its reply") {
    workspace memory;
    const auto a = rest("/");
    const auto b = v2("/");
    const auto c = furl("/");
    auto d = alb("/");
    const request from_a(a, memory);
    CHECK(from_a.door() == http::door::rest);
    CHECK(from_a.reply_form() == http::reply_form::rest);
    CHECK(from_a.event<http::rest::event>() == &a);
    CHECK(from_a.event<http::v2::event>() == nullptr);
    CHECK(from_a.stage().empty());
    const request from_b(b, memory);
    CHECK(from_b.door() == http::door::v2);
    CHECK(from_b.reply_form() == http::reply_form::v2);
    CHECK(from_b.event<http::v2::event>() == &b);
    CHECK(from_b.event<http::furl::event>() == nullptr);
    CHECK(from_b.stage() == "$default");
    const request from_c(c, memory);
    CHECK(from_c.door() == http::door::furl);
    CHECK(from_c.reply_form() == http::reply_form::v2);
    CHECK(from_c.event<http::furl::event>() == &c);
    CHECK(from_c.event<http::alb::event>() == nullptr);
    const request from_d(d, memory);
    CHECK(from_d.door() == http::door::alb);
    CHECK(from_d.reply_form() == http::reply_form::alb);
    CHECK(from_d.event<http::alb::event>() == &d);
    const lists headers{{"host", {"shop.example"}}};
    d.multi_value_headers = headers.map();
    CHECK(request(d, memory).reply_form() == http::reply_form::alb_multi_value);
}

TEST_CASE("the path is percent-encoded, begins with a slash and has no stage") {
    constexpr std::string_view own = "a1.execute-api.eu-central-1.amazonaws.com";
    constexpr std::string_view custom = "api.shop.example";
    struct row {
        std::string_view path;
        std::string_view stage;
        std::string_view domain;
        std::string_view wanted;
    };
    const row decoded[] = {
        // what cannot stand in a path is encoded, the rest is left alone
        {"/a b", "$default", own, "/a%20b"},
        {"/a?b#c", "$default", own, "/a%3Fb%23c"},
        {"/grün", "$default", own, "/gr%C3%BCn"},
        {"/100%", "$default", own, "/100%25"},
        {"/100%zz%4", "$default", own, "/100%25zz%254"},
        {"/a%20b%2Fc", "$default", own, "/a%2520b%252Fc"},
        {"/a\x01\x7f", "$default", own, "/a%01%7F"},
        {"/a+b;c=d,e!$&'()*@:~", "$default", own, "/a+b;c=d,e!$&'()*@:~"},
        // a path is never a reference
        {"", "$default", own, "/"},
        {"a", "$default", own, "/a"},
        {"//evil.example/a", "$default", own, "//evil.example/a"},
        {"http://evil.example/a", "$default", own, "/http://evil.example/a"},
        // the stage goes where it is one
        {"/beta/a", "beta", own, "/a"},
        {"/beta", "beta", own, "/"},
        {"/beta/", "beta", own, "/"},
        {"/beta/beta/a", "beta", own, "/beta/a"},
        {"/betatron/a", "beta", own, "/betatron/a"},
        {"/a/beta", "beta", own, "/a/beta"},
        {"/beta/a", "beta", custom, "/beta/a"},
        {"/$default/a", "$default", own, "/$default/a"},
        {"/beta/a", "", own, "/beta/a"},
        {"beta/a", "beta", own, "/beta/a"},
        {"/beta/a b", "beta", own, "/a%20b"},
    };
    workspace memory;
    for (const row& r : decoded) {
        CAPTURE(r.path);
        const auto event = v2(r.path, r.stage, r.domain);
        CHECK(request(event, memory).path() == r.wanted);
        auto format_1 = rest(r.path, "1.0");
        format_1.request_context.stage = r.stage;
        format_1.request_context.domain_name = r.domain;
        CHECK(request(format_1, memory).path() == r.wanted);
    }
    const row encoded[] = {
        {"/a%20b", "", own, "/a%20b"},
        {"/a%2Fb/c+d", "", own, "/a%2Fb/c+d"},
        {"/beta/a", "beta", own, "/beta/a"},
        {"//evil.example", "", own, "//evil.example"},
        {"", "", own, "/"},
        {"a", "", own, "/a"},
    };
    for (const row& r : encoded) {
        CAPTURE(r.path);
        auto one = rest(r.path);
        one.request_context.stage = r.stage;
        one.request_context.domain_name = r.domain;
        CHECK(request(one, memory).path() == r.wanted);
        const auto two = furl(r.path);
        CHECK(request(two, memory).path() == r.wanted);
        const auto three = alb(r.path);
        CHECK(request(three, memory).path() == r.wanted);
    }
}

TEST_CASE("an HTTP API has decoded the path once, and nobody decodes it again") {
    struct row {
        std::string_view path;
        texts segments;
    };
    const row rows[] = {
        {"/item/100%41", {"item", "100%41"}}, // the client sent %2541
        {"/item/a%2Fb", {"item", "a%2Fb"}},      {"/item/100%", {"item", "100%"}},
        {"/item/%zz%4", {"item", "%zz%4"}},      {"/%2e%2e/%2E", {"%2e%2e", "%2E"}},
        {"/a%00%0d%0A%7fb", {"a%00%0d%0A%7fb"}}, {"/grün/a b?c#d", {"grün", "a b?c#d"}},
    };
    workspace memory;
    for (const row& r : rows) {
        CAPTURE(r.path);
        const auto format_2 = v2(r.path);
        const request one(format_2, memory);
        CHECK(one.check().has_value());
        CHECK((to_texts(one.segments()) == r.segments));
        auto format_1 = rest(r.path, "1.0");
        format_1.request_context.domain_name = "api.shop.example";
        const request two(format_1, memory);
        CHECK(two.check().has_value());
        CHECK((to_texts(two.segments()) == r.segments));
    }
}

TEST_CASE("an emulator, whose domain has no dot, hands over the path as the client sent it") {
    struct row {
        std::string_view path;
        std::string_view wanted;
        texts segments;
    };
    const row rows[] = {
        {"/item/100%2541", "/item/100%2541", {"item", "100%41"}},
        {"/item/a%2Fb", "/item/a%2Fb", {"item", "a/b"}},
        // some hand it over decoded: what can be no escape is none
        {"/a b/grün", "/a%20b/gr%C3%BCn", {"a b", "grün"}},
        {"/100%/%zz%4", "/100%25/%25zz%254", {"100%", "%zz%4"}},
    };
    workspace memory;
    for (const std::string_view domain :
         {"", "localhost", "localhost:3000", "offlineContext_domainName"}) {
        for (const row& r : rows) {
            CAPTURE(domain);
            CAPTURE(r.path);
            const auto format_2 = v2(r.path, "$default", domain);
            const request one(format_2, memory);
            CHECK(one.check().has_value());
            CHECK(one.path() == r.wanted);
            CHECK((to_texts(one.segments()) == r.segments));
            auto format_1 = rest(r.path, "1.0");
            format_1.request_context.domain_name = domain;
            CHECK(request(format_1, memory).path() == r.wanted);
        }
    }
}

TEST_CASE("outside of execute-api domains the route key says whether the stage is in the path") {
    struct row {
        std::string_view route_key;
        std::string_view path;
        std::string_view wanted;
        std::vector<http::name_value> parameters;
    };
    const row rows[] = {
        {"GET /orders/{id}", "/dev/orders/7", "/orders/7", {{"id", "7"}}},
        {"GET /orders/{id}", "/dev/orders/7", "/orders/7", {}},
        {"ANY /orders", "/dev/orders", "/orders", {}},
        {"GET /", "/dev", "/", {}},
        {"GET /", "/dev/", "/", {}},
        {"GET /files/{key+}", "/dev/files/a/b", "/files/a/b", {{"key", "a/b"}}},
        {"GET /{user-id}/x", "/dev/7/x", "/7/x", {}},
        // the path fits with what looks like a stage
        {"GET /dev/{id}", "/dev/7", "/dev/7", {{"id", "7"}}},
        {"GET /dev/{id}", "/dev/dev/7", "/dev/7", {{"id", "7"}}},
        {"GET /{a}/{b}", "/dev/7", "/dev/7", {{"a", "dev"}, {"b", "7"}}},
        // both fit: the parameters decide
        {"ANY /{proxy+}", "/dev/orders/7", "/orders/7", {{"proxy", "orders/7"}}},
        {"ANY /{proxy+}", "/dev/orders/7", "/dev/orders/7", {{"proxy", "dev/orders/7"}}},
        {"ANY /{proxy+}", "/dev/dev/7", "/dev/7", {{"proxy", "dev/7"}}},
        {"ANY /{proxy+}", "/dev/a b/ü%41", "/a%20b/%C3%BC%2541", {{"proxy", "a%20b/ü%41"}}},
        {"ANY /{a}/{b+}", "/dev/x/y/z", "/x/y/z", {{"a", "x"}, {"b", "y/z"}}},
        {"ANY /{proxy+}", "/dev/orders/7", "/dev/orders/7", {}},
        {"ANY /{proxy+}", "/dev/orders/7", "/dev/orders/7", {{"proxy", "else"}}},
        {"ANY /{a}/{b+}", "/dev/x/y", "/x/y", {{"a", {}}, {"b", "y"}}}, // null says nothing
        // neither fits, or nothing is said
        {"GET /orders/{id}", "/dev/orders", "/dev/orders", {}},
        {"GET /orders/{id}", "/dev/orders/", "/dev/orders/", {}},
        {"GET /orders/{id}", "/dev/orders/7/", "/dev/orders/7/", {}},
        {"GET /files/{key+}", "/dev/files/", "/dev/files/", {}},
        {"$default", "/dev/admin", "/dev/admin", {}},
        {"", "/dev/admin", "/dev/admin", {}},
        {"GET", "/dev/admin", "/dev/admin", {}},
        // no whole segment, no stage
        {"GET /orders/{id}", "/device/orders/7", "/device/orders/7", {}},
    };
    workspace memory;
    for (const row& r : rows) {
        CAPTURE(r.route_key);
        CAPTURE(r.path);
        auto event = v2(r.path, "dev", "api.example.com");
        event.route_key = r.route_key;
        event.path_parameters = string_map<>(r.parameters);
        CHECK(request(event, memory).path() == r.wanted);
        event.route_key = {};
        event.request_context.route_key = r.route_key;
        CHECK(request(event, memory).path() == r.wanted);
    }
    // Payload 1.0 has the stage only where the client had to write it.
    auto format_1 = rest("/dev/orders/7", "1.0");
    format_1.resource = "/orders/{id}";
    format_1.request_context.stage = "dev";
    format_1.request_context.domain_name = "api.example.com";
    CHECK(request(format_1, memory).path() == "/dev/orders/7");
}

TEST_CASE("segments are split first and decoded once") {
    struct row {
        std::string_view path;
        texts segments;
    };
    const row rows[] = {
        {"/", {}},
        {"/a", {"a"}},
        {"/a/", {"a", ""}},
        {"//", {"", ""}},
        {"/a//b", {"a", "", "b"}},
        {"/a%2Fb/c", {"a/b", "c"}},
        {"/%2520/+", {"%20", "+"}},
        {"/%e2%82%ac", {"€"}},
        {"/a%5Cb", {"a\\b"}},
    };
    workspace memory;
    for (const row& r : rows) {
        CAPTURE(r.path);
        const auto event = alb(r.path);
        const request one(event, memory);
        CHECK(one.check().has_value());
        CHECK((to_texts(one.segments()) == r.segments));
        CHECK((to_texts(one.segments()) == r.segments)); // and again
    }
}

TEST_CASE("a path that means harm, or nothing, is a bad request") {
    struct row {
        std::string_view path;
        std::string_view why; // "": it is fine
    };
    const row rows[] = {
        {"/a/../b", "the path has a dot segment"},
        {"/..", "the path has a dot segment"},
        {"/.", "the path has a dot segment"},
        {"/a/.", "the path has a dot segment"},
        {"/a/%2e%2E/b", "the path has a dot segment"},
        {"/a/.%2e", "the path has a dot segment"},
        {"/a/%2E", "the path has a dot segment"},
        {"/a%00b", "the path has a control character"},
        {"/a%0d%0aX:%20y", "the path has a control character"},
        {"/a%0a", "the path has a control character"},
        {"/a%1F", "the path has a control character"},
        {"/a%7f", "the path has a control character"},
        {"/a%41%7F", "the path has a control character"},
        {"/a%", "the path has a '%' without two hexadecimal digits"},
        {"/a%2", "the path has a '%' without two hexadecimal digits"},
        {"/a%zz", "the path has a '%' without two hexadecimal digits"},
        {"/a%%20", "the path has a '%' without two hexadecimal digits"},
        {"/a\nb", "the path has a control character"},
        {"/a\x7f", "the path has a control character"},
        {std::string_view("/a\0b", 4), "the path has a control character"},
        {"/...", ""},
        {"/.well-known/x", ""},
        {"/a/..b/c..", ""},
        {"/%2e%2e%2e/%2ea", ""},
        {"/a%250a%2500%257f", ""}, // text, once it is decoded
        {"/%252e%252e/%252e", ""},
        {"/a%20%80%C2%80", ""}, // no characters of ASCII
        {"/a%2F..%2Fb", ""},    // one segment whose text is "a/../b"
        {"/", ""},
    };
    workspace memory;
    for (const row& r : rows) {
        CAPTURE(r.path);
        const auto event = furl(r.path);
        const auto checked = request(event, memory).check();
        CHECK(checked.has_value() == r.why.empty());
        if (checked.has_value()) continue;
        CHECK(checked.error().message == r.why);
        CHECK(checked.error().kind == error_class::malformed);
        CHECK(checked.error().http_status == 400);
    }
    auto event = alb("/");
    event.http_method = "";
    CHECK(request(event, memory).check().error().message == "the request has no method");
}

TEST_CASE("a control character in a path is a bad request through every door, encoded or not") {
    workspace memory;
    const auto why = [&](const auto& event) {
        const auto checked = request(event, memory).check();
        return checked ? std::string() : checked.error().message;
    };
    const std::string wanted = "the path has a control character";
    for (const std::string_view raw :
         {std::string_view("/a\r\nX: y"), std::string_view("/\n"), std::string_view("/a\x7f"),
          std::string_view("/a\x1b[0m"), std::string_view("/a\0b", 4), std::string_view("/%\t")}) {
        CAPTURE(raw);
        CHECK(why(rest(raw)) == wanted);
        CHECK(why(rest(raw, "1.0")) == wanted);
        CHECK(why(v2(raw)) == wanted);
        CHECK(why(v2(raw, "$default", "localhost")) == wanted);
        CHECK(why(furl(raw)) == wanted);
        CHECK(why(alb(raw)) == wanted);
    }
    for (const std::string_view encoded :
         {"/reflect/a%0d%0aX:%20y", "/%0a", "/%7f", "/a%00", "/a%1b[0m"}) {
        CAPTURE(encoded);
        CHECK(why(rest(encoded)) == wanted);
        CHECK(why(v2(encoded, "$default", "localhost")) == wanted);
        CHECK(why(furl(encoded)) == wanted);
        CHECK(why(alb(encoded)) == wanted);
    }
}

TEST_CASE("a prefix is stripped once, on the boundary of a segment") {
    struct row {
        std::string_view path;
        std::string_view prefix;
        bool stripped;
        std::string_view wanted;
    };
    const row rows[] = {
        {"/api/a", "/api", true, "/a"},
        {"/api", "/api", true, "/"},
        {"/api/", "/api", true, "/"},
        {"/api/api/a", "/api", true, "/api/a"},
        {"/apiary", "/api", false, "/apiary"},
        {"/a/api", "/api", false, "/a/api"},
        {"/API/a", "/api", false, "/API/a"},
        {"/v1/shop/a", "/v1/shop", true, "/a"},
        {"/a", "", false, "/a"},
        {"/", "/api", false, "/"},
    };
    workspace memory;
    for (const row& r : rows) {
        CAPTURE(r.path);
        const auto event = alb(r.path);
        request one(event, memory);
        CHECK_FALSE(one.segments().size() > 3);
        CHECK(one.strip_prefix(r.prefix) == r.stripped);
        CHECK(one.path() == r.wanted);
        CHECK(one.segments().size()
              == (r.wanted == "/" ? 0
                                  : static_cast<std::size_t>(
                                      std::count(r.wanted.begin(), r.wanted.end(), '/'))));
    }
}

TEST_CASE("a query is decoded where its door has not done it") {
    workspace memory;
    const http::name_value single[] = {{"a", "last"}, {"n%20m", "x+y%2B"}, {"none", {}}};
    const lists multi{{"a", {"first", "last"}}, {"b%5B%5D", {"1+2", "%2520"}}, {"c", {}}};

    auto one = rest("/");
    one.query_string_parameters = string_map<>(single);
    CHECK((to_pairs(request(one, memory).query())
           == pairs{{"a", "last"}, {"n%20m", "x+y%2B"}, {"none", ""}}));
    one.multi_value_query_string_parameters = multi.map();
    CHECK((to_pairs(request(one, memory).query())
           == pairs{{"a", "first"}, {"a", "last"}, {"b%5B%5D", "1+2"}, {"b%5B%5D", "%2520"}}));

    auto two = alb("/");
    two.query_string_parameters = string_map<>(single);
    CHECK((to_pairs(request(two, memory).query())
           == pairs{{"a", "last"}, {"n m", "x y+"}, {"none", ""}}));
    two.multi_value_query_string_parameters = multi.map();
    CHECK((to_pairs(request(two, memory).query())
           == pairs{{"a", "first"}, {"a", "last"}, {"b[]", "1 2"}, {"b[]", "%20"}}));

    auto three = v2("/");
    three.query_string_parameters = string_map<>(single); // not looked at
    three.raw_query_string = "q=a,b&q=c%2Cd&n+m=x%2By";
    CHECK((to_pairs(request(three, memory).query())
           == pairs{{"q", "a,b"}, {"q", "c,d"}, {"n m", "x+y"}}));
    three.raw_query_string = "";
    CHECK(request(three, memory).query().empty());
    three.raw_query_string = {}; // an event written by hand
    CHECK(request(three, memory).query().first("n%20m") == "x+y%2B");

    const auto nothing = rest("/");
    CHECK(request(nothing, memory).query().empty());
    const auto none = alb("/");
    CHECK(request(none, memory).query().empty());
}

TEST_CASE("a target is fit for a request line") {
    workspace memory;
    const http::name_value single[] = {{"a b", "x+y&z"}, {"c", ""}};
    auto one = rest("/p%20q");
    one.query_string_parameters = string_map<>(single);
    CHECK(request(one, memory).target() == "/p%20q?a+b=x%2By%26z&c=");
    const http::name_value raw[] = {{"a%20b", "x+y%26z"}, {"c", ""}};
    auto two = alb("/p");
    two.query_string_parameters = string_map<>(raw);
    CHECK(request(two, memory).target() == "/p?a%20b=x+y%26z&c=");
    auto three = v2("/p q");
    three.raw_query_string = "a=1&&b%2c=+";
    CHECK(request(three, memory).target() == "/p%20q?a=1&&b%2c=+");
    const auto four = furl("/p");
    CHECK(request(four, memory).target() == "/p");
}

TEST_CASE("headers with lists win over headers with single values") {
    workspace memory;
    const http::name_value single[] = {{"X-A", "last"}, {"x-only", "1"}};
    const lists multi{{"X-A", {"first", "last"}}, {"x-a", {"third"}}};
    auto one = rest("/");
    one.headers = string_map<>(single);
    CHECK((to_texts(request(one, memory).headers().all("x-a")) == texts{"last"}));
    one.multi_value_headers = multi.map();
    const request both(one, memory);
    CHECK((to_texts(both.headers().all("x-a")) == texts{"first", "last", "third"}));
    CHECK(both.headers().size() == 3);
    auto two = alb("/");
    two.headers = string_map<>(single);
    two.multi_value_headers = multi.map();
    CHECK((to_texts(request(two, memory).headers().all("x-a")) == texts{"first", "last", "third"}));
}

TEST_CASE("cookies come once, however the door sends them") {
    workspace memory;
    const http::name_value in_header[] = {{"Cookie", "a=1; b=2"}, {"x", "y"}};
    const std::string_view in_list[] = {"a=1", "b=\"2\""};
    auto one = furl("/");
    one.headers = string_map<>(in_header);
    CHECK((to_pairs(request(one, memory).cookies()) == pairs{{"a", "1"}, {"b", "2"}}));
    one.cookies = in_list;
    const request both(one, memory);
    CHECK((to_pairs(both.cookies()) == pairs{{"a", "1"}, {"b", "\"2\""}}));
    CHECK((to_texts(both.headers().all("cookie")) == texts{"a=1; b=\"2\""}));
    CHECK(both.headers().first("x") == "y");
    CHECK(both.headers().size() == 2);
    auto two = v2("/");
    two.cookies = in_list;
    const request only(two, memory);
    CHECK(only.headers().first("Cookie") == "a=1; b=\"2\"");
    const lists lines{{"cookie", {"a=1", "b=2; c=3"}}};
    auto three = alb("/");
    three.multi_value_headers = lines.map();
    CHECK(
        (to_pairs(request(three, memory).cookies()) == pairs{{"a", "1"}, {"b", "2"}, {"c", "3"}}));
    const auto none = rest("/");
    CHECK(request(none, memory).cookies().empty());
}

TEST_CASE("a body is decoded when it is asked for, and base64 that is none is a bad request") {
    workspace memory;
    struct row {
        std::string_view text;
        bool base64;
        std::string_view bytes;
        bool fine;
    };
    const row rows[] = {
        {{}, false, "", true},
        {"", false, "", true},
        {"", true, "", true},
        {{}, true, "", true},
        {"aGk=", false, "aGk=", true},
        {"aGk=", true, "hi", true},
        {"/wA=", true, std::string_view("\xff\0", 2), true},
        {"aGk", true, "", false},
        {"aGk=\n", true, "", false},
        {"aGl=", true, "", false},
        {"a_k=", true, "", false},
    };
    for (const row& r : rows) {
        CAPTURE(r.text);
        auto event = v2("/");
        event.body = r.text;
        event.is_base64_encoded = r.base64;
        const request one(event, memory);
        const auto body = one.body();
        REQUIRE(body.has_value() == r.fine);
        if (r.fine) {
            CHECK(*body == r.bytes);
            CHECK(one.body()->data() == body->data()); // decoded once
        } else {
            CHECK(body.error().http_status == 400);
            CHECK(body.error().kind == error_class::malformed);
            CHECK(body.error().message.find(r.text) == std::string::npos);
        }
    }
}

TEST_CASE("host and scheme come from the headers, else from the door") {
    workspace memory;
    const http::name_value headers[] = {{"Host", "shop.example"}, {"X-Forwarded-Proto", "http"}};
    auto one = v2("/");
    CHECK(request(one, memory).host() == "a1.execute-api.eu-central-1.amazonaws.com");
    CHECK(request(one, memory).scheme() == "https");
    one.headers = string_map<>(headers);
    CHECK(request(one, memory).host() == "shop.example");
    CHECK(request(one, memory).scheme() == "http");
    const http::name_value odd[] = {{"x-forwarded-proto", "javascript"}};
    one.headers = string_map<>(odd);
    CHECK(request(one, memory).scheme() == "https");
    const auto health = samples::decoded<http::alb::event>("http-alb-health-check");
    const request check(*health, memory);
    CHECK(check.check().has_value());
    CHECK(check.host().empty());
    CHECK(check.client_ip().empty());
    CHECK(check.content_type().empty());
    CHECK(check.query().empty());
}

TEST_CASE("the client's address is the one that the door has seen, not one that the client wrote") {
    struct row {
        std::string_view source; // what the door says, "" from a load balancer
        texts forwarded;
        std::size_t trusted;
        std::string_view wanted;
    };
    const row rows[] = {
        {"198.51.100.1", {"10.0.0.1, 198.51.100.1"}, 0, "198.51.100.1"},
        {"198.51.100.1", {"10.0.0.1, 203.0.113.9, 198.51.100.1"}, 1, "203.0.113.9"},
        {"198.51.100.1", {}, 1, "198.51.100.1"},
        {"", {"10.0.0.1, 203.0.113.9"}, 0, "203.0.113.9"},
        {"", {"10.0.0.1", "203.0.113.9"}, 0, "203.0.113.9"},
        {"", {"10.0.0.1, 203.0.113.9, 198.51.100.1"}, 1, "203.0.113.9"},
        {"198.51.100.1", {"192.0.2.8"}, 0, "198.51.100.1"},
        {"", {"192.0.2.44"}, 5, "192.0.2.44"},
        {"", {"203.0.113.9:52114"}, 0, "203.0.113.9"},
        {"", {"2001:db8::7"}, 0, "2001:db8::7"},
        {"", {"[2001:db8::7]:52114"}, 0, "2001:db8::7"},
        {"", {"[2001:db8::7"}, 0, "2001:db8::7"},
        {"", {"[]"}, 0, ""},
        {"", {" , "}, 0, ""},
        {"", {}, 0, ""},
    };
    workspace memory;
    for (const row& r : rows) {
        CAPTURE(r.trusted);
        CAPTURE(r.wanted);
        const lists headers{{"X-Forwarded-For", r.forwarded}};
        auto event = rest("/");
        event.request_context.identity.source_ip = r.source;
        event.multi_value_headers = headers.map();
        CHECK(request(event, memory).client_ip(r.trusted) == r.wanted);
    }
    auto event = furl("/");
    event.request_context.http.source_ip = "203.0.113.9";
    CHECK(request(event, memory).client_ip() == "203.0.113.9");
}

TEST_CASE("the caller is what the authorizer has found out") {
    workspace memory;
    const auto caller_of = []<class E>(const decoded<E>& event) {
        return request(*event, event.memory()).caller();
    };
    CHECK(std::holds_alternative<http::anonymous_caller>(
        caller_of(samples::decoded<http::v2::event>("http-v2"))));
    CHECK(std::holds_alternative<http::anonymous_caller>(
        caller_of(samples::decoded<http::rest::event>("http-rest"))));
    CHECK(std::holds_alternative<http::anonymous_caller>(
        caller_of(samples::decoded<http::furl::event>("http-furl"))));
    CHECK(std::holds_alternative<http::anonymous_caller>(
        caller_of(samples::decoded<http::alb::event>("http-alb"))));

    const auto jwt_event = samples::decoded<http::v2::event>("http-v2-stage");
    const auto jwt = std::get<http::jwt_caller>(caller_of(jwt_event));
    CHECK(jwt.claim("sub") == "customer|4711");
    CHECK_FALSE(jwt.claim("email").has_value());
    CHECK((to_texts(jwt.scopes) == texts{"orders.read"}));

    const auto jwt_1_event = samples::decoded<http::rest::event>("http-rest-payload-1");
    const auto jwt_1 = std::get<http::jwt_caller>(caller_of(jwt_1_event));
    CHECK(jwt_1.claim("scope") == "orders.read");
    CHECK((to_texts(jwt_1.scopes) == texts{"orders.read"}));

    const auto cognito_event = samples::decoded<http::rest::event>("http-rest-cognito");
    const auto cognito = std::get<http::cognito_caller>(caller_of(cognito_event));
    CHECK(cognito.claim("cognito:username") == "lena");
    CHECK_FALSE(cognito.claim("x").has_value());

    struct context {
        std::string_view principal;
        std::string_view tier;
        static constexpr auto wire() {
            return fields(field("principalId", &context::principal), field("tier", &context::tier));
        }
    };
    const auto lambda_event = samples::decoded<http::rest::event>("http-rest-lambda-authorizer");
    const auto lambda = std::get<http::lambda_caller>(caller_of(lambda_event));
    const auto known = lambda.context.as<context>(lambda_event.memory());
    CHECK(known.value().principal == "customer|4711");
    CHECK(known.value().tier == "gold");
    const auto lambda_2_event = samples::decoded<http::v2::event>("http-v2-lambda-authorizer");
    const auto lambda_2 = std::get<http::lambda_caller>(caller_of(lambda_2_event));
    CHECK(lambda_2.context.text() == R"({"customer":4711,"gold":true,"tags":["a","b"]})");

    const auto iam_event = samples::decoded<http::rest::event>("http-rest-iam");
    const auto iam = std::get<http::iam_caller>(caller_of(iam_event));
    CHECK(iam.user_arn == "arn:aws:sts::111122223333:assumed-role/reports/nightly");
    CHECK(iam.account_id == "111122223333");
    CHECK(iam.principal_org_id == "o-exampleorg");
    const auto iam_2_event = samples::decoded<http::v2::event>("http-v2-iam");
    const auto iam_2 = std::get<http::iam_caller>(caller_of(iam_2_event));
    CHECK(iam_2.caller_id == "AROAEXAMPLEROLE00001:nightly");
    CHECK(iam_2.cognito_identity_pool_id == "eu-central-1:9d2e-example");
    const auto iam_3_event = samples::decoded<http::furl::event>("http-furl-iam");
    const auto iam_3 = std::get<http::iam_caller>(caller_of(iam_3_event));
    CHECK(iam_3.user_id == "AIDAEXAMPLECALLER001");
    CHECK(iam_3.cognito_identity_id.empty());
}

TEST_CASE("odd authorizers of a REST API do not pass for another kind") {
    struct row {
        std::string_view version;
        std::string_view authorizer;
        std::size_t kind; // index in http::caller
    };
    const row rows[] = {
        {"", "null", 0},
        {"", "{}", 0},
        {"1.0", R"({"claims":null,"scopes":null})", 0},
        {"1.0", R"({"claims":{},"scopes":[]})", 0},
        {"1.0", R"({"claims":{"sub":null},"scopes":null})", 0},
        {"1.0", R"({"claims":{"sub":"a"},"scopes":null})", 1},
        {"1.0", R"({"claims":{"sub":"a","exp":1}})", 1},
        {"", R"({"claims":{}})", 0},
        {"", R"({"claims":{"sub":"a"}})", 2},
        {"", R"({"claims":{"sub":"a","exp":1,"groups":["a"]}})", 2},
        {"", R"({"principalId":"a"})", 3},
        {"", R"({"principalId":"a","claims":{}})", 3},
        {"", R"({"claims":"a"})", 3},
        {"", R"({"claims":{"sub":[1]}})", 2},
        {"", R"([1])", 3},
    };
    for (const row& r : rows) {
        CAPTURE(r.authorizer);
        const auto event = decode<http::rest::event>(
            R"({"httpMethod":"GET","version":")" + std::string(r.version)
            + R"(","requestContext":{"authorizer":)" + std::string(r.authorizer) + "}}");
        REQUIRE(event.has_value());
        CHECK(request(**event, event->memory()).caller().index() == r.kind);
    }
}

TEST_CASE("an authorizer that says nothing has found out nobody") {
    struct row {
        std::string_view authorizer;
        std::size_t kind; // index in http::caller
    };
    const row rows[] = {
        {"null", 0},
        {"{}", 0},
        {R"({"jwt":null,"lambda":null,"iam":null})", 0},
        {R"({"jwt":{}})", 0},
        {R"({"jwt":{"claims":null,"scopes":null}})", 0},
        {R"({"jwt":{"claims":{},"scopes":[]}})", 0},
        {R"({"jwt":{"claims":{"sub":null},"scopes":null}})", 0},
        {R"({"jwt":{"claims":{"sub":"u1"},"scopes":null}})", 1},
        {R"({"jwt":{"claims":{"exp":1},"scopes":null}})", 1},
        {R"({"jwt":{"claims":null,"scopes":["a"]}})", 1},
        {R"({"lambda":{}})", 0},
        {R"({"lambda":{"a":null}})", 0},
        {R"({"lambda":{"a":false}})", 3},
        {R"({"lambda":[1]})", 3},
        {R"({"jwt":{"claims":null,"scopes":null},"lambda":{"a":1}})", 3},
        {R"({"iam":{}})", 0},
        {R"({"iam":{"accessKey":"","accountId":"","callerId":"","cognitoIdentity":null,)"
         R"("principalOrgId":"","userArn":"","userId":""}})",
         0},
        {R"({"iam":{"cognitoIdentity":{"amr":null,"identityId":"","identityPoolId":null}}})", 0},
        {R"({"iam":{"userArn":"arn:aws:iam::111122223333:user/ada"}})", 4},
        {R"({"iam":{"cognitoIdentity":{"identityId":"eu-central-1:7c1f-example"}}})", 4},
        {R"({"jwt":{"claims":null},"lambda":null,"iam":{"userId":"AIDAEXAMPLE"}})", 4},
    };
    for (const row& r : rows) {
        CAPTURE(r.authorizer);
        const auto event = decode<http::v2::event>(
            R"({"version":"2.0","requestContext":{"http":{"method":"GET"},"authorizer":)"
            + std::string(r.authorizer) + "}}");
        REQUIRE(event.has_value());
        CHECK(request(**event, event->memory()).caller().index() == r.kind);
    }
}

TEST_CASE("a claim that is no string is its JSON, and fails nothing") {
    constexpr std::string_view claims =
        R"({"sub":"u1","exp":1612061676,"admin":true,"groups":["a"],"x":{"y": 1},"none":null})";
    const auto check = [](const auto& who) {
        CHECK(who.claim("sub") == "u1");
        CHECK(who.claim("exp") == "1612061676");
        CHECK(who.claim("admin") == "true");
        CHECK(who.claim("groups") == R"(["a"])");
        CHECK(who.claim("x") == R"({"y": 1})");
        CHECK_FALSE(who.claim("none").has_value());
        CHECK_FALSE(who.claim("email").has_value());
    };
    const auto of_rest = [&](std::string_view version) {
        return decode<http::rest::event>(R"({"httpMethod":"GET","version":")" + std::string(version)
                                         + R"(","requestContext":{"authorizer":{"claims":)"
                                         + std::string(claims) + "}}}");
    };
    const auto format_2 = decode<http::v2::event>(
        R"({"version":"2.0","requestContext":{"http":{"method":"GET"},"authorizer":{"jwt":{)"
        R"("claims":)"
        + std::string(claims) + R"(,"scopes":null}}}})");
    REQUIRE(format_2.has_value());
    check(std::get<http::jwt_caller>(request(**format_2, format_2->memory()).caller()));
    const auto format_1 = of_rest("1.0");
    REQUIRE(format_1.has_value());
    check(std::get<http::jwt_caller>(request(**format_1, format_1->memory()).caller()));
    const auto user_pool = of_rest("");
    REQUIRE(user_pool.has_value());
    check(std::get<http::cognito_caller>(request(**user_pool, user_pool->memory()).caller()));
}
