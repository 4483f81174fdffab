// SPDX-License-Identifier: BSL-1.0
#include <headrace/json/decode.hpp>
#include <headrace/json/text.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

using namespace headrace;
using namespace std::string_view_literals;

namespace {

enum class colour { red, blue };

template <class T> errc code_of(const T& made) {
    return made.has_value() ? errc::custom : made.error().code;
}

} // namespace

template <>
inline constexpr auto headrace::enum_names<colour> =
    std::array{enum_name{colour::red, "red"}, enum_name{colour::blue, "blue"}};

namespace {

struct lazies {
    number_text<std::uint32_t> count;
    base64 data;
    form_key key;
    open_enum<colour> tint;
    static void wire(auto& self, auto&& field) {
        field("count", self.count);
        field("data", self.data);
        field("key", self.key);
        field("tint", self.tint);
    }
};

std::string_view text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

} // namespace

static_assert(std::is_trivially_copyable_v<lazies>);

TEST_CASE("numbers in strings are read in the range of their type") {
    CHECK(*number_text<std::uint32_t>("0").value() == 0);
    CHECK(*number_text<std::uint32_t>("4294967295").value() == 4294967295);
    CHECK(*number_text<std::uint32_t>("007").value() == 7);
    CHECK(*number_text<std::uint32_t>("-0").value() == 0);
    CHECK(*number_text<std::uint32_t>("12.000").value() == 12);
    CHECK(*number_text<std::uint32_t>("1.2e1").value() == 12);
    CHECK(*number_text<std::uint32_t>("1200E-2").value() == 12);
    CHECK(*number_text<std::uint64_t>("18446744073709551615").value() == UINT64_MAX);
    CHECK(*number_text<std::int64_t>("-9223372036854775808").value() == INT64_MIN);
    CHECK(*number_text<std::int64_t>("9223372036854775807").value() == INT64_MAX);
    CHECK(*number_text<std::int8_t>("-128").value() == -128);
    CHECK(*number_text<double>("-2.5e-1").value() == -0.25);
    CHECK(*number_text<double>("1e-400").value() == 0);
    CHECK(*number_text<double>("-0.5e-400").value() == 0);
}

TEST_CASE("numbers that their type cannot hold are out of range") {
    CHECK(code_of(number_text<std::uint32_t>("4294967296").value()) == errc::out_of_range);
    CHECK(code_of(number_text<std::uint32_t>("-1").value()) == errc::out_of_range);
    CHECK(code_of(number_text<std::uint64_t>("18446744073709551616").value())
          == errc::out_of_range);
    CHECK(code_of(number_text<std::uint64_t>("100000000000000000000000").value())
          == errc::out_of_range);
    CHECK(code_of(number_text<std::int64_t>("9223372036854775808").value()) == errc::out_of_range);
    CHECK(code_of(number_text<std::int64_t>("-9223372036854775809").value()) == errc::out_of_range);
    CHECK(code_of(number_text<std::int64_t>("1e400").value()) == errc::out_of_range);
    CHECK(code_of(number_text<std::int8_t>("128").value()) == errc::out_of_range);
    CHECK(code_of(number_text<double>("1e400").value()) == errc::out_of_range);
}

TEST_CASE("what is no number is an error that does not repeat the text") {
    for (const auto text : {"", "secret", "0x1F", "1 ", " 1", "+1", "1.", ".1", "1e", "inf", "nan",
                            "1_000", "1,000", "-"}) {
        CAPTURE(text);
        const auto whole = number_text<int>(text).value();
        CHECK(code_of(whole) == errc::bad_value);
        CHECK(whole.error().message == "expected a number");
        CHECK(code_of(number_text<unsigned>(text).value()) == errc::bad_value);
        CHECK(code_of(number_text<double>(text).value()) == errc::bad_value);
    }
    for (const auto text : {"1.5", "1e-1", "0.000001"}) {
        CAPTURE(text);
        CHECK(number_text<int>(text).value().error().message
              == "expected a number without a fraction");
        CHECK(code_of(number_text<unsigned>(text).value()) == errc::bad_value);
    }
    const auto absent = number_text<int>().value();
    CHECK(code_of(absent) == errc::missing);
    CHECK(absent.error().message == "expected a number, but the member is absent or null");
    CHECK(code_of(number_text<double>().value()) == errc::missing);
}

TEST_CASE("base64 is decoded and encoded as RFC 4648 shows") {
    struct row {
        std::string_view bytes, text;
    };
    const row rows[] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
        {"\xFB\xEF\xBE\xFF"sv, "++++/w=="},
        {"\0\0\0"sv, "AAAA"},
    };
    workspace memory;
    for (const row& each : rows) {
        CAPTURE(each.text);
        CHECK(base64_encode(each.bytes) == each.text);
        CHECK(base64_encode(std::as_bytes(std::span(each.bytes))) == each.text);
        const auto bytes = base64(each.text).bytes(memory);
        REQUIRE(bytes.has_value());
        CHECK(text_of(*bytes) == each.bytes);
        CHECK(*base64_decode(each.text) == each.bytes);
    }
    std::string out = "data:";
    append_base64(out, "fo");
    CHECK(out == "data:Zm8=");
}

