// SPDX-License-Identifier: BSL-1.0
#include <headrace/json/codec.hpp>
#include <headrace/json/decode.hpp>
#include <headrace/json/workspace.hpp>

#include <doctest/doctest.h>

#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace headrace;

namespace {

struct item {
    std::string_view name;
    std::string owned;
    static void wire(auto& self, auto&& field) {
        field("name", self.name);
        field("owned", self.owned);
    }
};
struct batch_of_items {
    std::span<const item> items;
    static void wire(auto& self, auto&& field) { field("items", self.items); }
};

std::string document_of(int items) {
    std::string json = R"({"items":[)";
    for (int i = 0; i < items; ++i) {
        if (i > 0) json += ',';
        json += R"({"name":"\"item\" )" + std::to_string(i)
                + R"(","owned":"a text that is too long for the short form )" + std::to_string(i)
                + "\"}";
    }
    return json + "]}";
}

void read_items(workspace& memory, int items) {
    const auto d = memory.load(document_of(items));
    REQUIRE(d);
    batch_of_items read;
    REQUIRE(read_document(*d, memory, read));
    REQUIRE(read.items.size() == static_cast<std::size_t>(items));
    bool all = true;
    for (int i = 0; i < items; ++i) {
        const auto& each = read.items[static_cast<std::size_t>(i)];
        all &=
            each.name == "\"item\" " + std::to_string(i) && each.owned.ends_with(std::to_string(i));
    }
    CHECK(all);
}

} // namespace

