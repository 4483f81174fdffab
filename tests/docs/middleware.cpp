// SPDX-License-Identifier: BSL-1.0
// The code of docs/howto/middleware.md.
#include <headrace/app.hpp>
#include <headrace/http.hpp>
#include <headrace/sources/sqs.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/invoke.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <variant>

using namespace headrace;

namespace {

struct announce {
    outcome operator()(call& c, auto&& next) const {
        c.context().log.info("begin", "source", c.source(), "route", c.route());
        outcome o = next(c);
        c.context().log.info("end", "verdict", to_string(o.verdict()));
        return o;
    }
};

// Answers from what it remembers; the handler does not run.
struct remember {
    std::map<std::string, std::string, std::less<>>* answers;
    outcome operator()(call& c, auto&& next) const {
        const auto* request = c.find<http::request>();
        if (request == nullptr) return next(c);
        if (const auto known = answers->find(request->path()); known != answers->end()) {
            return outcome(json_reply{known->second});
        }
        outcome o = next(c);
        if (const auto* json = o.reply().get_if<json_reply>()) {
            answers->emplace(request->path(), json->text);
        }
        return o;
    }
};

void handle_order(const sqs::message&) {}

} // namespace

TEST_CASE("middleware.md: chains") {
    app orders{chain{access_log{}, deadline_guard{}}}; // around every record and request
    orders.on(sqs::queue("orders"), chain{announce{}},
              handle_order); // and, inside that, around these
    testing::world w;
    CHECK(testing::invoke(orders, testing::sqs_batch().message(""), w).failed_records().empty());
    const auto lines = w.log.lines();
    REQUIRE(lines.size() == 3);
    CHECK(lines[0].find(R"("message":"begin","record":"message-0","source":"sqs")")
          != std::string::npos);
    CHECK(lines[1].find(R"("message":"end","record":"message-0","verdict":"ok")")
          != std::string::npos);
    CHECK(lines[2].find(R"("message":"record")") != std::string::npos);
}

TEST_CASE("middleware.md: once for an invocation") {
    app orders{chain{per_invocation{access_log{}}, announce{}}};
    orders.on(sqs::queue("orders"), handle_order);
    testing::world w;
    CHECK(testing::invoke(orders, testing::sqs_batch().message("").message(""), w).succeeded());
    CHECK(w.log.lines().size() == 5);
    CHECK(w.log.contains(R"("message":"invocation")"));
}

TEST_CASE("middleware.md: what a layer can do") {
    std::map<std::string, std::string, std::less<>> answers;
    int calls = 0;
    app orders{chain{remember{&answers}}};
    orders.on(http::get("/sum"), [&] { return ++calls; });
    CHECK(testing::invoke(orders, testing::get("/sum")).body() == "1");
    CHECK(testing::invoke(orders, testing::get("/sum")).body() == "1");
    CHECK(calls == 1);
}

TEST_CASE("middleware.md: timing") {
    std::chrono::nanoseconds slowest{};
    testing::world w;
    app orders{chain{timing{[&](const call& c, const outcome&, std::chrono::nanoseconds took) {
        slowest = std::max(slowest, took);
        c.context().log.debug("took", "duration", took);
    }}}};
    orders.on(http::get("/"), [&] { w.clock.advance(std::chrono::milliseconds(5)); });
    CHECK(testing::invoke(orders, testing::get("/"), w).status() == 204);
    CHECK(slowest == std::chrono::milliseconds(5));
}
