// SPDX-License-Identifier: BSL-1.0
#include <headrace/base/error.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <set>
#include <string>
#include <string_view>

using namespace headrace;
using namespace std::chrono_literals;

TEST_CASE("each factory makes an error of its class with the message and nothing else") {
    struct row {
        error made;
        error_class kind;
        std::string_view name;
    };
    const row rows[] = {
        {error::malformed("why"), error_class::malformed, "malformed"},
        {error::invalid("why"), error_class::invalid, "invalid"},
        {error::unauthorised("why"), error_class::unauthorised, "unauthorised"},
        {error::conflict("why"), error_class::conflict, "conflict"},
        {error::transient("why"), error_class::transient, "transient"},
        {error::permanent("why"), error_class::permanent, "permanent"},
        {error::deadline("why"), error_class::deadline, "deadline"},
        {error::cancelled("why"), error_class::cancelled, "cancelled"},
        {error::bug("why"), error_class::bug, "bug"},
    };
    for (const auto& [made, kind, name] : rows) {
        CAPTURE(name);
        CHECK(made.kind == kind);
        CHECK(to_string(kind) == name);
        error same;
        same.kind = kind;
        same.message = "why";
        CHECK(made == same);
        CHECK(made.code == errc::custom);
    }
}

TEST_CASE("a throttled error says how long to wait") {
    const auto e = error::throttled("slow down", 250ms);
    CHECK(e.kind == error_class::throttled);
    CHECK(e.after == 250ms);
    CHECK(to_string(e.kind) == "throttled");
}

TEST_CASE("every code has a name of its own, and an unknown one is called unknown") {
    std::set<std::string_view> names;
    for (int i = 0; i <= int(errc::unrecorded); ++i) names.insert(to_string(errc(i)));
    CHECK(names.size() == std::size_t(errc::unrecorded) + 1);
    CHECK(!names.contains("unknown"));
    CHECK(to_string(errc::out_of_range) == "out_of_range");
    CHECK(to_string(errc(200)) == "unknown");
    CHECK(to_string(error_class(200)) == "unknown");
}

TEST_CASE("describe puts the place before the message") {
    error e = error::malformed("expected an integer");
    CHECK(describe(e) == "expected an integer");
    e.pointer = "/Records/1/size";
    CHECK(describe(e) == "/Records/1/size: expected an integer");
    e.pointer.clear();
    e.offset = 17;
    CHECK(describe(e) == "at byte 17: expected an integer");
    e.pointer = "/a";
    CHECK(describe(e) == "/a: at byte 17: expected an integer");
}
