// SPDX-License-Identifier: BSL-1.0
#include <headrace/app.hpp>
#include <headrace/http/extract.hpp>
#include <headrace/http/routing.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/invoke.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace headrace;
using namespace std::string_view_literals;
using testing::invoke;

enum class sorting { by_number, by_name };
template <>
inline constexpr auto headrace::enum_names<sorting> =
    std::array{enum_name{sorting::by_number, "number"}, enum_name{sorting::by_name, "name"}};

namespace {

constexpr std::array every_door{http::door::rest, http::door::v2, http::door::furl,
                                http::door::alb};
constexpr std::string_view form_type = "application/x-www-form-urlencoded";

// One member of each kind.
struct search {
    std::string_view text;
    int page = 1;
    std::optional<double> most;
    sorting order = sorting::by_number;
    bool all = false;
    std::vector<std::string_view> tags{"untagged"};
    std::optional<std::string> from;
    std::uint8_t limit = 0;
    static void wire(auto& self, auto&& field) {
        field("q", self.text).required();
        field("page", self.page);
        field("max-price", self.most);
        field("sort", self.order);
        field("all", self.all);
        field("tag", self.tags);
        field("from", self.from);
        field("limit", self.limit);
    }
};

std::string text_of(const search& s) {
    std::string text = std::string(s.text) + " page " + std::to_string(s.page);
    if (s.most) text += " max " + std::to_string(*s.most).substr(0, 4);
    if (s.order == sorting::by_name) text += " by name";
    if (s.all) text += " all";
    for (const auto tag : s.tags) text += " #" + std::string(tag);
    return text + " from " + s.from.value_or("anywhere") + " limit " + std::to_string(s.limit);
}

struct place {
    std::uint64_t order = 0;
    std::string_view line;
    static void wire(auto& self, auto&& field) {
        field("id", self.order).required();
        field("line", self.line);
    }
};

// The same list as a value.
struct paging {
    int page = 1;
    std::vector<int> sizes;
    static constexpr auto wire() {
        return fields(field("page", &paging::page).required(), field("size", &paging::sizes));
    }
};

// The text of an application/x-www-form-urlencoded body or of a query string, through a door.
testing::http_request with_query(std::string_view text, http::door door) {
    auto request = testing::get("/search");
    while (!text.empty()) {
        const auto piece = text.substr(0, text.find('&'));
        const auto equals = piece.find('=');
        request.query(std::string(piece.substr(0, equals)), std::string(piece.substr(equals + 1)));
        text.remove_prefix(std::min(piece.size() + 1, text.size()));
    }
    return request.through(door);
}
testing::http_request with_form(std::string text) {
    return testing::post("/search").body(std::move(text), std::string(form_type));
}

app<> search_by_query() {
    app<> shop;
    shop.on(http::get("/search"), [](http::query_of<search> s) { return text_of(*s); });
    shop.on(http::post("/search"), [](http::form<search> s) { return text_of(*s); });
    return shop;
}

// The detail of a problem document.
std::string detail_of(const testing::reply& reply) {
    const auto text = reply.body();
    const auto from = text.find(R"("detail":")") + 10;
    return text.substr(from, text.find('"', from) - from);
}

// Looks at a text that the handler had when the handler is done.
struct looking_after {
    std::string_view* kept;
    outcome operator()(call& c, auto&& next) const {
        outcome o = next(c);
        CHECK(*kept == "green tea"); // of the sanitizers, too
        return o;
    }
};

} // namespace

TEST_CASE("a piece of a request has a name of its own beside std::filesystem's") {
    using namespace std::filesystem;
    app files;
    files.on(http::get("/files/{name}"),
             [](http::path<"name"> name) { return path(*name).extension().string(); });
    CHECK(invoke(files, testing::get("/files/today.csv")).body() == ".csv");
}

// ---- a query string, a form
// -----------------------------------------------------------------------

TEST_CASE("a query string becomes a struct, through every door") {
    struct row {
        std::string_view query;
        std::string_view body;
    };
    const row rows[] = {
        {"q=tea", "tea page 1 #untagged from anywhere limit 0"},
        {"page=2&q=tea&limit=255", "tea page 2 #untagged from anywhere limit 255"},
        {"q=green tea&sort=name&all=true&max-price=9.50",
         "green tea page 1 max 9.50 by name all #untagged from anywhere limit 0"},
        {"q=a&from=", "a page 1 #untagged from  limit 0"},
        {"q=a&unknown=1&Q=b&page[]=7", "a page 1 #untagged from anywhere limit 0"},
        {"q=a&tag=100%25+", "a page 1 #100%25+ from anywhere limit 0"}, // texts of the builder
    };
    for (const auto door : every_door) {
        auto shop = search_by_query();
        for (const row& r : rows) {
            CAPTURE(http::to_string(door));
            CAPTURE(r.query);
            const auto reply = invoke(shop, with_query(r.query, door));
            CHECK(reply.status() == 200);
            CHECK(reply.body() == r.body);
        }
    }
}

