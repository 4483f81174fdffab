// SPDX-License-Identifier: BSL-1.0
#include <headrace/base/detail/sha256.hpp>
#include <headrace/idempotency/canonical.hpp>
#include <headrace/idempotency/operation.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

using namespace headrace;
using idempotency::canonical;

namespace {

// Letters as they are, other bytes as \xx.
std::string shown(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (const char c : bytes) {
        if (c > ' ' && c < 0x7F) {
            out += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            (out += '\\') += digits[byte >> 4];
            out += digits[byte & 0xF];
        }
    }
    return out;
}

std::string bytes_of(std::string_view json) {
    workspace memory;
    canonical out;
    const auto added = out.value(raw_json(json), memory);
    if (!added) return "error: " + added.error().message;
    return shown(out.bytes());
}

std::string length(int n) {
    return R"(\00\00\00\00\00\00\00)" + shown(std::string(1, static_cast<char>(n)));
}

// docs/reference/idempotency/keys.md
std::string page() {
    const auto path =
        std::filesystem::path(HEADRACE_SOURCE_DIR) / "docs/reference/idempotency/keys.md";
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
}

} // namespace

TEST_CASE("every value has its type and its length in front") {
    struct row {
        std::string_view json;
        std::string bytes;
    };
    const row rows[] = {
        {"null", "z"},
        {"true", "t"},
        {"false", "f"},
        {"1", "i" + length(1) + "1"},
        {R"("1")", "s" + length(1) + "1"},
        {"-17", "i" + length(3) + "-17"},
        {"18446744073709551615", "i" + length(20) + "18446744073709551615"},
        {"-9223372036854775808", "i" + length(20) + "-9223372036854775808"},
        {"-9223372036854775809", "i" + length(20) + "-9223372036854775808"},
        {"18446744073709551616", R"(dC\f0\00\00\00\00\00\00)"},
        {"18446744073709551615.0", R"(dC\f0\00\00\00\00\00\00)"},
        {"18446744073709549568e0", "i" + length(20) + "18446744073709549568"},
        {"9007199254740993", "i" + length(16) + "9007199254740993"},
        {"9007199254740993.0", "i" + length(16) + "9007199254740992"},
        {"-9007199254740993e0", "i" + length(17) + "-9007199254740992"},
        {"-0", "i" + length(1) + "0"},
        {"1e-400", "i" + length(1) + "0"},
        {"-1e-99999999999999999999", "i" + length(1) + "0"},
        {"0e99999999999999999999", "i" + length(1) + "0"},
        {"2.4703282292062327e-324", "i" + length(1) + "0"},
        {"2.4703282292062328e-324", R"(d\00\00\00\00\00\00\00\01)"},
        {"5e-324", R"(d\00\00\00\00\00\00\00\01)"},
        {"-5e-324", R"(d\80\00\00\00\00\00\00\01)"},
        {"2.2250738585072011e-308", R"(d\00\0f\ff\ff\ff\ff\ff\ff)"},
        {"1.7976931348623157e308", R"(d\7f\ef\ff\ff\ff\ff\ff\ff)"},
        {"1.7976931348623159e308", "n" + length(22) + "1.7976931348623159e308"},
        {"0.5", R"(d?\e0\00\00\00\00\00\00)"},
        {"1e400", "n" + length(5) + "1e400"},
        {R"("\u0041")", "s" + length(1) + "A"},
        {R"("")", "s" + length(0)},
        {"[]", "a" + length(0)},
        {"[1,[true]]", "a" + length(2) + "i" + length(1) + "1a" + length(1) + "t"},
        {"{}", "o" + length(0)},
        {R"({"b":1,"a":null})",
         "o" + length(2) + "s" + length(1) + "azs" + length(1) + "bi" + length(1) + "1"},
    };
    for (const auto& [json, bytes] : rows) {
        CAPTURE(json);
        CHECK(bytes_of(json) == bytes);
    }
}

TEST_CASE("what means the same has the same bytes") {
    const std::vector<std::string_view> same[] = {
        {R"({"a":1,"b":[2,"x"]})", R"({ "b" : [ 2 , "\u0078" ], "a" : 1 })",
         R"({"a":7,"b":[2,"x"],"a":1})"},
        {"1", "1.0", "1e0", "10e-1", "100E-2"},
        {"0", "-0", "0.0", "-0.0", "0e7"},
        {"0.5", "5e-1", "0.50"},
        {R"("ü")", R"("\u00fc")"},
        {R"({"\u0061":1})", R"({"a":1})"},
        {"-3", "-3.0"},
        {"1e19", "10000000000000000000"},
    };
    for (const auto& forms : same) {
        for (const auto form : forms) CHECK(bytes_of(form) == bytes_of(forms.front()));
    }
}

TEST_CASE("what means something else has other bytes") {
    const std::string_view all[] = {"null",
                                    "true",
                                    "false",
                                    "0",
                                    "1",
                                    R"("1")",
                                    "1.5",
                                    R"("")",
                                    "[]",
                                    "{}",
                                    "[null]",
                                    R"([""])",
                                    "[[]]",
                                    "[1,2]",
                                    "[12]",
                                    R"(["1,2"])",
                                    "[2,1]",
                                    R"({"a":1})",
                                    R"({"a":"1"})",
                                    R"({"a":null})",
                                    R"({"a":1,"b":1})",
                                    R"({"b":1})",
                                    R"(["a",1])",
                                    "9007199254740993",
                                    "9007199254740992",
                                    "1e400",
                                    "1e401",
                                    "-1",
                                    R"({"a":{"b":1}})",
                                    R"({"a":1,"b":{}})"};
    for (const auto a : all) {
        for (const auto b : all) {
            if (a != b) CHECK_MESSAGE(bytes_of(a) != bytes_of(b), a << " and " << b);
        }
    }
}

TEST_CASE("text that is no JSON has no bytes") {
    for (const auto bad : {"", "[", "{\"a\"}", "tru", "1 2", "[1,]"}) {
        CHECK(bytes_of(bad).starts_with("error: "));
    }
}

TEST_CASE("the digest is SHA-256") {
    // FIPS 180-4 examples of NIST.
    CHECK(detail::sha256_hex("abc")
          == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(detail::sha256_hex("")
          == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("the vectors of the page are what the code makes") {
    std::istringstream in(page());
    int compared = 0;
    bool vectors = false;
    for (std::string line; std::getline(in, line);) {
        vectors |= line == "## Test vectors";
        const auto between = [&](std::size_t from) {
            const auto begin = line.find('`', from) + 1;
            return line.substr(begin, line.find('`', begin) - begin);
        };
        if (!vectors || !line.starts_with("| `")) continue;
        const auto json = between(0);
        workspace memory;
        canonical bytes;
        REQUIRE(bytes.value(raw_json(json), memory));
        CHECK(detail::sha256_hex(bytes.bytes()) == between(line.find("` |") + 1));
        ++compared;
    }
    CHECK(compared == 18);
}

TEST_CASE("the downstream key of the page is what the code makes") {
    workspace memory;
    canonical bytes;
    REQUIRE(bytes.value(raw_json(R"(["headrace-key-2","charge",1,"","",null,17])"), memory));
    const idempotency::identity charge{detail::sha256_hex(bytes.bytes()), ""};
    const auto key = idempotency::unknown_operation(charge, 1).downstream_key("card");
    CHECK(key == "6cc07f29e421c00c81f01ded7576ae697c6ef1b8f398d76336eb1f728acc5635");
    CHECK(page().find("` | `" + key + "` |") != std::string::npos);
}
