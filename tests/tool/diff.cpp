// SPDX-License-Identifier: BSL-1.0
#include <headrace/tool/diff.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace headrace;
using namespace headrace::tool;

namespace {

// "pointer expected>actual" for each difference.
std::vector<std::string> differences(std::string_view expected, std::string_view actual,
                                     std::vector<std::string> masks = {}) {
    std::vector<mask> places;
    for (const auto& each : masks) places.push_back(*parse_pointer(each));
    std::vector<std::string> lines;
    for (const auto& each : compare(*parse_json(expected), *parse_json(actual), places)) {
        lines.push_back(each.pointer + " " + each.expected.value_or("") + ">"
                        + each.actual.value_or(""));
    }
    return lines;
}

using lines = std::vector<std::string>;

} // namespace

TEST_CASE("documents that say the same do not differ") {
    const std::string_view rows[][2] = {
        {"null", "null"},
        {R"({"a":1,"b":[true]})", R"({ "b" : [ true ], "a" : 1 })"},
        {R"({"a":1,"a":2})", R"({"a":2})"},
        {R"({"body":"{\"a\":1,\"b\":2}"})", R"({"body":"{\"b\":2, \"a\":1}"})"},
        {R"("\u0041")", R"("A")"},
    };
    for (const auto& [expected, actual] : rows) {
        CAPTURE(expected);
        CHECK(differences(expected, actual).empty());
    }
}

TEST_CASE("each difference has its pointer and both values") {
    CHECK(differences("1", "2") == lines{" 1>2"});
    CHECK(differences("1", "1.0") == lines{" 1>1.0"});
    CHECK(differences("12345678901234567890", "12345678901234567891").size() == 1);
    CHECK(differences("null", "{}") == lines{" null>{}"});
    CHECK(differences(R"({"a":{"b":1}})", R"({"a":{"b":2}})") == lines{"/a/b 1>2"});
    CHECK(differences(R"({"a":1})", R"({"b":1})") == lines{"/a 1>", "/b >1"});
    CHECK(differences("[1,2,3]", "[1,4]") == lines{"/1 2>4", "/2 3>"});
    CHECK(differences("[1]", "[1,[2]]") == lines{"/1 >[2]"});
    CHECK(differences(R"({"a/b":{"m~n":1}})", R"({"a/b":{"m~n":"1"}})")
          == lines{"/a~1b/m~0n 1>\"1\""});
    CHECK(differences(R"({"body":"{\"id\":1}"})", R"({"body":"{\"id\":2}"})")
          == lines{"/body/id 1>2"});
    CHECK(differences(R"({"body":"{}"})", R"({"body":"[]"})") == lines{R"(/body "{}">"[]")"});
}

TEST_CASE("a masked value does not matter, as long as it is there") {
    CHECK(differences(R"({"id":1,"n":1})", R"({"id":2,"n":1})", {"/id"}).empty());
    CHECK(differences(R"({"id":1})", R"({"id":{"x":[]}})", {"/id"}).empty());
    CHECK(differences(R"({"id":1})", "{}", {"/id"}) == lines{"/id 1>"});
    CHECK(differences("{}", R"({"id":1})", {"/id"}) == lines{"/id >1"});
    CHECK(differences(R"([{"id":1},{"id":2}])", R"([{"id":3},{"id":4}])", {"/*/id"}).empty());
    CHECK(differences(R"([{"id":1}])", R"([{"id":3}])", {"/0"}).empty());
    CHECK(
        differences(R"({"body":"{\"at\":1}"})", R"({"body":"{\"at\":2}"})", {"/body/at"}).empty());
    CHECK(differences(R"({"a":{"id":1}})", R"({"a":{"id":2}})", {"/id", "/a/id/x"}).size() == 1);
    CHECK(differences("1", "2", {""}).empty());
}
