// SPDX-License-Identifier: BSL-1.0
#include <headrace/json/decode.hpp>
#include <headrace/json/reader.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using namespace headrace;
using namespace std::string_view_literals;

namespace {

struct line {
    std::string_view sku;
    int quantity = 1;
    static void wire(auto& self, auto&& field) {
        field("sku", self.sku);
        field("quantity", self.quantity);
    }
    friend bool operator==(const line&, const line&) = default;
};

struct order {
    std::string_view id;
    std::uint64_t number = 0;
    bool paid = false;
    line first;
    std::span<const line> lines;
    std::optional<int> discount;
    string_map<> tags;
    raw_json detail;
    static void wire(auto& self, auto&& field) {
        field("id", self.id).required();
        field("number", self.number).required();
        field("paid", self.paid);
        field("first", self.first);
        field("lines", self.lines).required();
        field("discount", self.discount);
        field("tags", self.tags);
        field("detail", self.detail);
    }
};

// The members of a valid order, to be put in any order.
constexpr std::array members{
    R"("id":"a-1")"sv,
    R"("number":12)"sv,
    R"("paid":true)"sv,
    R"("first":{"sku":"x","quantity":3})"sv,
    R"("lines":[{"sku":"y"},{"quantity":2,"sku":"z"}])"sv,
    R"("discount":5)"sv,
    R"("tags":{"k":"v"})"sv,
    R"("detail":[1,{"a":null}])"sv,
};

std::string object_of(std::span<const std::string_view> parts) {
    std::string out = "{";
    for (const auto& part : parts) {
        if (out.size() > 1) out += ',';
        out += part;
    }
    return out + "}";
}

const std::string canonical =
    R"({"id":"a-1","number":12,"paid":true,"first":{"sku":"x","quantity":3},)"
    R"("lines":[{"sku":"y","quantity":1},{"sku":"z","quantity":2}],"discount":5,)"
    R"("tags":{"k":"v"},"detail":[1,{"a":null}]})";

// Read and written again.
template <class T> std::string again(std::string_view json) {
    const auto read = decode<T>(json);
    REQUIRE(read);
    return encode(**read);
}

template <class T> error error_of(std::string_view json, limits bounds = {}) {
    CAPTURE(json);
    const auto read = decode<T>(json, bounds);
    REQUIRE_FALSE(read);
    CHECK(read.error().kind == error_class::malformed);
    return read.error();
}

bool is_json(std::string_view text) {
    workspace memory;
    const auto d = memory.load(text);
    if (!d) return false;
    reader r(*d, memory);
    r.skip();
    return !r.failed() && r.at_end();
}

} // namespace

// ---- order of members --------------------------------------------------------------------------

TEST_CASE("members are read in any order") {
    auto parts = members;
    CHECK(again<order>(object_of(parts)) == canonical);
    std::reverse(parts.begin(), parts.end());
    CHECK(again<order>(object_of(parts)) == canonical);
    // Every rotation and every exchange of two, by one workspace that learns as it goes.
    workspace memory;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        std::rotate(parts.begin(), parts.begin() + 1, parts.end());
        for (std::size_t k = 0; k < parts.size(); ++k) {
            std::swap(parts[i], parts[k]);
            const auto json = object_of(parts);
            CAPTURE(json);
            const auto read = decode<order>(memory, json);
            REQUIRE(read);
            CHECK(encode(*read) == canonical);
        }
        memory.reset();
    }
}

TEST_CASE("members that nobody knows do not matter, wherever they stand") {
    const std::array unknown{R"("x":1)"sv, R"("ids":"b")"sv, R"("":{})"sv, R"("i":[[],{"id":0}])"sv,
                             R"("I\u0064":"b")"sv};
    for (std::size_t at = 0; at <= members.size(); ++at) {
        for (const auto& each : unknown) {
            std::vector<std::string_view> parts(members.begin(), members.end());
            parts.insert(parts.begin() + static_cast<std::ptrdiff_t>(at), {each, each});
            const auto json = object_of(parts);
            CAPTURE(json);
            const auto read = decode<order>(json);
            REQUIRE(read);
            CHECK(encode(**read) == canonical);
        }
    }
    // Checked all the same.
    CHECK(error_of<order>(R"({"x":tru})").code == errc::syntax);
    CHECK(error_of<order>(R"({"x":"\q"})").code == errc::syntax);
    CHECK(error_of<order>(R"({"x":[1,,2]})").code == errc::syntax);
}

