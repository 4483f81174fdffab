// SPDX-License-Identifier: BSL-1.0
#include <headrace/json/codec.hpp>
#include <headrace/json/inspect.hpp>

#include <doctest/doctest.h>

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using namespace headrace;

namespace {

struct leaf {
    int n = 0;
    static void wire(auto& self, auto&& field) { field("n", self.n); }
};
struct root {
    std::string_view id;
    leaf one;
    std::span<const leaf> list;
    std::vector<std::vector<leaf>> lists;
    string_map<leaf> map;
    std::map<std::string, leaf> owned;
    std::optional<leaf> maybe;
    raw_json raw;
    static void wire(auto& self, auto&& field) {
        field("id", self.id);
        field("one", self.one);
        field("list", self.list);
        field("lists", self.lists);
        field("map", self.map);
        field("owned", self.owned);
        field("maybe", self.maybe);
        field("raw", self.raw);
    }
};

using pointers = std::vector<std::string>;

pointers unknown(std::string_view json) {
    CAPTURE(json);
    workspace memory;
    const auto d = memory.load(json);
    REQUIRE(d);
    return unknown_members<root>(*d, memory);
}

} // namespace

TEST_CASE("members that no type knows are listed at every depth, in the order of the document") {
    CHECK(unknown(R"({"id":"a","one":{"n":1},"list":[{"n":1},{}],"map":{"any":{"n":2}}})").empty());
    CHECK(unknown(R"({"new":1,"id":"a","newer":{"n":[]}})") == pointers{"/new", "/newer"});
    CHECK(unknown(R"({"one":{"m":1,"n":2}})") == pointers{"/one/m"});
    CHECK(unknown(R"({"list":[{},{"n":1,"m":2},null,{"o":3}]})")
          == pointers{"/list/1/m", "/list/3/o"});
    CHECK(unknown(R"({"lists":[[],[{"n":1},{"m":[{"n":1}]}]]})") == pointers{"/lists/1/1/m"});
    CHECK(unknown(R"({"map":{"k/~":{"m":1},"k":{"n":1}}})") == pointers{"/map/k~1~0/m"});
    CHECK(unknown(R"({"owned":{"k":{"m":1}},"maybe":{"m":1}})")
          == pointers{"/owned/k/m", "/maybe/m"});
    CHECK(unknown(R"({"":0,"\u0069d2":1,"ID":2})") == pointers{"/", "/id2", "/ID"});
}

TEST_CASE("what is inside an unknown member or raw JSON is not listed") {
    CHECK(unknown(R"({"x":{"y":{"z":1}}})") == pointers{"/x"});
    CHECK(unknown(R"({"raw":{"y":{"z":1}}})").empty());
}

TEST_CASE("known members of a wrong kind are no unknown ones") {
    CHECK(unknown(R"({"one":"x","list":{"m":1},"id":5,"new":1})") == pointers{"/new"});
    CHECK(unknown("[]").empty());
    CHECK(unknown("null").empty());
    CHECK(unknown(R"({"a":1,"b":,"c":2})") == pointers{"/a", "/b"});
}

TEST_CASE("many unknown members are found in one walk") {
    std::string json = "{";
    for (int i = 0; i < 20'000; ++i) {
        if (i > 0) json += ',';
        json += "\"x" + std::to_string(i) + "\":[" + std::to_string(i) + "]";
    }
    const auto found = unknown(json + "}");
    REQUIRE(found.size() == 20'000);
    CHECK(found[19'999] == "/x19999");
}
