// SPDX-License-Identifier: BSL-1.0
#include <headrace/layers/on_exception.hpp>

#include <headrace/app.hpp>
#include <headrace/layers/circuit_breaker.hpp>
#include <headrace/layers/retry.hpp>
#include <headrace/routing/use.hpp>
#include <headrace/sources/sqs.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/invoke.hpp>

#include "fakes.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

using namespace headrace;

namespace sql {
struct trouble : std::runtime_error {
    using std::runtime_error::runtime_error;
};
struct deadlock : trouble {
    using trouble::trouble;
};
} // namespace sql

namespace {

const auto deadlocks =
    on_exception<sql::deadlock>([](const sql::deadlock& e) { return error::transient(e.what()); });
const auto all_trouble = on_exception<sql::trouble>(
    [](const sql::trouble& e) { return error::permanent(std::string("sql: ") + e.what()); });

[[noreturn]] void throw_nested(int depth) {
    try {
        if (depth == 0) throw sql::deadlock("row 17");
        throw_nested(depth - 1);
    } catch (...) {
        std::throw_with_nested(std::logic_error("level " + std::to_string(depth)));
    }
}

long count(const testing::world& w, std::string_view text) {
    const auto lines = w.log.lines();
    return std::ranges::count_if(
        lines, [&](const auto& line) { return line.find(text) != std::string::npos; });
}

} // namespace

static_assert(middleware<decltype(deadlocks)>
              && detail::phase_of<decltype(deadlocks)>() == phase::none);

TEST_CASE("what is thrown becomes the error that the rule makes of it") {
    fakes::world w;
    const auto o = deadlocks(w.call, [](call&) -> outcome { throw sql::deadlock("row 17"); });
    CHECK(o.verdict() == verdict::retry);
    REQUIRE(o.error() != nullptr);
    CHECK(o.error()->kind == error_class::transient);
    CHECK(o.error()->message == "row 17");
    CHECK(o.error()->type == "sql::deadlock");
    CHECK(o.error()->code == errc::custom);
}

TEST_CASE("answers pass, and so does what is of another type") {
    fakes::world w;
    CHECK(deadlocks(w.call, [](call&) -> outcome { return error::invalid("no"); }).verdict()
          == verdict::reject);
    const auto throws = [&](auto thrown) {
        try {
            (void)deadlocks(w.call, [&](call&) -> outcome { throw thrown; });
        } catch (const decltype(thrown)&) {
            return true;
        }
        return false;
    };
    CHECK(throws(sql::trouble("all"))); // a base is not what it is a base of
    CHECK(throws(std::logic_error("oh")));
    CHECK(throws(42));
    CHECK(throws(failure(error::malformed("torn"))));
}

TEST_CASE("a rule for a base takes what is derived, with its own name") {
    fakes::world w;
    const auto o = all_trouble(w.call, [](call&) -> outcome { throw sql::deadlock("row 17"); });
    CHECK(o.verdict() == verdict::reject);
    CHECK(o.error()->message == "sql: row 17");
    CHECK(o.error()->type == "sql::deadlock");
}

TEST_CASE("several rules may stand in a chain, and the innermost that knows decides") {
    fakes::world w;
    const auto throw_deadlock = [](call&) -> outcome { throw sql::deadlock("row 17"); };
    const auto throw_trouble = [](call&) -> outcome { throw sql::trouble("full"); };
    chain narrow_inside{all_trouble, deadlocks};
    CHECK(narrow_inside(w.call, throw_deadlock).verdict() == verdict::retry);
    CHECK(narrow_inside(w.call, throw_trouble).verdict() == verdict::reject);
    chain narrow_outside{deadlocks, all_trouble};
    CHECK(narrow_outside(w.call, throw_deadlock).verdict() == verdict::reject);
}

TEST_CASE("an exception inside of another one counts, however deep it lies") {
    fakes::world w;
    for (int depth = 0; depth < 4; ++depth) {
        CAPTURE(depth);
        const auto o = deadlocks(w.call, [&](call&) -> outcome { throw_nested(depth); });
        CHECK(o.error()->message == "row 17");
        CHECK(o.error()->type == "sql::deadlock");
    }
    CHECK_THROWS_AS((void)deadlocks(w.call, [](call&) -> outcome { throw_nested(20); }),
                    std::logic_error); // nobody nests that deep
    const auto nothing_inside = [](call&) -> outcome {
        struct empty : std::nested_exception {};
        throw empty();
    };
    CHECK_THROWS_AS((void)deadlocks(w.call, nothing_inside), std::nested_exception);
}