TEST_CASE("base64 that is not canonical is an error that does not repeat the text") {
    workspace memory;
    for (const auto text : {"Z",
                            "Zg",
                            "Zg=",
                            "Zm8",
                            "Zm9vY",
                            "=",
                            "====",
                            "Z===",
                            "Zg==Zg==",
                            "Zm9=",
                            "Zh==",
                            "Zm 9",
                            "Zm9v\n",
                            "Zm-_",
                            "Zm9\x80",
                            "Z=g=",
                            "=Zg=",
                            "Zg==\n\n\n\n",
                            "Zm9vZm9vZm9vZ*9vZm9v",
                            "*m9vZm9vZm9vZm9vZm9v"}) {
        CAPTURE(text);
        const auto bytes = base64(text).bytes(memory);
        CHECK(code_of(bytes) == errc::bad_value);
        CHECK(bytes.error().message == "expected base64 text");
        CHECK(code_of(base64_decode(text)) == errc::bad_value);
    }
    CHECK(code_of(base64().bytes(memory)) == errc::missing);
}

TEST_CASE("base64 of every length and byte is decoded to what was encoded") {
    workspace memory;
    std::string bytes;
    for (unsigned i = 0; i < 600; ++i) {
        const std::string text = base64_encode(bytes);
        REQUIRE(text.size() == (bytes.size() + 2) / 3 * 4);
        const auto decoded = base64(text).bytes(memory);
        REQUIRE(decoded.has_value());
        REQUIRE(text_of(*decoded) == bytes);
        if (!text.empty()) { // each place is checked
            std::string broken = text;
            broken[(i * 7) % (text.size() - 2)] = '!';
            REQUIRE(code_of(base64_decode(broken)) == errc::bad_value);
        }
        bytes.push_back(static_cast<char>(i * 151 + 7));
        memory.reset();
    }
}

TEST_CASE("form keys are decoded, and what is no escape stays as it is") {
    struct row {
        std::string_view text, key;
    };
    const row rows[] = {
        {"orders/2026.csv", "orders/2026.csv"},
        {"red+flower.jpg", "red flower.jpg"},
        {"Happy%20Days.jpg", "Happy Days.jpg"},
        {"a%2Bb", "a+b"},
        {"caf%C3%A9", "café"},
        {"100%", "100%"},
        {"%zz%4", "%zz%4"},
        {"", ""},
    };
    workspace memory;
    for (const row& each : rows) {
        CAPTURE(each.text);
        CHECK(form_key(each.text).text(memory) == each.key);
        CHECK(form_key(each.text).text() == each.text);
    }
    CHECK(form_key().text(memory).empty());
}

TEST_CASE("open enumerations know their names and keep the others") {
    CHECK(open_enum<colour>("red").value() == colour::red);
    CHECK(open_enum<colour>("red") == colour::red);
    CHECK(open_enum<colour>("blue") != colour::red);
    CHECK(open_enum<colour>("Red").value() == std::nullopt);
    CHECK(open_enum<colour>("green").value() == std::nullopt);
    CHECK(open_enum<colour>("green").text() == "green");
    CHECK(open_enum<colour>("green") != colour::red);
    CHECK(open_enum<colour>(colour::blue).text() == "blue");
    CHECK(open_enum<colour>(colour::blue) == open_enum<colour>("blue"));
    CHECK(open_enum<colour>(static_cast<colour>(7)).text().data() == nullptr);
    CHECK(open_enum<colour>().value() == std::nullopt);
}

TEST_CASE("lazy texts keep the text and its JSON kind") {
    for (const std::string_view json : {
             R"({"count":"12","data":"Zg==","key":"a+b","tint":"red"})",
             R"({"count":12.50,"data":"not base64","key":"%zz","tint":"green"})",
             R"({"count":"","data":"","key":"","tint":""})",
             R"({"count":"twelve","data":"\"","key":"\n","tint":"\\"})",
             R"({})",
         }) {
        CAPTURE(json);
        const auto made = decode<lazies>(json);
        REQUIRE(made.has_value());
        CHECK(encode(**made) == json);
    }
    const auto nulls = decode<lazies>(R"({"count":null,"data":null,"key":null,"tint":null})");
    REQUIRE(nulls.has_value());
    CHECK(encode(**nulls) == "{}");
}

TEST_CASE("a lazy text of another JSON kind is an error") {
    for (const std::string_view member : {"count", "data", "key", "tint"}) {
        CAPTURE(member);
        const auto made = decode<lazies>("{\"" + std::string(member) + "\":[\"secret\"]}");
        REQUIRE_FALSE(made.has_value());
        CHECK(made.error().code == errc::wrong_kind);
        CHECK(made.error().pointer == "/" + std::string(member));
        CHECK(made.error().message.find("secret") == std::string::npos);
    }
}
