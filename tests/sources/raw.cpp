// SPDX-License-Identifier: BSL-1.0
#include <headrace/sources/raw.hpp>

#include "fakes.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace headrace;

namespace {

bool takes(const raw::matcher& m, std::string_view json) {
    workspace memory;
    const raw::event payload{raw_json(json)};
    return m.matches({payload, memory});
}

} // namespace

TEST_CASE("when() compares the text, number or boolean at a place") {
    struct row {
        std::string pointer;
        std::string value;
        std::string_view json;
        bool takes;
    };
    const row rows[] = {
        {"/job", "nightly", R"({"job":"nightly"})", true},
        {"/job", "nightly", R"({"job":"weekly"})", false},
        {"/job", "nightly", R"({"other":"nightly"})", false},
        {"/job", "nightly", R"({"job":{"job":"nightly"}})", false},
        {"/job", "nightly", R"({"job":null})", false},
        {"/job", "null", R"({"job":null})", false},
        {"/job", "17", R"({"job":17})", true},
        {"/job", "17", R"({"job":"17"})", true},
        {"/job", "17", R"({"job":17.0})", false},
        {"/job", "true", R"({"job":true})", true},
        {"/job", "", R"({"job":""})", true},
        {"/job", "a\nb", R"({"job":"a\nb"})", true},
        {"/job", "\xc3\xa9", R"({"job":"\u00e9"})", true},
        {"/a/b", "x", R"({"a":{"b":"x"}})", true},
        {"/a/1/b", "x", R"({"a":[0,{"b":"x"}]})", true},
        {"/a/1", "x", R"({"a":["x"]})", false},
        {"/a/01", "x", R"({"a":["y","x"]})", false}, // no index of RFC 6901
        {"/a/-", "x", R"({"a":["x"]})", false},
        {"/a/b", "x", R"({"a":"x"})", false},
        {"/a~1b", "x", R"({"a/b":"x"})", true},
        {"/a~0b", "x", R"({"a~b":"x"})", true},
        {"/a~01", "x", R"({"a~1":"x"})", true},
        {"/", "x", R"({"":"x"})", true},
        {"", "x", R"("x")", true},
        {"", "17", "17", true},
        {"", "x", R"({"x":"x"})", false},
        {"job", "nightly", R"({"job":"nightly"})", false}, // not a pointer
        {"/job", "b", R"({"job":"a","job":"b"})", true},   // the last one counts
        {"/job", "a", R"({"job":"a","job":"b"})", false},
        {"/\xc3\xa9", "x", R"({"\u00e9":"x"})", true},
        {"/a", "[1]", R"({"a":[1]})", false}, // lists and objects are not compared
        {"/a", "{}", R"({"a":{}})", false},
    };
    for (const auto& [pointer, value, json, expected] : rows) {
        CAPTURE(pointer);
        CAPTURE(value);
        CAPTURE(json);
        CHECK(takes(raw::when(pointer, value), json) == expected);
    }
}

TEST_CASE("a matcher is the same as another when place and text are") {
    const auto a = raw::when("/job", "a");
    CHECK(a.describe() == "raw /job = a");
    CHECK(a.overlaps(raw::when("/job", "a")));
    CHECK(!a.overlaps(raw::when("/job", "b")));
    CHECK(!a.overlaps(raw::when("/other", "a")));
    CHECK(a.covers(raw::when("/job", "a")));
    CHECK(a.rank() > raw::any.rank());
}

TEST_CASE("any takes everything") {
    workspace memory;
    const raw::event payload{raw_json("17")};
    CHECK(raw::any.matches({payload, memory}));
    CHECK(raw::any.describe() == "raw any");
    CHECK(raw::any.overlaps(raw::any));
    CHECK(raw::any.covers(raw::any));
}
