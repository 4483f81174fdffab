// SPDX-License-Identifier: BSL-1.0
#include <headrace/json/arena.hpp>
#include <headrace/json/detail/field_table.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>

using namespace headrace;
using detail::field_key;
using detail::field_table;

namespace {

std::ptrdiff_t place_of(field_table& t, std::string_view name) {
    const auto readable = std::string(name) + std::string(8, '"');
    const auto* found = t.find(field_key(std::string_view(readable).substr(0, name.size())));
    return found == nullptr ? -1 : found->offset;
}

// 128 names of equal length that differ in one or two places.
constexpr auto many_names = [] {
    std::array<std::array<char, 21>, 128> names{};
    for (std::size_t i = 0; i < names.size(); ++i) {
        for (auto& c : names[i]) c = 'x';
        names[i][i % 20] = static_cast<char>('a' + i / 20);
        names[i][20] = '\0';
    }
    return names;
}();

} // namespace

TEST_CASE("members are found by their whole name") {
    field_table t;
    t.add("a", 0, nullptr);
    t.add("ab", 1, nullptr);
    t.add("eventSource", 2, nullptr);
    t.add("eventSourceARN", 3, nullptr);
    t.add("ApproximateFirstReceiveTimestamp", 4, nullptr);
    t.add("ApproximateFirstXeceiveTimestamp", 5, nullptr);
    t.add("12345678", 6, nullptr);
    t.add("0123456789abcdef", 7, nullptr);
    t.finish(nullptr);
    CHECK(place_of(t, "a") == 0);
    CHECK(place_of(t, "ab") == 1);
    CHECK(place_of(t, "eventSource") == 2);
    CHECK(place_of(t, "eventSourceARN") == 3);
    CHECK(place_of(t, "ApproximateFirstReceiveTimestamp") == 4);
    CHECK(place_of(t, "ApproximateFirstXeceiveTimestamp") == 5);
    CHECK(place_of(t, "12345678") == 6);
    CHECK(place_of(t, "0123456789abcdef") == 7);
    for (const auto name : {"", "b", "abc", "eventSourc", "eventsource", "1234567", "123456789",
                            "0123456789abcdeg", "ApproximateFirstYeceiveTimestamp"}) {
        CAPTURE(name);
        CHECK(place_of(t, name) == -1);
    }
    CHECK(place_of(t, std::string(5000, 'a')) == -1);
    CHECK(place_of(t, std::string_view("a\0", 2)) == -1);
}

TEST_CASE("a table without members finds none, one with 128 finds all") {
    field_table none;
    none.finish(nullptr);
    CHECK(place_of(none, "a") == -1);
    field_table all;
    for (std::size_t i = 0; i < many_names.size(); ++i) {
        all.add(field_name::of(many_names[i].data()), static_cast<std::ptrdiff_t>(i), nullptr);
    }
    all.finish(nullptr);
    for (std::size_t i = 0; i < many_names.size(); ++i) {
        CAPTURE(i);
        CHECK(place_of(all, many_names[i].data()) == static_cast<std::ptrdiff_t>(i));
    }
    CHECK(place_of(all, "xxxxxxxxxxxxxxxxxxxx") == -1);
}

TEST_CASE("a name stands in a document only with a quote behind it") {
    const auto stands = [](std::string_view name, std::string_view text) {
        const auto padded = std::string(name) + std::string(8, '\0');
        const auto document = std::string(text) + std::string(padding, 'x');
        return field_key(std::string_view(padded).substr(0, name.size()))
            .stands_at(document.data());
    };
    CHECK(stands("id", "id\":1"));
    CHECK(stands("12345678", "12345678\""));
    CHECK(stands("eventSourceARN", "eventSourceARN\""));
    CHECK(stands("ApproximateFirstReceiveTimestamp", "ApproximateFirstReceiveTimestamp\""));
    CHECK_FALSE(stands("id", "ids\""));
    CHECK_FALSE(stands("id", "i\"d"));
    CHECK_FALSE(stands("id", "Id\""));
    CHECK_FALSE(stands("ApproximateFirstReceiveTimestamp", "ApproximateFirst_eceiveTimestamp\""));
    CHECK_FALSE(field_key().stands_at(std::string(padding, '"').data()));
    CHECK_FALSE(field_key().stands_at(std::string(padding, '\0').data()));
}

TEST_CASE("what follows a member is guessed from the last time") {
    field_table t;
    t.add("a", 0, nullptr);
    t.add("b", 1, nullptr);
    t.finish(nullptr);
    CHECK(&t.guess_after(t.start()) == &t.start());
    auto* a = t.find(field_key(std::string_view("a\"\"\"\"\"\"\"", 1)));
    auto* b = t.find(field_key(std::string_view("b\"\"\"\"\"\"\"", 1)));
    REQUIRE(a != nullptr);
    REQUIRE(b != nullptr);
    CHECK(&t.guess_after(*a) == b); // the declared order at first
    CHECK(&t.guess_after(*b) == &t.start());
    b->follower = t.place(*a);
    CHECK(&t.guess_after(*b) == a);
}

TEST_CASE("a key that is a constant equals the one that is found") {
    static constexpr field_key keys[] = {field_key("a"), field_key("eightlen"),
                                         field_key("requestContext"),
                                         field_key("multiValueQueryStringParameters")};
    const std::string_view names[] = {"a", "eightlen", "requestContext",
                                      "multiValueQueryStringParameters"};
    for (std::size_t i = 0; i < std::size(keys); ++i) {
        const auto text = std::string(names[i]) + "\"12345678";
        CAPTURE(text);
        CHECK((keys[i] == field_key(std::string_view(text).substr(0, names[i].size()))));
        CHECK(keys[i].hash()
              == field_key(std::string_view(text).substr(0, names[i].size())).hash());
        CHECK(keys[i].stands_at(text.data()));
        CHECK(keys[i].begins(text.data()));
        const auto longer = std::string(names[i]) + "z12345678";
        CHECK_FALSE(keys[i].stands_at(longer.data()));
        CHECK(keys[i].begins(longer.data()));
    }
}
