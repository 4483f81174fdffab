// SPDX-License-Identifier: BSL-1.0
#include <headrace/base/result.hpp>

#include <doctest/doctest.h>

#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

using namespace headrace;

namespace {

result<int> half(int n) {
    if (n % 2 != 0) return error::invalid("odd");
    return n / 2;
}

struct must_be_named {
    explicit must_be_named(int n) : value(n) {}
    int value;
};

struct no_default {
    explicit no_default(std::string text) : text(std::move(text)) {}
    std::string text;
    bool operator==(const no_default&) const = default;
};

// Throws while it is moved from, if it is told so.
struct reluctant {
    explicit reluctant(bool refuses) : refuses(refuses) {}
    reluctant(reluctant&& other) : refuses(other.refuses) {
        if (refuses) throw 1;
    }
    bool refuses;
};

} // namespace

static_assert(is_result_v<result<void>> && is_result_v<result<int>> && !is_result_v<int>);
static_assert(std::is_convertible_v<const char*, result<std::string>>);
static_assert(!std::is_convertible_v<int, result<must_be_named>>);
static_assert(std::is_constructible_v<result<must_be_named>, int>);
static_assert(std::is_default_constructible_v<result<int>>);
static_assert(!std::is_default_constructible_v<result<no_default>>);
static_assert(std::is_nothrow_move_constructible_v<result<int>>);
static_assert(std::is_copy_constructible_v<result<int>> && std::is_copy_assignable_v<result<int>>);
static_assert(!std::is_copy_constructible_v<result<std::unique_ptr<int>>>);
static_assert(!std::is_copy_assignable_v<result<std::unique_ptr<int>>>);
static_assert(std::equality_comparable<result<no_default>>);
static_assert(!std::equality_comparable<result<must_be_named>>);
static_assert(sizeof(result<void>) <= 2 * sizeof(void*));

TEST_CASE("a result holds a value or an error") {
    const auto good = half(4);
    CHECK(good);
    CHECK(good.has_value());
    CHECK(*good == 2);
    const auto bad = half(3);
    CHECK(!bad);
    CHECK(bad.error() == error::invalid("odd"));
    CHECK(good != bad);
    CHECK(good == half(4));
    CHECK(bad == half(5));
}

TEST_CASE("value throws a failure that carries the error and describes it") {
    CHECK(half(4).value() == 2);
    auto e = error::malformed("expected a string");
    e.pointer = "/name";
    const result<int> bad = e;
    try {
        (void)bad.value();
        FAIL("value() returned");
    } catch (const failure& f) {
        CHECK(f.error() == e);
        CHECK(std::string_view(f.what()) == "/name: expected a string");
    }
    CHECK_THROWS_AS((void)result<int>(e).value(), failure);
    CHECK_THROWS_AS(result<void>(e).value(), failure);
    CHECK_NOTHROW(result<void>().value());
}

TEST_CASE("and_then goes on with a value and passes an error by") {
    CHECK(half(8).and_then(half) == result<int>(2));
    CHECK(half(6).and_then(half) == result<int>(error::invalid("odd")));
    bool asked = false;
    const auto other = half(3).and_then([&](int) -> result<std::string> {
        asked = true;
        return "never";
    });
    CHECK(!asked);
    CHECK(other.error().message == "odd");
    CHECK(result<void>().and_then([] { return half(2); }) == result<int>(1));
    CHECK(!result<void>(error::bug("no")).and_then([] { return half(2); }));
}

TEST_CASE("transform changes a value and or_else an error") {
    CHECK(half(4).transform([](int n) { return std::to_string(n); }) == result<std::string>("2"));
    CHECK(!half(3).transform([](int n) { return n; }));
    CHECK(half(3).or_else([](const error&) { return result<int>(7); }) == result<int>(7));
    CHECK(half(4).or_else([](const error&) { return result<int>(7); }) == result<int>(2));
    CHECK(half(3)
              .or_else([](error e) -> result<int> {
                  e.message += "!";
                  return e;
              })
              .error()
              .message
          == "odd!");
}

TEST_CASE("value_or replaces an error") {
    CHECK(half(4).value_or(9) == 2);
    CHECK(half(3).value_or(9) == 9);
    const result<std::string> bad = error::bug("no");
    CHECK(bad.value_or("instead") == "instead");
}

TEST_CASE("values that only move are moved out") {
    result<std::unique_ptr<int>> made = std::make_unique<int>(5);
    const std::unique_ptr<int> out = *std::move(made);
    CHECK(*out == 5);
    result<no_default> other = no_default("text");
    CHECK(other->text == "text");
    other->text = "changed";
    CHECK(std::move(other).value() == no_default("changed"));
    result<std::unique_ptr<int>> bad = error::bug("no");
    CHECK(std::move(bad).error().message == "no");
}

TEST_CASE("a result can be assigned from every state to every state") {
    const result<std::string> states[] = {std::string("a value that is longer than a short one"),
                                          std::string("short"), error::invalid("first"),
                                          error::bug("second")};
    for (const auto& from : states) {
        for (const auto& to : states) {
            result<std::string> r = to;
            r = from;
            CHECK(r == from);
            r = to;
            CHECK(r == to);
            r = result<std::string>(from);
            CHECK(r == from);
            const auto& same = r;
            r = same;
            CHECK(r == from);
        }
    }
}

TEST_CASE("copies of an error are errors of their own") {
    result<int> first = error::invalid("first");
    result<int> second = first;
    second.error().message = "second";
    CHECK(first.error().message == "first");
    result<void> done = error::invalid("first");
    result<void> other = done;
    CHECK(done == other);
    other = result<void>();
    CHECK(done.error().message == "first");
    other = std::move(done);
    CHECK(other.error().message == "first");
}

TEST_CASE("a value that throws while it is assigned leaves a result that can be assigned to") {
    result<reluctant> to(false);
    result<reluctant> from(false);
    from->refuses = true;
    CHECK_THROWS(to = std::move(from));
    CHECK(!to);
    to = error::bug("no");
    CHECK(to.error().message == "no");
}

TEST_CASE("members can be named where a function is taken") {
    using text = std::string;
    CHECK(result<no_default>(text("abc")).transform(&no_default::text) == result<text>("abc"));
    CHECK(result<text>("abc").transform(&text::size) == result<std::size_t>(3u));
    CHECK(result<text>(error::bug("no")).transform(&text::size).error().message == "no");
}

TEST_CASE("a result of an optional keeps nothing apart from an error") {
    const result<std::optional<int>> nothing = std::optional<int>();
    CHECK(nothing);
    CHECK(!nothing->has_value());
    const result<std::optional<int>> something = 3;
    CHECK(*something == 3);
}

TEST_CASE("a result of void is success or an error") {
    const result<void> good;
    CHECK(good);
    const result<void> bad = error::permanent("no");
    CHECK(!bad);
    CHECK(bad.error().kind == error_class::permanent);
    CHECK(good != bad);
    CHECK(result<void>(error::bug("moved")).error().message == "moved");
}
