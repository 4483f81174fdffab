// SPDX-License-Identifier: BSL-1.0
#include <headrace/json/decode.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <vector>

using namespace headrace;
using namespace std::string_view_literals;

namespace {

// A member of type T between two others, so that a reader that goes too far or stops too early is
// found out.
template <class T> struct box {
    bool before = false;
    T value{};
    bool after = false;
    static void wire(auto& self, auto&& field) {
        field("before", self.before);
        field("value", self.value);
        field("after", self.after);
    }
};

std::string boxed(std::string_view value) {
    return R"({"before":true,"value":)" + std::string(value) + R"(,"after":true})";
}

// What the member is after reading `json` as its value, given to look(member).
template <class T> void read_as(std::string_view json, auto&& look) {
    CAPTURE(json);
    const auto read = decode<box<T>>(boxed(json));
    if (!read) CAPTURE(describe(read.error()));
    REQUIRE(read);
    CHECK((*read)->before);
    CHECK((*read)->after);
    look((*read)->value);
    // The same when it comes in another order.
    const auto turned = decode<box<T>>(R"({"after":true,"value":)" + std::string(json) + "}");
    REQUIRE(turned);
    look((*turned)->value);
}
template <class T> void accepts(std::string_view json, const T& expected) {
    read_as<T>(json, [&](const T& value) { CHECK(value == expected); });
}
// Reading and writing again gives `written`.
template <class T> void writes(std::string_view json, std::string_view written) {
    read_as<T>(json, [&](const T& value) { CHECK(encode(value) == written); });
}
template <class T> void is_default_when_null_or_absent() {
    const auto null = decode<box<T>>(boxed("null"));
    REQUIRE(null);
    CHECK((*null)->after);
    CHECK(encode((*null)->value) == encode(T{}));
    const auto absent = decode<box<T>>("{}");
    REQUIRE(absent);
    CHECK(encode((*absent)->value) == encode(T{}));
}
template <class T>
void refuses(std::string_view json, errc code, std::string_view message,
             std::string_view pointer = "/value") {
    CAPTURE(json);
    const auto read = decode<box<T>>(boxed(json));
    REQUIRE_FALSE(read);
    CHECK(read.error().code == code);
    CHECK(read.error().kind == error_class::malformed);
    CHECK(read.error().message == message);
    CHECK(read.error().pointer == pointer);
}
template <class T> void refuses_kinds(std::string_view message, std::string_view its_own) {
    for (const auto json : {"true", "1", R"("x")", "[true]", R"({"k":true})"}) {
        if (its_own.find(json[0]) == its_own.npos) refuses<T>(json, errc::wrong_kind, message);
    }
}

// ---- types of our own --------------------------------------------------------------------------

enum class level : std::uint8_t { low = 1, high = 200 };
enum class signed_level { below = -1 };
enum class colour { red, green };
BOOST_DEFINE_ENUM_CLASS(fruit, apple, pear)

struct point {
    int x = 0;
    int y = 0;
    static void wire(auto& self, auto&& field) {
        field("x", self.x);
        field("y", self.y);
    }
    friend bool operator==(const point&, const point&) = default;
};
struct owner {
    std::string name;
    std::vector<point> points;
    static void wire(auto& self, auto&& field) {
        field("name", self.name);
        field("points", self.points);
    }
    friend bool operator==(const owner&, const owner&) = default;
};
struct identified {
    std::string_view id;
    static void wire(auto& self, auto&& field) { field("id", self.id).required(); }
};
struct pair_of_ours {
    int first = 0;
    std::string_view second;
};
BOOST_DESCRIBE_STRUCT(pair_of_ours, (), (first, second))

struct tree {
    int value = 0;
    std::vector<tree> children;
    static void wire(auto& self, auto&& field) {
        field("value", self.value);
        field("children", self.children);
    }
};

struct with_defaults {
    int number = 7;
    std::optional<int> maybe = 8;
    std::string text = "text";
    std::vector<int> list{9};
    std::map<std::string, int> map{{"k", 10}};
    std::array<int, 2> fixed{11, 12};
    static void wire(auto& self, auto&& field) {
        field("number", self.number);
        field("maybe", self.maybe);
        field("text", self.text);
        field("list", self.list);
        field("map", self.map);
        field("fixed", self.fixed);
    }
};

// Hours and minutes as text.
struct time_of_day {
    int minutes = 0;
    friend bool operator==(const time_of_day&, const time_of_day&) = default;
};

} // namespace