TEST_CASE("white space may stand between all tokens") {
    std::string spaced;
    for (const char c : object_of(members)) {
        const bool token = std::string_view("{}[]:,").find(c) != std::string_view::npos;
        spaced += token ? std::string(" \n\t\r") + c + " \n" : std::string(1, c);
    }
    const auto read = decode<order>("\n" + spaced + "  ");
    REQUIRE(read);
    CHECK(encode((*read)->lines) == R"([{"sku":"y","quantity":1},{"sku":"z","quantity":2}])");
}

TEST_CASE("names are compared after their escapes") {
    const auto json = R"({"\u0069d":"a","lin\u0065s":[{"\u0073ku":"s"}],"\u006eumber":3})";
    const auto read = decode<order>(json);
    REQUIRE(read);
    CHECK((*read)->id == "a");
    CHECK((*read)->number == 3);
    CHECK((*read)->lines[0].sku == "s");
}

TEST_CASE("of members that come again the last one counts") {
    struct row {
        std::string_view json;
        line expected;
    };
    const row rows[] = {
        {R"({"sku":"a","sku":"b"})", {"b", 1}},
        {R"({"sku":"a","quantity":2,"sku":"b"})", {"b", 2}},
        {R"({"quantity":2,"sku":"a","quantity":3})", {"a", 3}},
        {R"({"quantity":2,"quantity":null})", {{}, 1}}, // as if it had not come at all
        {R"({"quantity":null,"quantity":2})", {{}, 2}},
        {R"({"sku":"a","quantity":2,"sku":null,"quantity":null})", {{}, 1}},
        {R"({"sku":"a","x":0,"x":1,"sku":"c","sku":"d"})", {"d", 1}},
    };
    for (const auto& r : rows) {
        CAPTURE(r.json);
        const auto read = decode<line>(r.json);
        REQUIRE(read);
        CHECK(**read == r.expected);
    }
    // A nested object that comes again is not merged with the first.
    const auto json = R"({"id":"i","number":1,"lines":[],"first":{"sku":"a","quantity":5},)"
                      R"("first":{"quantity":6}})";
    const auto read = decode<order>(json);
    REQUIRE(read);
    CHECK((*read)->first == line{{}, 6});
}

// ---- required members --------------------------------------------------------------------------

TEST_CASE("a required member that is absent, null or empty is missing") {
    struct row {
        std::string_view json;
        std::string_view pointer;
    };
    const row rows[] = {
        {R"({})", "/id"},
        {R"({"number":1,"lines":[]})", "/id"},
        {R"({"id":null,"number":1,"lines":[]})", "/id"},
        {R"({"id":"","number":1,"lines":[]})", "/id"},
        {R"({"lines":[],"number":1,"id":""})", "/id"},
        {R"({"id":"a","lines":[]})", "/number"},
        {R"({"id":"a","number":null,"lines":[]})", "/number"},
        {R"({"id":"a","number":1})", "/lines"},
        {R"({"id":"a","number":1,"lines":null})", "/lines"},
        {R"({"id":"a","number":1,"lines":[],"id":null})", "/id"},
        {R"({"id":"a","number":1,"lines":[],"number":null})", "/number"},
        {R"({"number":1,"id":"a","lines":[],"id":""})", "/id"},
    };
    for (const auto& r : rows) {
        const auto e = error_of<order>(r.json);
        CHECK(e.code == errc::missing);
        CHECK(e.pointer == r.pointer);
        CHECK(e.message == "required, but absent, null or empty");
        CHECK_FALSE(e.offset.has_value());
    }
    CHECK(decode<order>(R"({"id":"a","number":0,"lines":[]})")); // zero and [] are there
}

