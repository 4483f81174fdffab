// SPDX-License-Identifier: BSL-1.0
#include <headrace/layers/access_log.hpp>
#include <headrace/layers/deadline_guard.hpp>
#include <headrace/layers/timing.hpp>
#include <headrace/routing/middleware.hpp>

#include "fakes.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

using namespace headrace;

namespace {

// Writes "name(" on the way in and ")" whenever its scope is left.
struct mark {
    std::string* trace;
    char name;
    struct scope_mark {
        std::string& trace;
        explicit scope_mark(std::string& t, char name) : trace(t) { (trace += name) += '('; }
        scope_mark(const scope_mark&) = delete;
        scope_mark& operator=(const scope_mark&) = delete;
        ~scope_mark() { trace += ')'; }
    };
    outcome operator()(call& c, auto&& next) const {
        const scope_mark here(*trace, name);
        return next(c);
    }
};

struct again {
    outcome operator()(call& c, auto&& next) const {
        outcome first = next(c);
        if (first.succeeded()) return first;
        return next(c);
    }
};

struct answer {
    outcome operator()(call&, auto&&) const { return outcome::reject("not today"); }
};

struct nothing {
    outcome operator()(call& c, auto&& next) const { return next(c); }
};

} // namespace

static_assert(middleware<mark> && middleware<again> && middleware<nothing>);
static_assert(middleware<access_log> && middleware<deadline_guard>);
static_assert(middleware<chain<mark, again>>);
static_assert(!middleware<int> && !middleware<std::string>);
static_assert(!middleware<decltype([](call&) { return outcome(); })>);
static_assert(!middleware<decltype([](call& c, auto&& next) { (void)next(c); })>);

static_assert(std::is_empty_v<nothing> && sizeof(chain<nothing, again, answer>) == 1);
static_assert(std::is_default_constructible_v<chain<>>);

// ---- the order --------------------------------------------------------------------------------

TEST_CASE("layers run in reading order and are left in the opposite one") {
    fakes::world w;
    std::string trace;
    chain layers{mark{&trace, 'a'}, mark{&trace, 'b'}, mark{&trace, 'c'}};
    const auto o = layers(w.call, [&](call& c) {
        CHECK(&c == &w.call);
        trace += '.';
        return outcome::drop();
    });
    CHECK(trace == "a(b(c(.)))");
    CHECK(o.verdict() == verdict::drop);
}

TEST_CASE("an empty chain is the handler") {
    fakes::world w;
    chain<> none;
    CHECK(none(w.call, [](call&) { return outcome::drop(); }).verdict() == verdict::drop);
}

TEST_CASE("a layer that does not call next answers itself") {
    fakes::world w;
    std::string trace;
    chain layers{mark{&trace, 'a'}, answer{}, mark{&trace, 'b'}};
    const auto o = layers(w.call, [&](call&) {
        trace += '.';
        return outcome();
    });
    CHECK(trace == "a()");
    CHECK(o.error()->message == "not today");
}

TEST_CASE("a layer that calls next again runs everything inside it again, each left once") {
    fakes::world w;
    std::string trace;
    int calls = 0;
    chain layers{mark{&trace, 'a'}, again{}, mark{&trace, 'b'}};
    const auto o = layers(w.call, [&](call&) {
        trace += '.';
        return ++calls == 1 ? outcome(error::transient("first")) : outcome();
    });
    CHECK(trace == "a(b(.)b(.))");
    CHECK(o.succeeded());
}

TEST_CASE("an exception leaves every layer that was entered, once") {
    fakes::world w;
    std::string trace;
    chain layers{mark{&trace, 'a'}, again{}, mark{&trace, 'b'}};
    int calls = 0;
    const auto handler = [&](call&) -> outcome {
        if (++calls == 1) return error::transient("first");
        throw std::runtime_error("second");
    };
    CHECK_THROWS_AS((void)layers(w.call, handler), std::runtime_error);
    CHECK(trace == "a(b()b())");
}

TEST_CASE("a layer reads and replaces the reply") {
    fakes::world w;
    const auto sign = [](call& c, auto&& next) -> outcome {
        outcome o = next(c);
        auto* json = o.reply().get_if<json_reply>();
        REQUIRE(json != nullptr);
        o.set_reply(json_reply{"[" + json->text + "]"});
        return o;
    };
    chain layers{sign, sign};
    const auto o = layers(w.call, [](call&) -> outcome { return json_reply{"1"}; });
    CHECK(o.reply().get_if<json_reply>()->text == "[[1]]");
}