template <>
inline constexpr auto headrace::enum_names<colour> =
    std::array{enum_name{colour::red, "rouge"}, enum_name{colour::green, "vert"}};

template <> struct headrace::codec<time_of_day> {
    static bool read(reader& r, time_of_day& out) {
        const auto* where = r.position();
        std::string_view text;
        if (!r.string(text)) return false;
        if (text.size() != 5 || text[2] != ':') return r.fail(errc::bad_value, where, "HH:MM");
        out.minutes =
            ((text[0] - '0') * 10 + text[1] - '0') * 60 + (text[3] - '0') * 10 + (text[4] - '0');
        return true;
    }
    static void write(writer& w, time_of_day t) {
        std::string text = "00:00";
        text[0] = static_cast<char>('0' + t.minutes / 600);
        text[1] = static_cast<char>('0' + t.minutes / 60 % 10);
        text[3] = static_cast<char>('0' + t.minutes % 60 / 10);
        text[4] = static_cast<char>('0' + t.minutes % 10);
        w.string(text);
    }
};

// ---- scalars -----------------------------------------------------------------------------------

TEST_CASE("a bool") {
    accepts<bool>("true", true);
    accepts<bool>("false", false);
    writes<bool>("true", "true");
    is_default_when_null_or_absent<bool>();
    refuses_kinds<bool>("expected true or false", "t");
}

TEST_CASE_TEMPLATE("an integer", T, std::int8_t, std::uint8_t, std::int16_t, std::uint16_t,
                   std::int32_t, std::uint32_t, std::int64_t, std::uint64_t, long long,
                   unsigned long long, signed char, unsigned char, std::size_t) {
    const auto least = std::to_string(std::numeric_limits<T>::min());
    const auto most = std::to_string(std::numeric_limits<T>::max());
    accepts<T>("0", 0);
    accepts<T>("-0", 0);
    accepts<T>("12", 12);
    accepts<T>("1.0", 1);
    accepts<T>("1.2e1", 12);
    accepts<T>("120e-1", 12);
    accepts<T>("0.0", 0);
    accepts<T>(least, std::numeric_limits<T>::min());
    accepts<T>(most, std::numeric_limits<T>::max());
    accepts<T>(most + ".0", std::numeric_limits<T>::max());
    accepts<T>(most + "0e-1", std::numeric_limits<T>::max());
    accepts<T>(most + " ", std::numeric_limits<T>::max());
    writes<T>(least, least);
    writes<T>(most, most);
    is_default_when_null_or_absent<T>();
    refuses_kinds<T>("expected an integer", "1");

    constexpr bool is_wide = sizeof(T) == 8;
    constexpr bool is_signed = std::is_signed_v<T>;
    const std::string name =
        std::string(is_signed ? (is_wide || sizeof(T) != 1 ? "a " : "an ") : "an unsigned ")
        + std::to_string(sizeof(T) * 8) + "-bit integer";
    const auto range = "a number out of the range of " + name;
    const auto beyond = [](std::string digits) { // one more
        auto at = digits.size();
        while (digits[--at] == '9') digits[at] = '0';
        ++digits[at];
        return digits;
    };
    refuses<T>(beyond(most), errc::out_of_range,
               is_wide && !is_signed ? "a number out of the range of 64 bits" : range);
    refuses<T>(is_signed ? beyond(least) : "-1", errc::out_of_range, range);
    refuses<T>("1e30", errc::out_of_range, "a number out of the range of 64 bits");
    refuses<T>("1.5", errc::wrong_kind, "expected a number without a fraction");
    refuses<T>("1e-1", errc::wrong_kind, "expected a number without a fraction");
    for (const auto json : {"01", "-", "1.", "1e", "+1", "0x1", "1a", "--1", "00"}) {
        CAPTURE(json);
        CHECK(decode<box<T>>(boxed(json)).error().code == errc::syntax);
    }
}