// ---- errors ------------------------------------------------------------------------------------

TEST_CASE("an error names the place and what was expected, never the content") {
    struct row {
        std::string_view json;
        errc code;
        std::string_view pointer;
        std::string_view message;
    };
    const row rows[] = {
        {R"({"id":["secret"]})", errc::wrong_kind, "/id", "expected a string"},
        {R"({"lines":[{},{"sku":{}}]})", errc::wrong_kind, "/lines/1/sku", "expected a string"},
        {R"({"lines":[{},{"quantity":"secret","sku":1}]})", errc::wrong_kind, "/lines/1/quantity",
         "expected an integer"},
        {R"({"lines":{}})", errc::wrong_kind, "/lines", "expected an array"},
        {R"({"lines":[[]]})", errc::wrong_kind, "/lines/0", "expected an object"},
        {R"([])", errc::wrong_kind, "", "expected an object"},
        {R"("secret")", errc::wrong_kind, "", "expected an object"},
        {R"(17)", errc::wrong_kind, "", "expected an object"},
        {R"({"detail":[],"tags":{"k":"v","secret":0}})", errc::wrong_kind, "/tags/{1}",
         "expected a string"},
        {R"({"number":-1})", errc::out_of_range, "/number",
         "a number out of the range of an unsigned 64-bit integer"},
        {R"({"x":{"y":[1,{"z":2}]},"number":1.5})", errc::wrong_kind, "/number",
         "expected a number without a fraction"},
    };
    for (const auto& r : rows) {
        const auto e = error_of<order>(r.json);
        CHECK(e.code == r.code);
        CHECK(e.pointer == r.pointer);
        CHECK(e.message == r.message);
        CHECK_FALSE(e.offset.has_value());
        CHECK(describe(e).find("secret") == std::string::npos);
    }
}

TEST_CASE("a syntax error has its byte offset and the pointer to where it is") {
    struct row {
        std::string_view json;
        std::size_t offset;
        std::string_view pointer;
        std::string_view message;
    };
    const row rows[] = {
        {R"({"id":"a",)", 10, "", "expected a member name"},
        {R"({"id":"a",})", 10, "", "expected a member name"},
        {R"({"id":"a" "number":1})", 10, "/id", "expected ',' or '}'"},
        {R"({"id" "a"})", 6, "/id", "expected ':'"},
        {R"({"number" 1})", 10, "/number", "expected ':'"},
        {R"({"x" 1})", 5, "/{0}", "expected ':'"},
        {R"({"paid":true,"id" 1})", 18, "/id", "expected ':'"},
        {R"({,})", 1, "", "expected a member name or '}'"},
        {R"({"x":1,2})", 7, "", "expected a member name"},
        {R"({"x":1;})", 6, "/{0}", "expected the end of a number"},
        {R"({"lines":[{"sku":"a"}{)", 21, "/lines/0", "expected ',' or ']'"},
        {R"({"lines":[{"sku":"a"},)", 22, "/lines/1", "expected a value"},
        {R"({"lines":[1,2)", 13, "/lines/1", "expected ',' or ']'"},
        {R"({"number":01})", 11, "/number", "expected the end of a number"},
        {R"({"number":-})", 10, "/number", "expected a value"},
        {R"({"paid":truex})", 8, "/paid", "expected a value"},
        {R"({"id":nul})", 6, "/id", "expected a value"},
        {R"({"id":"a\x"})", 8, "/id", "expected an escape of JSON"},
        {R"({"id":"a","x":"\ud800"})", 15, "/{1}", "expected an escape of JSON"},
        {R"({"x\q":0})", 3, "/{0}", "expected an escape of JSON"},
        {R"({"tags":{"k":"v",}})", 17, "/tags", "expected a member name"},
        {R"({"tags":{"k":"v"]})", 16, "/tags/{0}", "expected ',' or '}'"},
        {R"({"x":[1 2]})", 8, "/{0}/0", "expected ',' or ']'"},
        {R"({"x":[1}})", 7, "/{0}/0", "expected ',' or ']'"},
        {R"({"x":{"y":1]})", 11, "/{0}/{0}", "expected ',' or '}'"},
        {R"({"x":{"y"}})", 9, "/{0}/{0}", "expected ':'"},
        {R"({"x":{1:2}})", 6, "/{0}", "expected a member name"},
        {R"({"x":[,]})", 6, "/{0}/0", "expected a value"},
        {R"({"detail":{"a":[{"id":nul}]}})", 22, "/detail/{0}/0/{0}", "expected a value"},
        {R"({} {})", 3, "", "expected the end of the document"},
        {R"(1 2)", 2, "", "expected the end of the document"},
    };
    for (const auto& r : rows) {
        const auto e = error_of<order>(r.json);
        CHECK(e.code == errc::syntax);
        CHECK(e.message == r.message);
        CHECK(e.offset == r.offset);
        CHECK(e.pointer == r.pointer);
    }
}