TEST_CASE("input is received into the workspace and indexed where it lies") {
    workspace memory;
    const std::string_view json = R"({"items":[{"name":"a"}]})";
    auto room = memory.input(10);
    REQUIRE(room);
    std::memcpy(*room, json.data(), 10);
    room = memory.grow_input(10, 100'000);
    REQUIRE(room);
    std::memcpy(*room + 10, json.data() + 10, json.size() - 10);
    const auto d = memory.index_input(json.size());
    REQUIRE(d);
    CHECK(std::string_view(d->text, d->size) == json);
    CHECK(d->text == *room);
    CHECK(d->text[d->size] == '\0');
    CHECK(d->tokens == 11);
    for (int i = 0; i < 4; ++i)
        CHECK(d->text[d->index[d->tokens + static_cast<unsigned>(i)]] == '\0');
    batch_of_items read;
    REQUIRE(read_document(*d, memory, read));
    CHECK(read.items[0].name.data() > d->text);
    CHECK(read.items[0].name.data() < d->text + d->size);
}

TEST_CASE("a workspace refuses what is larger than its limits, and indexing what it has not") {
    workspace memory(limits{.bytes = 100});
    CHECK(memory.input(100));
    CHECK(memory.input(101).error().code == errc::too_large);
    CHECK(memory.grow_input(10, 101).error().code == errc::too_large);
    CHECK(memory.load(std::string(101, ' ')).error().code == errc::too_large);
    CHECK(memory.nested(std::string(101, ' ')).error().code == errc::too_large);
    CHECK(memory.nested(std::string(100, '1')));
    workspace empty;
    CHECK(empty.index_input(0).error().kind == error_class::bug);
    CHECK(empty.load("1"));
    CHECK(empty.index_input(1'000'000).error().kind == error_class::bug);
    CHECK(empty.load("").error().code == errc::syntax);
}

TEST_CASE("texts inside the invocation are indexed while the outer document stays") {
    workspace memory;
    const auto outer = memory.load(R"(["{\"name\":\"\\u0061\"}",2])");
    REQUIRE(outer);
    reader r(*outer, memory);
    std::string_view body;
    int number = 0;
    std::string_view name;
    CHECK(r.elements([&] {
        if (body.data() != nullptr) return void(r.integer(number));
        r.string(body);
        // It was unescaped into the arena, so it need not be copied once more.
        const auto inner = memory.nested(body, workspace::storage::terminated);
        REQUIRE(inner);
        CHECK(inner->text == body.data());
        item read;
        REQUIRE(read_document(*inner, memory, read));
        name = read.name;
        const auto copied = memory.nested(body);
        REQUIRE(copied);
        CHECK(copied->text != body.data());
    }));
    CHECK(number == 2);
    CHECK(name == "a");
    CHECK_FALSE(memory.nested("\""));
    CHECK(memory.nested("{\"x\":1} ").value().tokens == 5);
}

TEST_CASE("a byte order mark before a document is no part of it") {
    const std::string mark = "\xEF\xBB\xBF";
    workspace memory;
    const auto text_of = [](const result<document>& d) {
        REQUIRE(d);
        CHECK(d->text[d->size] == '\0');
        CHECK(d->index[0] == 0);
        return std::string(d->text, d->size);
    };
    CHECK(text_of(memory.load(mark + "[1]")) == "[1]");
    CHECK(text_of(memory.nested(mark + "[1]")) == "[1]");
    const auto input = mark + "{}";
    std::memcpy(*memory.input(input.size()), input.data(), input.size());
    CHECK(text_of(memory.index_input(input.size())) == "{}");
    // Of what is no JSON the offset is counted from behind it.
    CHECK(memory.load(mark + "\"a").error().offset == 0);
    CHECK(memory.load(mark).error().message == "expected a value");
    CHECK(memory.load("\xEF\xBB").error().message == "not UTF-8");
    raw_json whole;
    const auto twice = memory.load(mark + mark + "1");
    REQUIRE(twice);
    CHECK(read_document(*twice, memory, whole).error().code == errc::syntax);
    const auto behind = memory.load("1" + mark);
    REQUIRE(behind);
    CHECK(read_document(*behind, memory, whole).error().code == errc::syntax);
}

TEST_CASE("a steady state holds the same memory") {
    workspace memory;
    read_items(memory, 500);
    memory.reset();
    read_items(memory, 500);
    memory.reset();
    const auto held = memory.capacity();
    for (int i = 0; i < 5; ++i) {
        read_items(memory, 500);
        memory.reset();
        CHECK(memory.capacity() == held);
    }
}

TEST_CASE("a run of small inputs gives the memory of a large one back") {
    workspace memory;
    read_items(memory, 20'000);
    memory.reset();
    const auto large = memory.capacity();
    for (int i = 0; i < 63; ++i) {
        read_items(memory, 1);
        memory.reset();
    }
    CHECK(memory.capacity() == large);
    read_items(memory, 500); // not small enough to count
    memory.reset();
    read_items(memory, 1);
    memory.reset();
    CHECK(memory.capacity() < large / 10);
    read_items(memory, 1);
    read_items(memory, 20'000);
    memory.reset();
    for (int i = 0; i < 200; ++i) {
        read_items(memory, i % 40 == 0 ? 20'000 : 1); // large ones come again and again
        memory.reset();
    }
    CHECK(memory.capacity() > large / 2);
}

TEST_CASE("what a moved workspace has handed out stays valid") {
    workspace memory;
    const auto d = memory.load(R"({"items":[{"name":"\u0061\u0062"},{"name":"c"}]})");
    REQUIRE(d);
    batch_of_items read;
    REQUIRE(read_document(*d, memory, read));
    workspace second(std::move(memory));
    CHECK(read.items[0].name == "ab");
    CHECK(read.items[1].name == "c");
    workspace third;
    read_items(third, 3);
    third = std::move(second);
    CHECK(read.items[0].name == "ab");
    CHECK(encode(read.items) == R"([{"name":"ab","owned":""},{"name":"c","owned":""}])");
    third.reset();
    read_items(third, 10);
    memory = workspace();
    read_items(memory, 1);
}

namespace {
template <int> struct numbered {
    int b = 0;
    int a = 0;
    static void wire(auto& self, auto&& field) {
        field("b", self.b);
        field("a", self.a);
    }
};
template <int... N> void read_all(workspace& memory, std::integer_sequence<int, N...>) {
    const auto one = [&](auto object) {
        const auto d = memory.nested(R"({"a":1,"b":2})");
        REQUIRE(d);
        REQUIRE(read_document(*d, memory, object));
        CHECK(object.a == 1);
        CHECK(object.b == 2);
    };
    (one(numbered<N>{}), ...);
}
} // namespace

TEST_CASE("a workspace keeps a table for each of many types") {
    workspace memory;
    read_all(memory, std::make_integer_sequence<int, 60>{});
    read_all(memory, std::make_integer_sequence<int, 60>{});
    workspace other(std::move(memory));
    read_all(other, std::make_integer_sequence<int, 60>{});
}

TEST_CASE("texts that were given back are taken again, the largest first") {
    workspace memory;
    CHECK(memory.take_text().empty());
    const auto of_size = [](std::size_t size) { return std::string(size, 'x'); };
    auto large = of_size(2000);
    const auto* where = large.data();
    const auto empty = memory.capacity();
    memory.give_back(of_size(300));
    memory.give_back(std::move(large));
    memory.give_back(of_size(200)); // there is room for two
    CHECK(memory.capacity() > empty + 2200);
    memory.reset();
    auto first = memory.take_text();
    CHECK(first.empty());
    CHECK(first.data() == where);
    CHECK(memory.take_text().capacity() >= 300);
    CHECK(memory.take_text().capacity() < 200);
}

TEST_CASE("the memory of a large text is not kept for small invocations") {
    workspace memory;
    memory.give_back(std::string(1 << 20, 'x'));
    for (int i = 0; i < 65; ++i) {
        REQUIRE(memory.load("[]"));
        memory.reset();
    }
    CHECK(memory.capacity() < 1 << 20);
}