TEST_CASE("a list has all values of its name, any other member the first one") {
    auto shop = search_by_query();
    const std::string_view query = "q=a&tag=x&page=2&tag=y&page=three&tag=";
    const std::string_view all = "a page 2 #x #y # from anywhere limit 0";
    for (const auto door : {http::door::rest, http::door::v2, http::door::furl}) {
        CAPTURE(http::to_string(door));
        CHECK(invoke(shop, with_query(query, door)).body() == all);
    }
    CHECK(invoke(shop, with_query(query, http::door::alb).through_multi_value_alb()).body() == all);
    CHECK(invoke(shop, with_form(std::string(query))).body() == all);
    // A load balancer without multi-value headers tells the last one alone.
    CHECK(invoke(shop, with_query("q=a&tag=x&tag=y", http::door::alb)).body()
          == "a page 1 #y from anywhere limit 0");
}

TEST_CASE("a form becomes the same struct, decoded once") {
    struct row {
        std::string form;
        std::string_view body;
    };
    const row rows[] = {
        {"q=green+tea&tag=a%26b&tag=%3D&from=100%2525",
         "green tea page 1 #a&b #= from 100%25 limit 0"},
        {"q=a=b&&page=3&", "a=b page 3 #untagged from anywhere limit 0"},
        {"max%2Dprice=1.25&%71=x", "x page 1 max 1.25 #untagged from anywhere limit 0"},
        {"q=gr%C3%BCn%00", "gr\xC3\xBCn\0 page 1 #untagged from anywhere limit 0"sv},
        {"q=50%&page=1", "50% page 1 #untagged from anywhere limit 0"},
    };
    for (const auto door : every_door) {
        auto shop = search_by_query();
        for (const row& r : rows) {
            CAPTURE(http::to_string(door));
            CAPTURE(r.form);
            CHECK(invoke(shop, with_form(r.form).through(door)).body() == r.body);
            const auto encoded = testing::post("/search").bytes(r.form, std::string(form_type));
            CHECK(invoke(shop, testing::http_request(encoded).through(door)).body() == r.body);
        }
    }
}

TEST_CASE("what is wrong with a member is said as of a parameter of its own") {
    struct row {
        std::string_view texts;
        std::string_view detail;
    };
    const row rows[] = {
        {"", "'q' is missing"},
        {"page=2", "'q' is missing"},
        {"q=", "'q' is missing"},
        {"q=a&page=x", "'page': expected an integer"},
        {"q=a&page=", "'page': expected an integer"},
        {"q=a&limit=256", "'limit': expected a number in range"},
        {"q=a&max-price=cheap", "'max-price': expected a number"},
        {"q=a&sort=price", "'sort': expected one of number, name"},
        {"q=a&all=1", "'all': expected true or false"},
        {"page=x&q=", "'q' is missing"}, // in the order of the list
    };
    auto shop = search_by_query();
    for (const row& r : rows) {
        CAPTURE(r.texts);
        const auto asked = invoke(shop, with_query(r.texts, http::door::v2));
        CHECK(asked.status() == 400);
        CHECK(detail_of(asked) == "query parameter " + std::string(r.detail));
        const auto sent = invoke(shop, with_form(std::string(r.texts)));
        CHECK(sent.status() == 400);
        CHECK(detail_of(sent) == "form parameter " + std::string(r.detail));
    }
}

