// SPDX-License-Identifier: BSL-1.0
#include <headrace/app.hpp>
#include <headrace/http.hpp>
#include <headrace/sources/raw.hpp>
#include <headrace/sources/sqs.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/doctest.hpp>
#include <headrace/testing/invoke.hpp>
#include <headrace/testing/recorded.hpp>

#include <chrono>
#include <string>
#include <type_traits>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;

namespace {

struct answer {
    int n = 0;
    static void wire(auto& self, auto&& field) { field("n", self.n); }
};

} // namespace

TEST_CASE("invoke runs an app and gives its reply back") {
    app<> a;
    a.on(raw::any, [](const raw::event&) { return answer{17}; });
    const auto reply = testing::invoke(a, "{}");
    CHECK(reply.succeeded());
    CHECK(reply.text() == R"({"n":17})");
    const auto typed = reply.as<answer>();
    REQUIRE(typed);
    CHECK((*typed)->n == 17);
    CHECK(reply.status() == 0);
    CHECK(reply.header("x").empty());
    CHECK(reply.body().empty());
    CHECK(reply.cookies().empty());
    CHECK(reply.failed_records().empty());
}

TEST_CASE("a function error is an error, not a reply") {
    app<> a;
    a.on(raw::any, [](const raw::event&) -> outcome { return error::permanent("no"); });
    const auto reply = testing::invoke(a, "{}");
    CHECK(!reply.succeeded());
    REQUIRE(reply.error());
    CHECK(reply.error()->message == "no");
    CHECK(reply.text().empty());
}

TEST_CASE("the records of a batch that failed have their identifiers in the reply") {
    app<> a;
    a.on(sqs::queue("orders"), [](body<answer>) {});
    const auto reply = testing::invoke(
        a,
        testing::sqs_batch().message(answer{1}).message("torn").message({.body = "[", .id = "x"}));
    CHECK(reply.failed_records() == std::vector<std::string>{"message-1", "x"});
}

TEST_CASE("an HTTP reply is read in the form of each front door") {
    for (const auto door : {http::door::v2, http::door::rest, http::door::furl}) {
        CAPTURE(http::to_string(door));
        app<> a;
        a.on(http::get("/"), [](call&) {
            return http::text(201, "made")
                .header("X-Tag", "a")
                .header("x-tag", "b")
                .cookie("c=1")
                .cookie("d=2; Path=/");
        });
        const auto reply = testing::invoke(a, testing::get("/").through(door));
        CHECK(reply.status() == 201);
        CHECK(reply.body() == "made");
        CHECK(reply.header("x-tag") == "a, b");
        CHECK(reply.header("X-TAG") == "a, b");
        CHECK(reply.header("absent").empty());
        CHECK(reply.cookies() == std::vector<std::string>{"c=1", "d=2; Path=/"});
    }
}

TEST_CASE("an app that cannot be built throws with its mistakes") {
    app<> a;
    a.on(sqs::queue("orders"), [](deps<int&>) {});
    CHECK_THROWS_WITH_AS((void)testing::invoke(a, "{}"), doctest::Contains("deps<int&>"), failure);
}

TEST_CASE("the test owns the invocation's time, id and log") {
    testing::world w;
    app<> a;
    a.on(raw::any, [&](const raw::event&, const context& c) {
        CHECK(c.request_id == testing::world::request_id);
        CHECK(c.remaining() == 3s);
        w.clock.advance(2s);
        CHECK(c.remaining() == 1s);
        c.log.debug("half-way", "n", 17);
    });
    CHECK(testing::invoke(a, "{}", w, 3s).succeeded());
    CHECK(w.log.contains(R"("message":"half-way","n":17)"));
    CHECK(w.log.lines().size() == 1);
    CHECK(!w.log.contains("charged"));
}

TEST_CASE("a recorded event has a name") {
    CHECK(testing::recorded("sqs").starts_with("{\"Records\":"));
    CHECK_THROWS_WITH_AS((void)testing::recorded("sqsx"), doctest::Contains("sqs-fifo"), failure);
}

TEST_CASE("values print themselves when a check fails") {
    // Not doctest::toString, which is another function in test files without these printers.
    const auto text = []<class T>(const T& value) {
        if constexpr (std::is_enum_v<T>)
            return std::string(toString(value).c_str());
        else
            return std::string(doctest::StringMaker<T>::convert(value).c_str());
    };
    error e = error::invalid("too many");
    e.pointer = "/lines";
    CHECK(text(e) == "invalid/custom: /lines: too many");
    CHECK(text(errc::no_route) == "no_route");
    CHECK(text(error_class::bug) == "bug");
    CHECK(text(verdict::defer) == "defer");
    CHECK(text(result<int>(17)) == "17");
    CHECK(text(result<int>(e)) == "invalid/custom: /lines: too many");
    CHECK(text(result<void>()) == "success");
    CHECK(text(outcome()) == "ok");
    CHECK(text(outcome::reject("no")) == "reject (permanent/custom: no)");
    CHECK(text(outcome(json_reply{"{}"})) == "ok {}");
    CHECK(text(outcome(http::text(200, "hello").cookie("a=b")))
          == "ok 200, content-type: text/plain; charset=utf-8, Set-Cookie: a=b, hello");
    CHECK(text(testing::reply("{}", std::nullopt)) == "{}");
    CHECK(text(testing::reply("", error::permanent("no")))
          == "function error (permanent/custom: no)");
}
