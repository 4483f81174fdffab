// SPDX-License-Identifier: BSL-1.0
#include <headrace/json/codec.hpp>
#include <headrace/json/json.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace headrace;

namespace {

struct envelope {
    std::string_view kind;
    raw_json detail;
    static void wire(auto& self, auto&& field) {
        field("kind", self.kind);
        field("detail", self.detail);
    }
};
struct needs_id {
    std::string_view id;
    static void wire(auto& self, auto&& field) { field("id", self.id).required(); }
};

} // namespace

TEST_CASE("raw JSON of your own is indexed when it is decoded") {
    workspace memory;
    const raw_json own(R"([1, 2 ])");
    CHECK(own.text() == "[1, 2 ]");
    CHECK_FALSE(own.empty());
    const auto read = own.as<std::vector<int>>(memory);
    REQUIRE(read);
    CHECK(*read == std::vector{1, 2});
    CHECK(raw_json("[1,").as<std::vector<int>>(memory).error().code == errc::syntax);
    CHECK(raw_json("true").as<int>(memory).error().code == errc::wrong_kind);
}

TEST_CASE("raw JSON that was absent is empty, and decoding it says so") {
    workspace memory;
    for (const auto json : {R"({"kind":"a"})", R"({"kind":"a","detail":null})"}) {
        const auto d = memory.load(json);
        REQUIRE(d);
        envelope read;
        REQUIRE(read_document(*d, memory, read));
        CHECK(read.detail.empty());
        CHECK(read.detail.as<int>(memory).error().code == errc::missing);
    }
    CHECK(raw_json() == raw_json());
}

TEST_CASE("raw JSON inside raw JSON is read in its place") {
    workspace memory;
    const auto d =
        memory.load(R"({"detail":{"detail":{"detail":[{"id":"x"}],"kind":"c"}},"kind":"a"})");
    REQUIRE(d);
    envelope first;
    REQUIRE(read_document(*d, memory, first));
    CHECK(first.kind == "a");
    const auto second = first.detail.as<envelope>(memory);
    REQUIRE(second);
    const auto third = second->detail.as<envelope>(memory);
    REQUIRE(third);
    CHECK(third->kind == "c");
    const auto list = third->detail.as<std::vector<needs_id>>(memory);
    REQUIRE(list);
    CHECK((*list)[0].id == "x");
    const auto wrong = second->detail.as<needs_id>(memory);
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().pointer == "/id");
}

TEST_CASE("a whole document is read, or it is an error") {
    workspace memory;
    const auto read = [&](std::string_view json, auto out) {
        const auto d = memory.load(json);
        if (!d) return result<decltype(out)>(d.error());
        if (auto done = read_document(*d, memory, out); !done) {
            return result<decltype(out)>(std::move(done).error());
        }
        return result<decltype(out)>(out);
    };
    CHECK(read(" 12 ", 0) == result<int>(12));
    CHECK(read("\"a\\n\"", std::string()) == result<std::string>("a\n"));
    CHECK(read("true", false) == result<bool>(true));
    CHECK(read("null", 5) == result<int>(5));
    CHECK(read("null", std::optional<int>()) == result<std::optional<int>>(std::optional<int>()));
    CHECK(read("1 1", 0).error().message == "expected the end of the document");
    CHECK(read("1,", 0).error().offset == 1);
    CHECK(read("[1]]", std::vector<int>()).error().offset == 3);
    CHECK(read("null", needs_id()).error().code == errc::missing);
    CHECK(read("[]", needs_id()).error().code == errc::wrong_kind);
}
