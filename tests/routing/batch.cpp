// SPDX-License-Identifier: BSL-1.0
#include <headrace/routing/batch.hpp>
#include <headrace/sources/every_source.hpp>
#include <headrace/sources/s3.hpp>
#include <headrace/sources/sqs.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace headrace;

namespace {

struct item {
    std::string_view id;
    int n = 0;
    static void wire(auto& self, auto&& field) {
        field("id", self.id).required();
        field("n", self.n);
    }
};

struct items {
    std::span<const item> records;
    static constexpr source_info about{.id = "items", .title = "some items"};
    static void wire(auto& self, auto&& field) { field("Records", self.records); }
};

// "id:n" of each record, with "!/pointer" behind those that have a problem.
std::vector<std::string> read(workspace& memory, std::string_view json) {
    const auto d = memory.load(json);
    REQUIRE(d);
    const auto all = read_batch<items>(*d, memory, detail::every_source);
    if (!all) return {describe(all.error())};
    std::vector<std::string> out;
    for (std::size_t i = 0; i < all->records().size(); ++i) {
        const auto& one = all->records()[i];
        auto& text = out.emplace_back(std::string(one.id) + ":" + std::to_string(one.n));
        if (const auto* problem = all->problem(i)) text += "!" + problem->pointer;
    }
    return out;
}

using texts = std::vector<std::string>;

} // namespace

TEST_CASE("a batch that decodes has no problems") {
    workspace memory;
    CHECK(read(memory, R"({"Records":[{"id":"a","n":1},{"id":"b","n":2}]})")
          == texts{"a:1", "b:2"});
    CHECK(read(memory, R"({"Records":[]})").empty());
    CHECK(read(memory, R"({})").empty());
    CHECK(read(memory, R"({"Records":null})").empty());
}

TEST_CASE("a record that does not decode costs its neighbours nothing") {
    struct row {
        std::string_view json;
        texts read;
    };
    const row rows[] = {
        {R"({"Records":[{"id":"a","n":"x"},{"id":"b","n":2}]})", {"a:0!/Records/0/n", "b:2"}},
        {R"({"Records":[{"id":"a","n":1},{"n":2},{"id":"c","n":3}]})",
         {"a:1", ":2!/Records/1/id", "c:3"}},
        {R"({"Records":[{"id":"a","n":99999999999}]})", {"a:0!/Records/0/n"}},
        {R"({"Records":[{"id":"","n":1},{"id":"b"}]})", {":1!/Records/0/id", "b:0"}},
        {R"({"Records":[17,{"id":"b"},"text",[]]})",
         {":0!/Records/0", "b:0", ":0!/Records/2", ":0!/Records/3"}},
        {R"({"more":[1],"Records":[{"id":"a"},{"id":17,"n":7}],"and":{"id":1}})",
         {"a:0", ":7!/Records/1/id"}},
        {R"({"Records":[{"id":7},{"id":8},{"id":9}]})",
         {":0!/Records/0/id", ":0!/Records/1/id", ":0!/Records/2/id"}},
    };
    for (const auto& [json, expected] : rows) {
        CAPTURE(json);
        workspace memory;
        CHECK(read(memory, json) == expected);
    }
}

TEST_CASE("the place of a problem has no names of the sender's either") {
    workspace memory;
    CHECK(read(memory, R"({"secret":0,"Records":[{"id":"a"},{"secret":[0],"id":{}}]})")
          == texts{"a:0", ":0!/Records/1/id"});
    const auto d =
        memory.load(R"({"Records":[{"messageId":"a"},{"messageId":"b","messageAttributes":)"
                    R"({"x":{},"secret":{"dataType":7}}}]})");
    REQUIRE(d);
    const auto all = read_batch<sqs::event>(*d, memory, detail::every_source);
    REQUIRE(all);
    REQUIRE(all->problem(1) != nullptr);
    CHECK(all->problem(1)->pointer == "/Records/1/messageAttributes/{1}/dataType");
}

TEST_CASE("null in place of a record is a problem of that record") {
    workspace memory;
    CHECK(read(memory, R"({"Records":[null,{"id":"b"}]})") == texts{":0!/Records/0/id", "b:0"});
}

TEST_CASE("the last of several lists counts, as in any struct") {
    workspace memory;
    CHECK(read(memory, R"({"Records":[{"id":"a"}],"Records":[{"id":"b"}]})") == texts{"b:0"});
    CHECK(read(memory, R"({"Records":[{"id":"a"},{"id":1}],"Records":[{"id":"b"},{}]})")
          == texts{"b:0", ":0!/Records/1/id"});
}

TEST_CASE("what concerns the whole document fails the whole batch") {
    for (const std::string_view json :
         {R"({"Records":[{"id":"a"},{"id":"b")", R"({"Records":[{"id":"a","n":01}]})",
          R"({"Records":[{"id":"a"}]} x)", R"({"Records":[{"id":"a",}]})"}) {
        CAPTURE(json);
        workspace memory;
        const auto d = memory.load(json);
        if (!d) continue;
        const auto all = read_batch<items>(*d, memory, detail::every_source);
        REQUIRE(!all);
        CHECK(all.error().code == errc::syntax);
    }
    for (const std::string_view json : {R"({"Records":17})", R"({"Records":{}})", "[]", "17"}) {
        CAPTURE(json);
        workspace memory;
        const auto d = memory.load(json);
        REQUIRE(d);
        const auto all = read_batch<items>(*d, memory, detail::every_source);
        REQUIRE(!all);
        CHECK(all.error().code == errc::wrong_kind);
    }
}

TEST_CASE("the sources' own records are read one by one, too") {
    workspace memory;
    const auto d =
        memory.load(R"({"Records":[{"messageId":"m0","body":"a"},{"messageId":"m1","body":{}},)"
                    R"({"messageId":"m2","messageAttributes":[]},{"messageId":"m3","body":"d"}]})");
    const auto all = read_batch<sqs::event>(*d, memory, detail::every_source);
    REQUIRE(all);
    REQUIRE(all->records().size() == 4);
    CHECK(all->problem(0) == nullptr);
    REQUIRE(all->problem(1) != nullptr);
    CHECK(all->problem(1)->pointer == "/Records/1/body");
    CHECK(all->problem(2)->pointer == "/Records/2/messageAttributes");
    CHECK(all->problem(3) == nullptr);
    CHECK(all->records()[1].message_id == "m1");
    CHECK(all->records()[3].body == "d");
}
