// SPDX-License-Identifier: BSL-1.0
#include <headrace/base/types.hpp>
#include <headrace/http/response.hpp>
#include <headrace/json/codec.hpp>
#include <headrace/routing/handler.hpp>

#include "fakes.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

using namespace headrace;

namespace {

struct letter {
    std::string_view to;
};

// All that bind asks of a matcher.
struct letters {
    using provides = types<letter>;
};
struct pages : letters {
    static constexpr bool is_http = true;
    static outcome text_reply(std::string body) { return http::text(200, std::move(body)); }
};

struct receipt {
    std::string number;
    static void wire(auto& self, auto&& field) { field("number", self.number); }
};

// What was asked for, in order.
std::string* asked = nullptr;

} // namespace

// Makes itself, or fails, and writes down that it was asked.
template <char Name, bool Good> struct part {
    std::unique_ptr<char> value;
};
template <char Name, bool Good> struct headrace::extract<part<Name, Good>> {
    static result<part<Name, Good>> from(call&) {
        *asked += Name;
        if (!Good) return error::invalid(std::string("no ") + Name);
        return part<Name, Good>{std::make_unique<char>(Name)};
    }
    static void needs(requirements& r) { r.path_parameter(Good ? "good" : "bad"); }
};

namespace {

using a = part<'a', true>;
using b = part<'b', true>;
using bad = part<'x', false>;

struct bench : fakes::world {
    std::string trace;
    letter here{"Ada"};
    bench() {
        asked = &trace;
        call.offer(here);
    }
    template <class Matcher = letters, class F> outcome run(F f) {
        auto bound = detail::bind<Matcher>(std::move(f));
        return bound(call);
    }
};

std::string json_of(const outcome& o) {
    const auto* json = o.reply().get_if<json_reply>();
    return json != nullptr ? json->text : std::string("(no JSON)");
}

outcome plain_function(const letter& l) {
    return l.to == "Ada" ? outcome::drop() : outcome::reject("who?");
}
int noexcept_function() noexcept { return 5; }

} // namespace

// ---- what can be a handler --------------------------------------------------------------------

TEST_CASE("functions, lambdas and function objects are handlers") {
    bench w;
    CHECK(w.run(plain_function).verdict() == verdict::drop);
    CHECK(w.run(&plain_function).verdict() == verdict::drop);
    CHECK(json_of(w.run(noexcept_function)) == "5");
    CHECK(w.run([] {}).succeeded());
    CHECK(w.run([]() noexcept {}).succeeded());
    CHECK(json_of(w.run([n = 1]() mutable { return ++n; })) == "2");
    CHECK(json_of(w.run(std::function<int(const letter&)>([](const letter&) { return 3; })))
          == "3");
    struct object {
        std::unique_ptr<int> only_moves = std::make_unique<int>(7);
        int operator()(const letter&) const { return *only_moves; }
    };
    CHECK(json_of(w.run(object())) == "7");
}

TEST_CASE("a handler keeps its state from call to call") {
    bench w;
    auto bound = detail::bind<letters>([n = 0]() mutable { return ++n; });
    CHECK(json_of(bound(w.call)) == "1");
    CHECK(json_of(bound(w.call)) == "2");
}

// ---- parameters -------------------------------------------------------------------------------

TEST_CASE("the call, its context and workspace and the record are handed out themselves") {
    bench w;
    const auto o = w.run(
        [&](call& c, const call& same, const context& ctx, workspace& memory, const letter& l) {
            CHECK(&c == &w.call);
            CHECK(&same == &w.call);
            CHECK(&ctx == &w.context);
            CHECK(&memory == &w.memory);
            CHECK(&l == &w.here);
        });
    CHECK(o.succeeded());
    CHECK(w.run([](context ctx, letter copy) {
               CHECK(ctx.request_id.empty());
               CHECK(copy.to == "Ada");
           }).succeeded());
}

TEST_CASE("a record that is not there is a bug that names its type") {
    fakes::world w;
    auto bound = detail::bind<letters>([](const letter&) {});
    const auto o = bound(w.call);
    REQUIRE(o.error() != nullptr);
    CHECK(o.error()->kind == error_class::bug);
    CHECK(o.error()->message.find("letter") != std::string::npos);
}

TEST_CASE("parameters are made from left to right, once each, and moved into the handler") {
    bench w;
    const auto o = w.run([](a first, const b& second, const letter&, a third) {
        return std::string{*first.value, *second.value, *third.value};
    });
    CHECK(json_of(o) == R"("aba")");
    CHECK(w.trace == "aba");
}

TEST_CASE("the first parameter that cannot be made ends the call") {
    bench w;
    bool ran = false;
    const auto o = w.run([&](a, bad, b) { ran = true; });
    CHECK(!ran);
    CHECK(w.trace == "ax"); // b was not asked
    CHECK(o.verdict() == verdict::reject);
    CHECK(o.error()->message == "no x");
}

TEST_CASE("a result<T> parameter receives the failure, and what follows is made") {
    bench w;
    const auto o = w.run([](result<bad> failed, const result<a>& made, b) {
        return failed.error().message + *made->value;
    });
    CHECK(json_of(o) == R"("no xa")");
    CHECK(w.trace == "xab");
}

