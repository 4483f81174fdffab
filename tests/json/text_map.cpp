// SPDX-License-Identifier: BSL-1.0
#include <headrace/json/decode.hpp>
#include <headrace/json/text_map.hpp>

#include <doctest/doctest.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

using namespace headrace;
using texts = std::span<const std::string_view>;

namespace {

struct of_texts {
    text_map<> map;
    static void wire(auto& self, auto&& field) { field("map", self.map); }
};
struct of_lists {
    text_map<texts> map;
    static void wire(auto& self, auto&& field) { field("map", self.map); }
};
struct strict {
    string_map<> map;
    static void wire(auto& self, auto&& field) { field("map", self.map); }
};

std::string boxed(std::string_view map) { return R"({"map":)" + std::string(map) + "}"; }

} // namespace

TEST_CASE("what is no text in a map of texts is its JSON, and is written as it came") {
    struct row {
        std::string_view json;
        std::vector<string_map<>::entry> entries;
    };
    const row rows[] = {
        {R"({})", {}},
        {R"({"a":"x","b":""})", {{"a", "x"}, {"b", ""}}},
        {R"({"a":1612061676})", {{"a", "1612061676"}}},
        {R"({"a":-1.50e3,"b":"x"})", {{"a", "-1.50e3"}, {"b", "x"}}},
        {R"({"a":true,"b":false})", {{"a", "true"}, {"b", "false"}}},
        {R"({"a":["x","y\n"],"b":{"c":[{}]}})", {{"a", R"(["x","y\n"])"}, {"b", R"({"c":[{}]})"}}},
        {R"({ "a" : [ 1 , 2 ] , "b" : "x" })", {{"a", "[ 1 , 2 ]"}, {"b", "x"}}},
        {R"({"a":null,"b":7})", {{"a", {}}, {"b", "7"}}},
        {R"({"a":"x\u0041","b":7,"a":"y"})", {{"a", "xA"}, {"b", "7"}, {"a", "y"}}},
        {R"({"a":"1"})", {{"a", "1"}}},
    };
    for (const row& r : rows) {
        CAPTURE(r.json);
        const auto read = decode<of_texts>(boxed(r.json));
        REQUIRE(read.has_value());
        const auto& map = (*read)->map;
        CHECK((std::vector<string_map<>::entry>(map.begin(), map.end()) == r.entries));
        CHECK(encode(**read) == boxed(r.json));
    }
}

TEST_CASE("what is no list in a map of lists is a list of one, and is written as it came") {
    struct row {
        std::string_view json;
        std::vector<std::vector<std::string_view>> values;
    };
    const row rows[] = {
        {R"({})", {}},
        {R"({"a":["x","y"],"b":[]})", {{"x", "y"}, {}}},
        {R"({"a":"x"})", {{"x"}}},
        {R"({"a":7,"b":["x"]})", {{"7"}, {"x"}}},
        {R"({"a":{"b":1},"c":true})", {{R"({"b":1})"}, {"true"}}},
        {R"({"a":["x",7,[1],null],"b":null})", {{"x", "7", "[1]", {}}, {}}},
        {R"({"a":["x\n",7,"y\n"],"b":["z\n"],"c":["u",1]})",
         {{"x\n", "7", "y\n"}, {"z\n"}, {"u", "1"}}},
    };
    for (const row& r : rows) {
        CAPTURE(r.json);
        const auto read = decode<of_lists>(boxed(r.json));
        REQUIRE(read.has_value());
        std::vector<std::vector<std::string_view>> values;
        for (const auto& each : (*read)->map)
            values.emplace_back(each.value.begin(), each.value.end());
        CHECK((values == r.values));
        CHECK(encode(**read) == boxed(r.json));
    }
}

TEST_CASE("a map that is absent or null stays absent, and a new one is written by its entries") {
    for (const std::string_view json : {"{}", R"({"map":null})"}) {
        const auto read = decode<of_texts>(json);
        REQUIRE(read.has_value());
        CHECK((*read)->map.data() == nullptr);
        CHECK(encode(**read) == "{}");
        const auto lists = decode<of_lists>(json);
        REQUIRE(lists.has_value());
        CHECK(encode(**lists) == "{}");
    }
    auto read = decode<of_texts>(boxed(R"({"a":1})"));
    REQUIRE(read.has_value());
    of_texts mine = **read;
    const string_map<>::entry entries[] = {{"b", "2"}};
    mine.map = string_map<>(entries);
    CHECK(encode(mine) == boxed(R"({"b":"2"})"));
}

TEST_CASE("a map of texts is still an object of valid JSON") {
    struct row {
        std::string_view json;
        errc code;
        std::string_view pointer;
    };
    const row rows[] = {
        {"[]", errc::wrong_kind, "/map"},
        {R"("x")", errc::wrong_kind, "/map"},
        {R"({"a":tru})", errc::syntax, "/map/{0}"},
        {R"({"a":nul})", errc::syntax, "/map/{0}"},
        {R"({"a":[1,]})", errc::syntax, "/map/{0}/1"},
        {R"({"a":01,"b":"x"})", errc::syntax, "/map/{0}"},
        {R"({"a":})", errc::syntax, "/map/{0}"},
    };
    for (const row& r : rows) {
        CAPTURE(r.json);
        const auto one = decode<of_texts>(boxed(r.json));
        REQUIRE_FALSE(one.has_value());
        CHECK(one.error().code == r.code);
        CHECK(one.error().pointer == r.pointer);
        const auto other = decode<of_lists>(boxed(r.json));
        REQUIRE_FALSE(other.has_value());
        CHECK(other.error().code == r.code);
        CHECK(other.error().pointer == r.pointer);
    }
}

TEST_CASE("a string_map, which is for your own types, takes texts only") {
    const auto read = decode<strict>(boxed(R"({"a":1})"));
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().code == errc::wrong_kind);
    CHECK(read.error().pointer == "/map/{0}");
}