TEST_CASE("a double") {
    accepts<double>("0.1", 0.1);
    accepts<double>("-1e3", -1000.0);
    accepts<double>("3", 3.0);
    accepts<double>("5e-324", std::numeric_limits<double>::denorm_min());
    accepts<double>("1e-400", 0.0);
    writes<double>("0.1", "0.1");
    writes<double>("1e300", "1e+300");
    CHECK(encode(std::numeric_limits<double>::infinity()) == "null");
    CHECK(encode(std::nan("")) == "null");
    is_default_when_null_or_absent<double>();
    refuses_kinds<double>("expected a number", "1");
    refuses<double>("1e400", errc::out_of_range, "a number out of the range of double");
}

TEST_CASE_TEMPLATE("a string", T, std::string_view, std::string) {
    accepts<T>(R"("")", "");
    accepts<T>(R"("text")", "text");
    accepts<T>(R"("\"\u00e4\n")", "\"\xC3\xA4\n");
    accepts<T>(R"("gr\u00fc\u00df" )", "gr\xC3\xBC\xC3\x9F");
    writes<T>(R"("a\"b")", R"("a\"b")");
    is_default_when_null_or_absent<T>();
    refuses_kinds<T>("expected a string", "\"");
}

TEST_CASE("a view that was absent has no data, an empty text has") {
    const auto absent = decode<box<std::string_view>>(boxed("null"));
    REQUIRE(absent);
    CHECK((*absent)->value.data() == nullptr);
    CHECK(encode(**absent) == R"({"before":true,"after":true})");
    read_as<std::string_view>(R"("")", [](std::string_view v) { CHECK(v.data() != nullptr); });
}

TEST_CASE("an enumeration without names is a number") {
    accepts<level>("200", level::high);
    accepts<level>("7", level{7});
    accepts<signed_level>("-1", signed_level::below);
    writes<level>("1", "1");
    is_default_when_null_or_absent<level>();
    refuses_kinds<level>("expected an integer", "1");
    refuses<level>("256", errc::out_of_range,
                   "a number out of the range of an unsigned 8-bit integer");
}

TEST_CASE("an enumeration with names is one of them") {
    accepts<colour>(R"("vert")", colour::green);
    accepts<colour>(R"("\u0076ert")", colour::green);
    writes<colour>(R"("rouge")", R"("rouge")");
    is_default_when_null_or_absent<colour>();
    refuses_kinds<colour>("expected a string", "\"");
    refuses<colour>(R"("green")", errc::bad_value, "expected one of rouge, vert");
    CHECK(encode(colour{9}) == "null");
    CHECK(enum_text(colour{9}) == std::nullopt);
    CHECK(enum_value<colour>("rouge") == colour::red);
}

TEST_CASE("an enumeration of Boost.Describe has its own names") {
    accepts<fruit>(R"("pear")", fruit::pear);
    writes<fruit>(R"("pear")", R"("pear")");
    is_default_when_null_or_absent<fruit>();
    refuses<fruit>(R"("PEAR")", errc::bad_value, "expected one of apple, pear");
    CHECK(enum_text(fruit::apple) == "apple");
}

TEST_CASE("an unknown name is answered with the known ones, as many as a person reads") {
    std::string list;
    for (int i = 0; i < 100; ++i) detail::append_choice(list, "name-" + std::to_string(i));
    CHECK(list.starts_with("one of name-0, name-1, name-2, "));
    CHECK(list.ends_with(", ..."));
    CHECK(list.size() < 256);
    const auto read = decode<std::vector<colour>>(R"(["rouge","vert","bleu"])");
    REQUIRE_FALSE(read);
    CHECK(describe(read.error()) == "/2: expected one of rouge, vert");
}

// ---- structs -----------------------------------------------------------------------------------

TEST_CASE("a nested struct") {
    accepts<point>(R"({"x":1,"y":2})", {1, 2});
    accepts<point>(R"({"y":2,"x":1})", {1, 2});
    accepts<point>(R"({})", {});
    accepts<point>(R"({ "z" : [ { } ] , "y" : 2 })", {0, 2});
    writes<point>(R"({"y":2})", R"({"x":0,"y":2})");
    is_default_when_null_or_absent<point>();
    refuses_kinds<point>("expected an object", "{");
    refuses<point>(R"({"x":"1"})", errc::wrong_kind, "expected an integer", "/value/x");
    accepts<owner>(R"({"points":[{"x":1},null,{"y":3}],"name":"n"})",
                   {"n", {{1, 0}, {0, 0}, {0, 3}}});
}