TEST_CASE("body<T> and its failure arrive at the handler") {
    bench w;
    w.call.found().body = raw_json("[1,2,3]");
    CHECK(json_of(w.run([](body<std::vector<int>> n) { return n->size(); })) == "3");
    w.call.found().body = raw_json("[1,true]");
    CHECK(w.run([](body<std::vector<int>>) {}).error()->pointer == "/1");
    CHECK(json_of(w.run([](result<body<std::vector<int>>> n) { return n.error().pointer; }))
          == R"("/1")");
}

TEST_CASE("a bound handler passes on what its parameters need") {
    const auto f = [](const a&, result<bad>, const letter&, deps<letter&>) {};
    using bound = decltype(detail::bind<letters>(f));
    requirements r;
    bound::needs(r);
    REQUIRE(r.all().size() == 3);
    CHECK(r.all()[0].name == "good");
    CHECK(r.all()[1].name == "bad");
    CHECK(r.all()[2].type == detail::id_of<letter>);
}

// ---- returns ----------------------------------------------------------------------------------

TEST_CASE("a value becomes the JSON text of the reply") {
    bench w;
    struct row {
        outcome made;
        std::string_view json;
    };
    const row rows[] = {
        {w.run([] { return receipt{"r1"}; }), R"({"number":"r1"})"},
        {w.run([] {
             return std::vector{receipt{"r1"}, receipt{"r2"}};
         }),
         R"([{"number":"r1"},{"number":"r2"}])"},
        {w.run([] { return 17; }), "17"},
        {w.run([] { return true; }), "true"},
        {w.run([] { return std::string("a \"text\""); }), R"("a \"text\"")"},
        {w.run([](const letter& l) { return l.to; }), R"("Ada")"},
        {w.run([] { return "a literal"; }), R"("a literal")"},
        {w.run([] { return std::optional<int>(); }), "null"},
        {w.run([] {
             return std::map<std::string, int>{{"n", 1}};
         }),
         R"({"n":1})"},
        {w.run([] { return raw_json(R"({"as":"it is"})"); }), R"({"as":"it is"})"},
        {w.run([]() -> result<receipt> { return receipt{"r1"}; }), R"({"number":"r1"})"},
        {w.run([] { return json_reply{"[]"}; }), "[]"},
        {w.run([]() -> result<json_reply> { return json_reply{"[]"}; }), "[]"},
    };
    for (const auto& [made, json] : rows) {
        CHECK(made.verdict() == verdict::ok);
        CHECK(json_of(made) == json);
    }
}

TEST_CASE("nothing, an outcome and a response stay what they are") {
    bench w;
    CHECK(w.run([] {}).reply().empty());
    CHECK(w.run([] { return result<void>(); }).reply().empty());
    CHECK(w.run([] { return outcome::drop(); }).verdict() == verdict::drop);
    CHECK(w.run([]() -> result<outcome> { return outcome::drop(); }).verdict() == verdict::drop);
    const auto teapot = http::text(418, "short and stout");
    CHECK(*w.run<pages>([&] { return teapot; }).reply().get_if<http::response>() == teapot);
    CHECK(*w.run<pages>([&]() -> result<http::response> { return teapot; })
               .reply()
               .get_if<http::response>()
          == teapot);
}

TEST_CASE("an error is the outcome of its class, however it is returned") {
    bench w;
    const auto why = error::invalid("too small");
    const outcome rows[] = {
        w.run([&] { return why; }),
        w.run([&]() -> result<void> { return why; }),
        w.run([&]() -> result<receipt> { return why; }),
        w.run([&]() -> result<outcome> { return why; }),
        w.run<pages>([&]() -> result<http::response> { return why; }),
        w.run([&]() -> outcome { return why; }),
    };
    for (const auto& o : rows) {
        CHECK(o.verdict() == verdict::reject);
        REQUIRE(o.error() != nullptr);
        CHECK(*o.error() == why);
    }
}

TEST_CASE("on an HTTP route text is text/plain, and other values are JSON") {
    bench w;
    const auto text_of = [](outcome o) {
        const auto* r = o.reply().get_if<http::response>();
        return r != nullptr ? std::to_string(r->status) + r->body + r->headers.at(0).value
                            : std::string("(no response)");
    };
    CHECK(text_of(w.run<pages>([] { return std::string("hello"); }))
          == "200hellotext/plain; charset=utf-8");
    CHECK(text_of(w.run<pages>([] { return "hello"; })) == "200hellotext/plain; charset=utf-8");
    CHECK(text_of(w.run<pages>([](const letter& l) { return l.to; }))
          == "200Adatext/plain; charset=utf-8");
    CHECK(text_of(w.run<pages>([]() -> result<std::string> { return "hello"; }))
          == "200hellotext/plain; charset=utf-8");
    CHECK(json_of(w.run<pages>([] { return receipt{"r1"}; })) == R"({"number":"r1"})");
}

TEST_CASE("a value is encoded while what it borrows from is alive") {
    bench w;
    const auto o = w.run([](a made) {
        struct view {
            std::string_view text;
            static constexpr auto wire() { return fields(field("text", &view::text)); }
        };
        static std::string kept;
        kept = std::string("value ") + *made.value;
        return view{kept};
    });
    CHECK(json_of(o) == R"({"text":"value a"})");
}

TEST_CASE("what a handler throws goes on to the edge") {
    bench w;
    CHECK_THROWS_AS((void)w.run([] { throw std::logic_error("no"); }), std::logic_error);
}