TEST_CASE("layers keep state, and what they refer to is not copied") {
    fakes::world w;
    int seen = 0;
    const auto count = [n = 0, &seen](call& c, auto&& next) mutable -> outcome {
        seen = ++n;
        return next(c);
    };
    chain layers{count};
    const auto handler = [](call&) { return outcome(); };
    for (int i = 0; i < 3; ++i) CHECK(layers(w.call, handler).succeeded());
    CHECK(seen == 3);
}

TEST_CASE("a chain is a layer, too") {
    fakes::world w;
    std::string trace;
    chain inner{mark{&trace, 'b'}, mark{&trace, 'c'}};
    chain layers{mark{&trace, 'a'}, inner, mark{&trace, 'd'}};
    CHECK(layers(w.call, [](call&) { return outcome(); }).succeeded());
    CHECK(trace == "a(b(c(d())))");
}

TEST_CASE("the handler may be called through a const reference and may change itself") {
    fakes::world w;
    chain layers{nothing{}};
    const auto fixed = [](call&) { return outcome::drop(); };
    CHECK(layers(w.call, fixed).verdict() == verdict::drop);
    auto counting = [n = 0](call&) mutable { return ++n == 2 ? outcome::drop() : outcome(); };
    CHECK(layers(w.call, counting).verdict() == verdict::ok);
    CHECK(layers(w.call, counting).verdict() == verdict::drop);
}

// ---- scopes -----------------------------------------------------------------------------------

TEST_CASE("per_invocation layers run around the invocation, the others around each record") {
    fakes::world w;
    std::string trace;
    chain layers{per_invocation{mark{&trace, 'a'}}, per_invocation{mark{&trace, 'b'}},
                 mark{&trace, 'c'}, mark{&trace, 'd'}};
    const auto record = [&](call&) {
        trace += '.';
        return outcome();
    };
    const auto invocation = [&](call& c) {
        for (int i = 0; i < 2; ++i) {
            call inner(call::inside{c});
            CHECK(inner.scope() == scope::record);
            CHECK(layers(inner, record).succeeded());
        }
        return outcome();
    };
    CHECK(w.call.scope() == scope::invocation);
    CHECK(layers.operator()<scope::invocation>(w.call, invocation).succeeded());
    CHECK(trace == "a(b(c(d(.))c(d(.))))");
}

// ---- phases -----------------------------------------------------------------------------------

namespace {

template <phase P> struct in_phase : nothing {
    static constexpr headrace::phase phase = P;
};
using observes = in_phase<phase::observe>;
using falls_back = in_phase<phase::fallback>;
using guards = in_phase<phase::deadline>;
using claims = in_phase<phase::idempotency>;
using limits_rate = in_phase<phase::limit>;
using retries = in_phase<phase::retry>;
using breaks = in_phase<phase::breaker>;
using times_out = in_phase<phase::timeout>;
using confuses = in_phase<phase::chaos>;
using detail::phases_in_order;

static_assert(phases_in_order<>());
static_assert(phases_in_order<observes, falls_back, guards, claims, limits_rate, retries, breaks,
                              times_out, confuses>());
static_assert(phases_in_order<observes, observes>());
static_assert(phases_in_order<nothing, observes, nothing, retries, nothing>());
static_assert(!phases_in_order<guards, observes>());
static_assert(!phases_in_order<retries, nothing, claims>());
static_assert(!phases_in_order<breaks, retries>());
static_assert(!phases_in_order<
              observes, timing<void (*)(const call&, const outcome&, std::chrono::nanoseconds)>,
              in_phase<phase::chaos>, access_log>());
// Around the invocation and around the record are two sequences.
static_assert(phases_in_order<per_invocation<guards>, observes, guards>());
static_assert(!phases_in_order<per_invocation<guards>, per_invocation<observes>, guards>());
static_assert(detail::per_invocation_first<per_invocation<nothing>, nothing>());
static_assert(!detail::per_invocation_first<nothing, per_invocation<nothing>>());

} // namespace