TEST_CASE("a struct of Boost.Describe") {
    writes<pair_of_ours>(R"({"second":"b","first":1})", R"({"first":1,"second":"b"})");
    is_default_when_null_or_absent<pair_of_ours>();
    refuses<pair_of_ours>(R"({"first":"1"})", errc::wrong_kind, "expected an integer",
                          "/value/first");
}

TEST_CASE("a struct that contains itself") {
    writes<tree>(R"({"children":[{"value":2,"children":[{"value":3}]},{"value":4}],"value":1})",
                 R"({"value":1,"children":[{"value":2,"children":[{"value":3,"children":[]}]},)"
                 R"({"value":4,"children":[]}]})");
    std::string deep = "null";
    for (int i = 0; i < 500; ++i) deep = R"({"children":[)" + deep + "]}";
    CHECK(decode<tree>(deep));
    for (int i = 0; i < 20; ++i) deep = R"({"children":[)" + deep + "]}";
    CHECK(decode<tree>(deep).error().code == errc::too_deep);
}

TEST_CASE("null and absence leave what a member was initialised with") {
    for (const auto json : {R"({})", R"({"number":null,"maybe":null,"text":null,"list":null,)"
                                     R"("map":null,"fixed":null})"}) {
        CAPTURE(json);
        const auto read = decode<with_defaults>(json);
        REQUIRE(read);
        CHECK(encode(**read) == encode(with_defaults{}));
    }
}

// ---- optional and lists ------------------------------------------------------------------------

TEST_CASE("an optional") {
    accepts<std::optional<int>>("5", 5);
    accepts<std::optional<std::string>>(R"("x")", "x");
    accepts<std::optional<point>>(R"({"x":1})", point{1, 0});
    accepts<std::optional<std::vector<int>>>("[]", std::vector<int>{});
    is_default_when_null_or_absent<std::optional<int>>();
    refuses_kinds<std::optional<int>>("expected an integer", "1");
    refuses<std::optional<std::uint8_t>>("256", errc::out_of_range,
                                         "a number out of the range of an unsigned 8-bit integer");
    const auto absent = decode<box<std::optional<int>>>("{}");
    REQUIRE(absent);
    CHECK((*absent)->value == std::nullopt);
    CHECK(encode(**absent) == R"({"before":false,"after":false})");
    CHECK(encode(std::optional<int>{}) == "null");
}

TEST_CASE("a vector") {
    accepts<std::vector<int>>("[]", {});
    accepts<std::vector<int>>("[1, 2 ,3]", {1, 2, 3});
    accepts<std::vector<std::string>>(R"(["a",null,"b"])", {"a", "", "b"});
    accepts<std::vector<bool>>("[true,false,true]", {true, false, true});
    accepts<std::vector<std::vector<int>>>("[[1],[],[2,3]]", {{1}, {}, {2, 3}});
    writes<std::vector<bool>>("[true,false]", "[true,false]");
    writes<std::vector<std::optional<int>>>("[1,null]", "[1,null]");
    is_default_when_null_or_absent<std::vector<int>>();
    refuses_kinds<std::vector<int>>("expected an array", "[");
    refuses<std::vector<int>>("[1,true]", errc::wrong_kind, "expected an integer", "/value/1");
    refuses<std::vector<std::int8_t>>("[1,2,128]", errc::out_of_range,
                                      "a number out of the range of an 8-bit integer", "/value/2");
}