TEST_CASE("a body of another type is no form, and one without a type is") {
    struct row {
        std::string_view type;
        std::uint16_t status;
    };
    const row rows[] = {
        {"application/x-www-form-urlencoded", 200},
        {"application/x-www-form-urlencoded;charset=UTF-8", 200},
        {"Application/X-WWW-Form-URLEncoded ; charset=utf-8", 200},
        {"", 200},
        {"application/json", 415},
        {"text/plain", 415},
        {"multipart/form-data; boundary=x", 415},
        {"application/x-www-form-urlencoded-not", 415},
        {"; charset=utf-8", 200},
    };
    auto shop = search_by_query();
    for (const auto door : every_door) {
        for (const row& r : rows) {
            CAPTURE(http::to_string(door));
            CAPTURE(r.type);
            const auto reply = invoke(
                shop, testing::post("/search").body("q=a", std::string(r.type)).through(door));
            CHECK(reply.status() == r.status);
        }
    }
    const auto none = invoke(shop, R"({"version":"2.0","rawPath":"/search","body":"q=a",)"
                                   R"("requestContext":{"domainName":"api.example.com",)"
                                   R"("http":{"method":"POST"}}})");
    CHECK(none.status() == 200);
    const auto packed = [&](std::string coding) {
        return invoke(shop, with_form("q=a").header("content-encoding", std::move(coding)));
    };
    CHECK(packed("gzip").status() == 415); // its bytes would be a name that nobody lists
    CHECK(packed("Identity").status() == 200);
}

TEST_CASE("a form whose base64 is broken is malformed, and a result says why") {
    app shop;
    shop.on(http::post("/search"),
            [](result<http::form<search>> s) { return s ? text_of(**s) : s.error().message; });
    const auto reply =
        invoke(shop, R"({"version":"2.0","rawPath":"/search","body":"*","isBase64Encoded":true,)"
                     R"("requestContext":{"domainName":"api.example.com",)"
                     R"("http":{"method":"POST"}}})");
    CHECK(reply.body() == "the request's body is not the base64 that it is declared to be");
    CHECK(invoke(shop, with_form("page=1")).body() == "form parameter 'q' is missing");
}

TEST_CASE("a handler takes JSON or a form, and both are there as text") {
    app shop;
    shop.on(http::post("/search"), [](result<body<search>> json, result<http::form<search>> form,
                                      body<std::string_view> text) {
        return std::string(json ? "json " : "") + (form ? "form " : "") + std::string(*text);
    });
    CHECK(invoke(shop, testing::post("/search").body(R"({"q":"a"})")).body()
          == R"(json {"q":"a"})");
    CHECK(invoke(shop, with_form("q=a")).body() == "form q=a");
}

TEST_CASE("texts borrow from the invocation and outlive the handler's arguments") {
    app shop;
    std::string_view kept;
    shop.on(http::post("/search"), chain{looking_after{&kept}},
            [&](http::form<search> s) { kept = s->text; });
    shop.on(http::get("/search"), chain{looking_after{&kept}},
            [&](http::query_of<search> s) { kept = s->text; });
    CHECK(invoke(shop, with_form("q=green+tea")).status() == 204);
    CHECK(invoke(shop, with_query("q=green tea", http::door::v2)).status() == 204);
}

TEST_CASE("a wire list that is a value serves as well") {
    app shop;
    shop.on(http::get("/search"), [](http::query_of<paging> p) {
        int sum = p->page;
        for (const int size : p->sizes) sum += size;
        return std::to_string(sum);
    });
    CHECK(invoke(shop, with_query("page=1&size=20&size=300", http::door::rest)).body() == "321");
    CHECK(invoke(shop, with_query("size=20", http::door::rest)).status() == 400);
}

// ---- a path
// -----------------------------------------------------------------------------------------

TEST_CASE("the parameters of a path become a struct, decoded once, through every door") {
    for (const auto door : every_door) {
        CAPTURE(http::to_string(door));
        app shop;
        shop.on(http::get("/orders/{id}/lines/{line}"), [](http::path_of<place> at) {
            return std::to_string(at->order) + " " + std::string(at->line);
        });
        CHECK(invoke(shop, testing::get("/orders/17/lines/a%2520b").through(door)).body()
              == "17 a%20b");
        const auto refused = invoke(shop, testing::get("/orders/x/lines/1").through(door));
        CHECK(refused.status() == 400);
        CHECK(detail_of(refused) == "path parameter 'id': expected an integer");
    }
}

TEST_CASE("build() names the member that is no parameter of the pattern") {
    app shop;
    shop.on(http::get("/orders/{id}"), [](http::path_of<place>) {});
    const auto built = shop.build();
    REQUIRE(!built);
    CHECK(built.error().message.find("'http GET /orders/{id}' asks for http::path_of<")
          != std::string::npos);
    CHECK(built.error().message.find("place> with \"line\", which its pattern lacks")
          != std::string::npos);
    CHECK(built.error().message.starts_with("1 mistake "));
}