TEST_CASE("a rule may not know, and may name the type itself") {
    fakes::world w;
    const auto by_text =
        on_exception<std::exception>([](const std::exception& e) -> std::optional<error> {
            if (std::string_view(e.what()) != "busy") return std::nullopt;
            error said = error::transient("it is busy");
            said.type = "Database.Busy";
            return said;
        });
    const auto o = by_text(w.call, [](call&) -> outcome { throw std::runtime_error("busy"); });
    CHECK(o.error()->type == "Database.Busy");
    CHECK_THROWS_AS(
        (void)by_text(w.call, [](call&) -> outcome { throw std::runtime_error("gone"); }),
        std::runtime_error);
}

TEST_CASE("a failure has its error already, also for a rule that takes everything") {
    fakes::world w;
    const auto everything = on_exception<std::exception>(
        [](const std::exception&) { return error::transient("whatever"); });
    const auto torn = [](call&) -> outcome { throw_failure(error::malformed("torn")); };
    CHECK_THROWS_AS((void)everything(w.call, torn), failure);
    const auto failures =
        on_exception<failure>([](const failure& f) { return error::permanent(f.error().message); });
    CHECK(failures(w.call, torn).error()->message == "torn");
}

TEST_CASE("types that are no class can be caught as well") {
    fakes::world w;
    const auto numbers =
        on_exception<int>([](int n) { return error::permanent("code " + std::to_string(n)); });
    CHECK(numbers(w.call, [](call&) -> outcome { throw 42; }).error()->message == "code 42");
}

TEST_CASE("inside of a retry and a breaker it tells them what it was") {
    fakes::world w;
    int tries = 0;
    chain layers{retry{}, deadlocks};
    const auto o = layers(w.call, [&](call&) -> outcome {
        if (++tries < 3) throw sql::deadlock("row 17");
        return {};
    });
    CHECK(o.succeeded());
    CHECK(tries == 3);

    circuit_breaker breaker{{.failures = 1}};
    chain guarded{use{breaker}, all_trouble};
    CHECK(guarded(w.call, [](call&) -> outcome { throw sql::trouble("no such row"); }).verdict()
          == verdict::reject);
    CHECK(breaker.state() == breaker_state::closed); // a no is an answer
}

TEST_CASE("run works around any callable") {
    fakes::world w;
    CHECK(deadlocks.run(w.context, [] { return 17; }).value() == 17);
    const auto r = deadlocks.run(w.context, []() -> int { throw sql::deadlock("row 17"); });
    static_assert(std::is_same_v<std::remove_const_t<decltype(r)>, result<int>>);
    CHECK(r.error().message == "row 17");
    const auto nothing =
        deadlocks.run(w.context, [](const context&) { throw sql::deadlock("row 17"); });
    CHECK(nothing.error().kind == error_class::transient);
}

TEST_CASE("what no rule knows is a bug, logged once; what one knows is not") {
    testing::world w;
    app orders{chain{all_trouble}};
    orders.on(sqs::queue("orders"), chain{deadlocks}, [](body<std::string_view> text) {
        if (*text == "deadlock") throw sql::deadlock("row 17");
        if (*text == "trouble") throw sql::trouble("full");
        throw std::logic_error("oh");
    });
    const auto reply = testing::invoke(
        orders, testing::sqs_batch().message("deadlock").message("trouble").message("bug"), w);
    CHECK(reply.failed_records().size() == 3); // no dead_letter layer
    CHECK(count(w, "record failed") == 3);
    CHECK(count(w, R"("outcome":"retry","class":"transient","code":"custom","reason":"row 17",)"
                   R"("errorType":"sql::deadlock")")
          == 1);
    CHECK(count(w, R"("outcome":"reject","class":"permanent")") == 1);
    CHECK(count(w, R"("class":"bug","code":"exception","reason":"oh")") == 1);
}