namespace {

// Every way in which a type can be inside of another one.
struct nesting {
    std::optional<line> maybe;
    std::vector<line> vector;
    std::array<line, 2> pair{};
    string_map<line> by_name;
    std::map<std::string, std::vector<std::optional<line>>> sorted;
    std::vector<nesting> deeper;
    int a_b = 0;
    static void wire(auto& self, auto&& field) {
        field("maybe", self.maybe);
        field("vector", self.vector);
        field("pair", self.pair);
        field("byName", self.by_name);
        field("sorted", self.sorted);
        field("deeper", self.deeper);
        field("a~/b", self.a_b);
    }
};

// A type with a codec of its own says nothing about names.
struct kept_apart {
    int n = 0;
};

} // namespace

template <> struct headrace::codec<kept_apart> {
    static bool read(reader& r, kept_apart& out) {
        return r.members([&](std::string_view) { r.integer(out.n); });
    }
    static void write(writer& w, const kept_apart& v) { w.integer(v.n); }
};

TEST_CASE("an error has the names that the types list, at every depth, and no other") {
    struct row {
        std::string_view json;
        std::string_view pointer;
    };
    const row rows[] = {
        {R"({"maybe":{"sku":1}})", "/maybe/sku"},
        {R"({"vector":[{},{"sku":1}]})", "/vector/1/sku"},
        {R"({"pair":[{"quantity":"x"},{}]})", "/pair/0/quantity"},
        {R"({"byName":{"a":{},"secret":{"sku":1}}})", "/byName/{1}/sku"},
        {R"({"byName":{"sku":1}})", "/byName/{0}"},
        {R"({"sorted":{"secret":[null,{"sku":1}]}})", "/sorted/{0}/1/sku"},
        {R"({"deeper":[{"deeper":[{},{"maybe":{"x":0,"sku":1}}]}]})",
         "/deeper/0/deeper/1/maybe/sku"},
        {R"({"a~/b":"x"})", "/a~0~1b"},
        {R"({"\u006daybe":{"sk\u0075":1}})", "/maybe/sku"},
        {R"({"secret":{"maybe":{"sku":tru}}})", "/{0}/{0}/{0}"},
        {R"({"maybe":{"x":{"sku":tru}}})", "/maybe/{0}/{0}"},
        {R"({"maybe":[{"sku":1}]})", "/maybe"},
        {R"({"a":0,"b":0,"c":0,"maybe":{"d":[],"sku":1}})", "/maybe/sku"},
        {R"({"Maybe":{},"maybE":tru})", "/{1}"},
    };
    for (const auto& [json, pointer] : rows) {
        CAPTURE(json);
        const auto read = decode<nesting>(json);
        REQUIRE_FALSE(read);
        CHECK(read.error().pointer == pointer);
    }
    CHECK(decode<std::vector<line>>(R"([{"sku":1}])").error().pointer == "/0/sku");
    CHECK(decode<string_map<line>>(R"({"secret":{"sku":1}})").error().pointer == "/{0}/sku");
    CHECK(decode<kept_apart>(R"({"secret":"x"})").error().pointer == "/{0}");
    CHECK(decode<raw_json>(R"({"secret":[0,{"more":tru}]})").error().pointer == "/{0}/1/{0}");
}