TEST_CASE("a span lives in the arena") {
    writes<std::span<const int>>("[]", "[]");
    writes<std::span<const int>>("[1,2]", "[1,2]");
    writes<std::span<const bool>>("[true,null,true]", "[true,false,true]");
    writes<std::span<const std::string_view>>(R"(["a",null,"\u0062"])", R"(["a",null,"b"])");
    writes<std::span<const point>>(R"([{"y":1},null])", R"([{"x":0,"y":1},{"x":0,"y":0}])");
    writes<std::span<const std::span<const int>>>("[[1,2],[],null,[3]]", "[[1,2],[],null,[3]]");
    is_default_when_null_or_absent<std::span<const int>>();
    refuses_kinds<std::span<const int>>("expected an array", "[");
    refuses<std::span<const int>>("[1,true]", errc::wrong_kind, "expected an integer", "/value/1");
    std::string many = "[0";
    for (int i = 1; i < 20'000; ++i) many += "," + std::to_string(i);
    many += "]";
    writes<std::span<const int>>(many, many);
}

TEST_CASE("a span of what owns memory is destroyed with the workspace") {
    writes<std::span<const std::string>>(R"(["a","a text that is too long to be short"])",
                                         R"(["a","a text that is too long to be short"])");
    writes<std::span<const owner>>(R"([{"name":"n","points":[{"x":1}]},null])",
                                   R"([{"name":"n","points":[{"x":1,"y":0}]},)"
                                   R"({"name":"","points":[]}])");
    is_default_when_null_or_absent<std::span<const std::string>>();
    refuses_kinds<std::span<const std::string>>("expected an array", "[");
}

TEST_CASE("an empty list is there, a null one is absent") {
    const auto there = [](auto list) {
        using list_type = decltype(list);
        const auto empty = decode<box<list_type>>(boxed(R"([])"));
        REQUIRE(empty);
        CHECK((*empty)->value.data() != nullptr);
        CHECK(encode(**empty) == R"({"before":true,"value":[],"after":true})");
        const auto null = decode<box<list_type>>(boxed("null"));
        REQUIRE(null);
        CHECK((*null)->value.data() == nullptr);
        CHECK(encode(**null) == R"({"before":true,"after":true})");
    };
    there(std::span<const int>{});
    there(std::span<const std::string>{});
}

TEST_CASE("an array has as many elements as it has") {
    accepts<std::array<int, 3>>("[1,2,3]", {1, 2, 3});
    accepts<std::array<int, 3>>("[1,null,3]", {1, 0, 3});
    writes<std::array<int, 2>>("[1,2]", "[1,2]");
    is_default_when_null_or_absent<std::array<int, 2>>();
    refuses_kinds<std::array<int, 2>>("expected an array", "[");
    for (const auto json : {"[]", "[1]", "[1,2,3]"}) {
        refuses<std::array<int, 2>>(json, errc::bad_value, "expected an array of the fixed length");
    }
    refuses<std::array<int, 2>>("[1,true]", errc::wrong_kind, "expected an integer", "/value/1");
}

TEST_CASE("null in a list is an object without members, which may lack required ones") {
    refuses<std::vector<identified>>(R"([{"id":"a"},null])", errc::missing,
                                     "required, but absent, null or empty", "/value/1/id");
    refuses<std::span<const identified>>("[null]", errc::missing,
                                         "required, but absent, null or empty", "/value/0/id");
    refuses<std::array<identified, 1>>("[null]", errc::missing,
                                       "required, but absent, null or empty", "/value/0/id");
    refuses<string_map<identified>>(R"({"k":null})", errc::missing,
                                    "required, but absent, null or empty", "/value/{0}/id");
    refuses<std::map<std::string, identified>>(
        R"({"k":null})", errc::missing, "required, but absent, null or empty", "/value/{0}/id");
    CHECK(decode<identified>("null").error().pointer == "/id");
    CHECK(decode<box<identified>>(boxed("null"))); // as a member it is absent, and may be
    CHECK(decode<point>("null"));
}

// ---- maps --------------------------------------------------------------------------------------

TEST_CASE_TEMPLATE("a map with owned keys", T, std::map<std::string, int>,
                   std::unordered_map<std::string, int>) {
    accepts<T>("{}", {});
    accepts<T>(R"({"b":1,"a":2})", {{"a", 2}, {"b", 1}});
    accepts<T>(R"({"a":1,"a":2})", {{"a", 2}});
    accepts<T>(R"({"a":1,"a":null,"":3})", {{"a", 0}, {"", 3}});
    accepts<T>(R"({"\u0061":1})", {{"a", 1}});
    writes<T>(R"({"a":1})", R"({"a":1})");
    is_default_when_null_or_absent<T>();
    refuses_kinds<T>("expected an object", "{");
    refuses<T>(R"({"a~/b":"x"})", errc::wrong_kind, "expected an integer", "/value/{0}");
}

TEST_CASE("a string_map keeps the order and repeated names") {
    const auto json = R"({"b":"1","a":"2","b":"3","c":null})";
    writes<string_map<>>(json, json);
    writes<string_map<>>("{}", "{}");
    writes<string_map<point>>(R"({"k":{"x":1}})", R"({"k":{"x":1,"y":0}})");
    writes<string_map<std::span<const std::string_view>>>(R"({"k":["a","b"],"l":null})",
                                                          R"({"k":["a","b"],"l":null})");
    writes<string_map<raw_json>>(R"({"k":[1 , 2]})", R"({"k":[1 , 2]})");
    is_default_when_null_or_absent<string_map<>>();
    refuses_kinds<string_map<>>("expected an object", "{");
    refuses<string_map<>>(R"({"k":1})", errc::wrong_kind, "expected a string", "/value/{0}");
    read_as<string_map<>>(json, [](const string_map<>& m) {
        CHECK(m.size() == 4);
        CHECK_FALSE(m.empty());
        REQUIRE(m.find("b") != nullptr);
        CHECK(*m.find("b") == "3");
        CHECK(m.find("z") == nullptr);
        CHECK(m.contains("c"));
        CHECK(m.begin()->key == "b");
    });
    const auto empty = decode<box<string_map<>>>(boxed("{}"));
    REQUIRE(empty);
    CHECK((*empty)->value.data() != nullptr);
}

TEST_CASE("a string_map is read whole wherever escapes and nulls stand between plain texts") {
    const std::string_view members[] = {R"("a":"1")", R"("b\u0062":"2")", R"("c":"\n3")",
                                        R"("d":null)", R"("e":"5")"};
    const std::string_view values[] = {"1", "2", "\n3", "", "5"};
    for (std::size_t first = 0; first < 5; ++first) {
        std::string json;
        for (std::size_t i = 0; i < 15; ++i) {
            json.append(json.empty() ? "{" : ",").append(members[(first + i) % 5]);
        }
        json += '}';
        CAPTURE(json);
        read_as<string_map<>>(json, [&](const string_map<>& m) {
            REQUIRE(m.size() == 15);
            for (std::size_t i = 0; i < 15; ++i) {
                CHECK(m.data()[i].value == values[(first + i) % 5]);
                CHECK(m.data()[i].key.front() == "abcde"[(first + i) % 5]);
            }
        });
    }
    refuses<string_map<>>(R"({"a":"1","b":"2","c" "3"})", errc::syntax, "expected ':'",
                          "/value/{2}");
}

// ---- others ------------------------------------------------------------------------------------

TEST_CASE("raw JSON stays as it came") {
    writes<raw_json>(R"({ "a" : [ 1, 2.50 ] })", R"({ "a" : [ 1, 2.50 ] })");
    writes<raw_json>(R"("\u0061")", R"("\u0061")");
    writes<raw_json>("1.50", "1.50");
    writes<raw_json>("[]  \n", "[]");
    writes<raw_json>("false", "false");
    is_default_when_null_or_absent<raw_json>();
}

TEST_CASE("a type with a codec of its own") {
    accepts<time_of_day>(R"("12:34")", {754});
    writes<time_of_day>(R"("23:59")", R"("23:59")");
    is_default_when_null_or_absent<time_of_day>();
    refuses_kinds<time_of_day>("expected a string", "\"");
    refuses<time_of_day>(R"("noon")", errc::bad_value, "expected HH:MM");
    accepts<std::vector<time_of_day>>(R"(["00:01"])", {{1}});
}

TEST_CASE("what headrace can read is known at compile time") {
    struct mystery {};
    CHECK(readable<int>);
    CHECK(readable<point>);
    CHECK(readable<std::span<const point>>);
    CHECK_FALSE(readable<mystery>);
    CHECK_FALSE(readable<char>);
    CHECK_FALSE(readable<int*>);
}
