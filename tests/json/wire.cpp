// SPDX-License-Identifier: BSL-1.0
#include <headrace/json/decode.hpp>
#include <headrace/json/wire.hpp>

#include <wire_arity.hpp>

#include <boost/describe/class.hpp>
#include <doctest/doctest.h>

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using namespace headrace;

namespace {

struct by_visitor {
    int id = 0;
    std::string_view name;
    static void wire(auto& self, auto&& field) {
        field("id", self.id).required();
        field("name", self.name);
    }
};

struct by_value {
    int id = 0;
    std::string_view name;
    static constexpr auto wire() {
        return fields(field("id", &by_value::id).required(), field("name", &by_value::name));
    }
};

struct by_boost {
    int id = 0;
    std::string_view name;
};
BOOST_DESCRIBE_STRUCT(by_boost, (), (id, name))

struct plain {
    int a = 0;
    int b = 0;
};

struct names_too_few {
    int a = 0;
    int b = 0;
    static void wire(auto& self, auto&& field) { field("a", self.a); }
};
struct names_twice {
    int a = 0;
    int b = 0;
    static void wire(auto& self, auto&& field) {
        field("a", self.a);
        field("a", self.b);
    }
};
struct names_one_member_twice {
    int a = 0;
    int b = 0;
    static void wire(auto& self, auto&& field) {
        field("a", self.a);
        field("b", self.a);
    }
};
struct merges {
    plain inner;
    static void wire(auto& self, auto&& field) {
        field("a", self.inner.a);
        field("b", self.inner.b);
    }
};
struct many_kinds {
    std::array<int, 3> fixed{};
    std::string text;
    std::optional<std::string_view> maybe;
    std::vector<by_visitor> list;
    std::span<const by_value> span;
    string_map<> map;
    by_boost nested;
    raw_json raw;
    static void wire(auto& self, auto&& field) {
        field("fixed", self.fixed);
        field("text", self.text);
        field("maybe", self.maybe);
        field("list", self.list);
        field("span", self.span);
        field("map", self.map);
        field("nested", self.nested);
        field("raw", self.raw);
    }
};

struct outside {
    int* elsewhere = nullptr;
    static void wire(auto& self, auto&& field) { field("n", *self.elsewhere); }
};
struct too_many {
    std::array<int, 129> numbers{};
    static void wire(auto& self, auto&& field) {
        for (auto& each : self.numbers) field("n", each);
    }
};
struct as_many_as_there_can_be {
    std::array<int, 128> numbers{};
    static void wire(auto& self, auto&& field) {
        for (auto& each : self.numbers) field("n", each);
    }
};

template <class T> void check_round_trip() {
    const auto read = decode<T>(R"({"id":3,"name":"x"})");
    REQUIRE(read);
    CHECK((*read)->id == 3);
    CHECK((*read)->name == "x");
    CHECK(encode(**read) == R"({"id":3,"name":"x"})");
}

} // namespace

TEST_CASE("a wire list can be a visitor, a value or come from Boost.Describe") {
    check_round_trip<by_visitor>();
    check_round_trip<by_value>();
    check_round_trip<by_boost>();
    CHECK_FALSE(described<plain>);
    CHECK_FALSE(described<int>);
}

TEST_CASE("required members are checked in both written forms") {
    for (const auto& e : {decode<by_visitor>(R"({"name":"x"})").error(),
                          decode<by_value>(R"({"name":"x"})").error()}) {
        CHECK(e.code == errc::missing);
        CHECK(e.pointer == "/id");
    }
    CHECK(decode<by_boost>(R"({"name":"x"})"));
}

TEST_CASE("a struct inside a function has its wire list as a value") {
    struct local {
        int n = 0;
        static constexpr auto wire() { return fields(field("n", &local::n)); }
    };
    const auto read = decode<local>(R"({"n":5})");
    REQUIRE(read);
    CHECK((*read)->n == 5);
    CHECK(encode(local{6}) == R"({"n":6})");
}

TEST_CASE("a wire list that names too few, too many or the same is found") {
    CHECK(wire_fault<by_visitor>() == "");
    CHECK(wire_fault<by_value>() == "");
    CHECK(wire_fault<by_boost>() == "");
    CHECK(wire_fault<many_kinds>() == "");
    CHECK(wire_fault<merges>(1) == "");
    CHECK(wire_fault<merges>() == "2 of 1 members are named");
    CHECK(wire_fault<names_too_few>() == "1 of 2 members are named");
    CHECK(wire_fault<names_twice>() == "a comes twice");
    CHECK(wire_fault<names_one_member_twice>() == "b is another name of a member");
}

TEST_CASE("members outside of their object and lists without end are refused as bugs") {
    int number = 0;
    outside object{&number};
    workspace memory;
    const auto d = memory.load(R"({"n":1})").value();
    CHECK_THROWS_WITH_AS((void)read_document(d, memory, object),
                         doctest::Contains("a member lies outside of the object"), failure);
    too_many list;
    CHECK_THROWS_WITH_AS((void)read_document(d, memory, list),
                         doctest::Contains("more than 128 members"), failure);
    as_many_as_there_can_be fits;
    CHECK(read_document(d, memory, fits));
    CHECK(fits.numbers[0] == 1);
}