TEST_CASE("the place of an error has at most 16 levels and 256 bytes") {
    const auto name = std::string(300'000, 'n');
    CHECK(decode<line>("{\"" + name + "\":tru}").error().pointer == "/{0}");
    CHECK(decode<string_map<int>>("{\"a\":0,\"" + name + "\":\"x\"}").error().pointer == "/{1}");

    const auto lists = [](std::size_t n) { return decode<raw_json>(std::string(n, '[') + "x"); };
    std::string levels;
    for (int i = 0; i < 16; ++i) levels += "/0";
    CHECK(lists(16).error().pointer == levels);
    CHECK(lists(17).error().pointer == levels + "/...");
    CHECK(lists(1'000).error().pointer == levels + "/...");
    CHECK(lists(2'000).error().code == errc::too_deep);
    CHECK(lists(2'000).error().pointer == levels + "/...");

    struct wide {
        int deep = 0;
        int a_name_of_more_than_forty_characters_which_is_long = 0;
        std::vector<wide> list_of_more_than_forty_characters_here = {};
        static constexpr auto wire() {
            return fields(field("deep", &wide::deep).required(),
                          field("list of more than forty characters which is long",
                                &wide::list_of_more_than_forty_characters_here));
        }
    };
    std::string inner = "{}";
    std::string pointer = "/deep";
    for (int i = 0; i < 4; ++i) {
        inner = R"({"deep":1,"list of more than forty characters which is long":[)" + inner + "]}";
        pointer = "/list of more than forty characters which is long/0" + pointer;
    }
    CHECK(pointer.size() == 209);
    CHECK(decode<wide>(inner).error().pointer == pointer);
    inner = R"({"deep":1,"list of more than forty characters which is long":[)" + inner + "]}";
    const auto cut = decode<wide>(inner).error();
    CHECK(cut.code == errc::missing);
    CHECK(cut.pointer.size() <= 256);
    CHECK(cut.pointer.ends_with("which is long/0/..."));
    CHECK(cut.pointer == pointer.substr(0, 204) + "/...");
}

TEST_CASE("whoever has the document may see all of its names") {
    const limits desk{.names = pointer_names::all};
    const auto name = std::string(1'000, 'n');
    CHECK(error_of<line>(R"({"a/b":{"c":tru}})", desk).pointer == "/a~1b/c");
    CHECK(error_of<string_map<int>>("{\"" + name + "\":\"x\"}", desk).pointer == "/" + name);
    CHECK(error_of<order>(R"({"x":0,"id":""})", desk).pointer == "/id");
    workspace memory(desk);
    CHECK(decode<line>(memory, R"({"x":tru})").error().pointer == "/x");
}

TEST_CASE("a wrong kind does not hide a syntax error behind it") {
    CHECK(error_of<order>(R"({"id":1,"number":1,})").code == errc::syntax);
    CHECK(error_of<order>(R"({"id":1} x)").code == errc::syntax);
    CHECK(error_of<order>(R"({"id":[1,}]})").code == errc::syntax);
    CHECK(error_of<order>(R"({"id":[],"number":{}})").pointer == "/id"); // the first of its kind
}

TEST_CASE("bytes that are no text are refused before reading begins") {
    struct row {
        std::string_view json;
        std::size_t offset;
        std::string_view message;
    };
    const row rows[] = {
        {"", 0, "expected a value"},
        {" \n ", 3, "expected a value"},
        {R"({"id":"a)", 6, "a string has no end"},
        {R"({"id":"a\")", 6, "a string has no end"},
        {"{\"id\":\"a\nb\"}", 8, "a control character in a string"},
        {"{\"i\\\"d\x01\":1}", 6, "a control character in a string"},
        {"{\"id\":\"\xFF\"}", 7, "not UTF-8"},
        {"[\"\xC3\xA4\xE2\x82\"]", 4, "not UTF-8"},
        {"[\"\xED\xA0\x80\"]", 2, "not UTF-8"},
    };
    for (const auto& r : rows) {
        const auto e = error_of<order>(r.json);
        CHECK(e.code == errc::syntax);
        CHECK(e.offset == r.offset);
        CHECK(e.message == r.message);
        CHECK(e.pointer == "");
    }
    CHECK(error_of<order>("{}\0"sv).offset == 2);
    CHECK(error_of<order>("\0"sv).code == errc::syntax);
    CHECK(error_of<raw_json>("1\0"sv).code == errc::syntax);
    CHECK(error_of<raw_json>("[1]\0"sv).code == errc::syntax);
    CHECK(error_of<raw_json>("tru\0"sv).code == errc::syntax);
}

TEST_CASE("one record of a batch does not spoil the next") {
    workspace memory;
    const auto d =
        memory.load(R"([{"quantity":1},{"quantity":"x"},{"quantity":3},{"quantity":]}])");
    REQUIRE(d);
    reader r(*d, memory);
    std::vector<int> quantities;
    std::vector<std::string> pointers;
    r.elements([&] {
        line each;
        codec<line>::read(r, each);
        if (!r.failed()) return quantities.push_back(each.quantity);
        pointers.push_back(r.to_error<std::vector<line>>().pointer);
        CHECK(r.forgive() == (pointers.size() == 1)); // the second one is a syntax error
    });
    CHECK(quantities == std::vector{1, 3});
    CHECK(pointers == std::vector<std::string>{"/1/quantity", "/3/quantity"});
    CHECK(r.failed());
    CHECK(r.noted().code == errc::syntax);
}

TEST_CASE("nothing more can be read after a syntax error, and every loop ends") {
    workspace memory;
    const auto d = memory.load(R"({"a":[1,}],"b":2})");
    REQUIRE(d);
    reader r(*d, memory);
    CHECK_FALSE(r.members([&](std::string_view) { r.skip(); }));
    CHECK(r.at_end());
    CHECK(r.peek() == '\0');
    const auto offset = r.to_error().offset;
    std::string_view text;
    bool flag = false;
    int number = 0;
    double real = 0;
    line object;
    CHECK_FALSE(r.string(text));
    CHECK_FALSE(r.boolean(flag));
    CHECK_FALSE(r.integer(number));
    CHECK_FALSE(r.real(real));
    CHECK_FALSE(r.number_token(text));
    CHECK_FALSE(r.any(text));
    CHECK_FALSE(r.null_token());
    CHECK_FALSE(r.object(object));
    CHECK_FALSE(r.elements([] {}));
    CHECK_FALSE(r.members([](std::string_view) {}));
    CHECK_FALSE(r.forgive());
    r.skip();
    CHECK(r.at_end());
    CHECK(r.to_error().offset == offset); // the first one
}

TEST_CASE("a value that is left alone is passed over") {
    workspace memory;
    const auto d = memory.load(R"({"a":[1,2,{"b":3}],"c":{},"d":4})");
    REQUIRE(d);
    reader r(*d, memory);
    int last = 0;
    CHECK(r.members([&](std::string_view key) {
        if (key == "d") r.integer(last);
    }));
    CHECK(last == 4);
    CHECK(r.at_end());
    const auto list = memory.nested(R"([[1],"x",{"y":[]}])");
    REQUIRE(list);
    reader second(*list, memory);
    int n = 0;
    CHECK(second.elements([&] { ++n; }));
    CHECK(n == 3);
}

// ---- limits ------------------------------------------------------------------------------------

TEST_CASE("nesting has a limit, for what is read and for what is passed over") {
    const auto nested = [](int levels, std::string_view inner) {
        return std::string(static_cast<std::size_t>(levels), '[') + std::string(inner)
               + std::string(static_cast<std::size_t>(levels), ']');
    };
    const limits bounds{.depth = 100};
    CHECK(decode<raw_json>(nested(100, ""), bounds));
    CHECK(decode<raw_json>(nested(100, "1"), bounds));
    for (const auto& json : {nested(101, ""), nested(101, "1"), nested(100'000, ""),
                             nested(99, R"({"a":[0]})"), std::string(100'000, '[')}) {
        const auto e = decode<raw_json>(json, bounds).error();
        CHECK(e.code == errc::too_deep);
        CHECK(e.message == "expected less nesting");
        CHECK(e.offset >= 100);
    }
    CHECK(decode<raw_json>(nested(99, R"({"a":0})"), bounds));
    CHECK(
        decode<order>(R"({"x":)" + nested(99, "") + R"(,"id":"a","number":1,"lines":[]})", bounds));
    CHECK(error_of<order>(R"({"x":)" + nested(100, "") + "}", bounds).code == errc::too_deep);
    // It replaces an error after which reading goes on.
    const auto e = error_of<order>(R"({"number":"x","x":)" + nested(100, "") + "}", bounds);
    CHECK(e.code == errc::too_deep);
    CHECK(error_of<order>("{}", {.depth = 0}).code == errc::too_deep);
    CHECK(decode<int>("1", {.depth = 0}));
    // Levels that were left do not count.
    std::string wide = "[";
    for (int i = 0; i < 500; ++i) wide += "[[{}]],";
    CHECK(decode<raw_json>(wide + "0]", {.depth = 4}));
}

TEST_CASE("nesting that ends is counted for mixed arrays and objects beyond 64 levels") {
    std::string json;
    std::string end;
    for (int i = 0; i < 500; ++i) {
        json += i % 3 == 0 ? R"({"k":)" : "[";
        end = (i % 3 == 0 ? "}" : "]") + end;
    }
    CHECK(is_json(json + "0" + end));
    CHECK(is_json("[" + json + "0" + end + ",1]"));
    CHECK_FALSE(is_json(json + "0" + end + "]"));
    for (const std::size_t at : {10u, 63u, 64u, 65u, 128u, 129u, 300u, 499u}) {
        auto wrong = end;
        wrong[at] = wrong[at] == '}' ? ']' : '}';
        CHECK_FALSE(is_json(json + "0" + wrong));
    }
}

TEST_CASE("documents may have a limit of bytes and of tokens") {
    CHECK(decode<std::vector<int>>("[1,2,3]", {.bytes = 7}));
    CHECK(error_of<std::vector<int>>("[1,2,3]", {.bytes = 6}).code == errc::too_large);
    CHECK(decode<std::vector<int>>("[1,2,3]", {.tokens = 7}));
    CHECK(error_of<std::vector<int>>("[1,2,3]", {.tokens = 6}).code == errc::too_large);
    std::string large = R"({"Records":[)";
    while (large.size() < 6u << 20) large += R"({"a":[1,2,3],"b":"some text"},)";
    CHECK(is_json(large + "0]}")); // 6 MB pass by default
}

// ---- values inside values ----------------------------------------------------------------------

TEST_CASE("raw JSON is read later, where it lies") {
    workspace memory;
    const auto d = memory.load(R"({"id":"i","number":1,"lines":[],)"
                               R"("detail": {"sku":"s","quantity":4} ,"paid":true})");
    REQUIRE(d);
    order o;
    REQUIRE(read_document(*d, memory, o));
    CHECK(o.paid);
    CHECK(o.detail.text() == R"({"sku":"s","quantity":4})");
    const auto inner = o.detail.as<line>(memory);
    REQUIRE(inner);
    CHECK(*inner == line{"s", 4});
    CHECK(inner->sku.data() > d->text); // a view into the same bytes
    CHECK(inner->sku.data() < d->text + d->size);
    const auto wrong = o.detail.as<std::vector<int>>(memory);
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().message == "expected an array");
    CHECK(raw_json().as<line>(memory).error().code == errc::missing);
}

TEST_CASE("what lies behind raw JSON is not looked at") {
    workspace memory;
    for (const auto value : {R"("x")", "12", "-1.5e3", "true", "null", "[]", "{}", R"({"a":[{}]})",
                             R"("\"")", "[1,[2,[3]]]"}) {
        for (const auto behind : {",1]", " , [2]]", "]", " ]", ",\"\\\\\"]"}) {
            const auto json = "[" + std::string(value) + behind;
            CAPTURE(json);
            const auto d = memory.load(json);
            REQUIRE(d);
            raw_json first;
            reader r(*d, memory);
            int n = 0;
            r.elements([&] { n++ == 0 ? void(codec<raw_json>::read(r, first)) : r.skip(); });
            CHECK_FALSE(r.failed());
            if (value == "null"sv) continue;
            CHECK(first.text() == value);
            const auto inner = first.indexed(memory);
            REQUIRE(inner);
            reader again(*inner, memory);
            again.skip();
            CHECK(again.at_end());
            CHECK_FALSE(again.failed());
            raw_json same;
            REQUIRE(read_document(*inner, memory, same));
            CHECK(same == first);
        }
    }
}

TEST_CASE("a reader of raw JSON stops at its end even when it is too deep") {
    workspace memory;
    const auto d = memory.load(R"([[[[0]],[[1]],[[2]]],3,4,5,6])");
    REQUIRE(d);
    raw_json first;
    reader r(*d, memory);
    r.elements([&] {
        if (first.empty()) codec<raw_json>::read(r, first);
    });
    workspace narrow(limits{.depth = 2});
    const auto read = first.as<std::vector<std::vector<std::vector<int>>>>(narrow);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == errc::too_deep);
    CHECK(read.error().pointer == "/0/0");
}

TEST_CASE("the pointer to every token") {
    workspace memory;
    const auto d = memory.load(R"({"a":[10,{"b/~":{},"c":[]}],"\u0064\n":[[1]],"":2})");
    REQUIRE(d);
    const auto at = [&](std::string_view text, int nth = 0) {
        std::size_t from = std::string_view(d->text, d->size).find(text);
        for (; nth > 0; --nth) from = std::string_view(d->text, d->size).find(text, from + 1);
        std::size_t i = 0;
        while (d->index[i] != from) ++i;
        return pointer_to(*d, d->index + i);
    };
    CHECK(at("{") == "");
    CHECK(at("\"a\"") == "/a");
    CHECK(at("[10") == "/a");
    CHECK(at("10") == "/a/0");
    CHECK(at("{\"b") == "/a/1");
    CHECK(at("\"b/~\"") == "/a/1/b~1~0");
    CHECK(at("{}") == "/a/1/b~1~0");
    CHECK(at("\"c\"") == "/a/1/c");
    CHECK(at("[]") == "/a/1/c");
    CHECK(at("\"\\u0064") == "/d\n");
    CHECK(at("1]]") == "/d\n/0/0");
    CHECK(at("2}") == "/");
}

// ---- conformance vectors -----------------------------------------------------------------------

TEST_SUITE("vectors") {
    TEST_CASE("of JSONTestSuite all that must be are accepted, and all that must be are refused") {
#ifdef HEADRACE_VECTORS_DIR
        int accepted = 0;
        int refused = 0;
        for (const auto& entry : std::filesystem::directory_iterator(
                 HEADRACE_VECTORS_DIR "/json-test-suite/test_parsing")) {
            const auto name = entry.path().filename().string();
            CAPTURE(name);
            std::ifstream file(entry.path(), std::ios::binary);
            const std::string json{std::istreambuf_iterator<char>(file), {}};
            const bool passed_over = is_json(json);
            const bool decoded_too = decode<raw_json>(json).has_value();
            CHECK(passed_over == decoded_too);
            if (name.starts_with("y_")) {
                CHECK(passed_over);
                accepted += passed_over ? 1 : 0;
            } else if (name.starts_with("n_")) {
                CHECK_FALSE(passed_over);
                refused += passed_over ? 0 : 1;
            }
        }
        CHECK(accepted == 95);
        CHECK(refused == 188);
#endif
    }
}
