// SPDX-License-Identifier: BSL-1.0
#include <headrace/base/detail/json_text.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace std::string_literals;
using headrace::detail::append_json_text;

namespace {

std::string quoted(std::string_view text, std::size_t limit = std::string::npos) {
    std::string out = "x";
    append_json_text(out, text, limit);
    return out.substr(1);
}

constexpr std::string_view replacement = "\xEF\xBF\xBD";

std::string replaced(int times) {
    std::string out = "\"";
    for (int i = 0; i < times; ++i) out += replacement;
    return out + '"';
}

} // namespace

TEST_CASE("text is quoted, and what could end a line or steer a terminal is escaped") {
    struct row {
        std::string text;
        std::string json;
    };
    const row rows[] = {
        {"", R"("")"},
        {"plain", R"("plain")"},
        {R"(say "no" \o/)", R"("say \"no\" \\o/")"},
        {"\b\f\n\r\t", R"("\b\f\n\r\t")"},
        {"\0\x01\x1f"s, R"("\u0000\u0001\u001f")"},
        {"\x1b[31mred", R"("\u001b[31mred")"},
        {"\x7f", R"("\u007f")"},
        {"\xC2\x80\xC2\x85\xC2\x9B\xC2\x9F", R"("\u0080\u0085\u009b\u009f")"},
        {"\xC2\xA0", "\"\xC2\xA0\""},
        {"\xE2\x80\xA7\xE2\x80\xA8\xE2\x80\xA9\xE2\x80\xAA",
         "\"\xE2\x80\xA7\\u2028\\u2029\xE2\x80\xAA\""},
        {"\xF0\x9F\x98\x80 gr\xC3\xBC\xC3\x9F", "\"\xF0\x9F\x98\x80 gr\xC3\xBC\xC3\x9F\""},
        {"\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF",
         "\"\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF\""},
    };
    for (const row& r : rows) {
        CAPTURE(r.json);
        CHECK(quoted(r.text) == r.json);
    }
}

TEST_CASE("each byte that is not UTF-8 becomes U+FFFD") {
    struct row {
        std::string text;
        int bytes;
    };
    const row rows[] = {
        {"\x80", 1},             // continuation without a lead
        {"\xFF\xFE", 2},         // never in UTF-8
        {"\xC3", 1},             // cut off
        {"\xE2\x82", 2},         //
        {"\xF0\x9F\x98", 3},     //
        {"\xC0\xAF", 2},         // overlong
        {"\xE0\x80\xAF", 3},     //
        {"\xF0\x80\x80\xAF", 4}, //
        {"\xED\xA0\x80", 3},     // a surrogate
        {"\xF4\x90\x80\x80", 4}, // above U+10FFFF
        {"\xF5\x80\x80\x80", 4}, //
    };
    for (const row& r : rows) {
        CAPTURE(r.bytes);
        CHECK(quoted(r.text) == replaced(r.bytes));
    }
    CHECK(quoted("a\xC3z") == "\"a" + std::string(replacement) + "z\"");
}

TEST_CASE("a limit cuts between characters and never inside an escape") {
    struct row {
        std::string_view text;
        std::size_t limit;
        std::string_view json;
    };
    const row rows[] = {
        {"abc", 5, R"("abc")"},
        {"abc", 4, R"("ab")"},
        {"abc", 2, R"("")"},
        {"a\n", 5, R"("a\n")"},
        {"a\n", 4, R"("a")"},
        {"\x01z", 7, R"("")"},
        {"\x01z", 8, R"("\u0001")"},
        {"gr\xC3\xBC", 5, R"("gr")"},
        {"gr\xC3\xBC", 6, "\"gr\xC3\xBC\""},
        {"\xFF", 4, R"("")"},
        {"", 2, R"("")"},
    };
    for (const row& r : rows) {
        CAPTURE(r.text);
        CAPTURE(r.limit);
        CHECK(quoted(r.text, r.limit) == r.json);
    }
    std::string out;
    CHECK(append_json_text(out, "abc", 5));
    CHECK_FALSE(append_json_text(out, "abc", 4));
}

TEST_CASE("an escape is found wherever it stands in a long text") {
    struct row {
        std::string_view raw;
        std::string_view written;
    };
    constexpr row rows[] = {
        {"\"", "\\\""},
        {"\\", "\\\\"},
        {"\n", "\\n"},
        {"\x1f", "\\u001f"},
        {"\x7f", "\x7f"},
        {"\xC3\xBC", "\xC3\xBC"},
        {"\xFF", "\xEF\xBF\xBD"},
        {"\"\"\"\"\"\"\"\"\"\"", R"(\"\"\"\"\"\"\"\"\"\")"},
    };
    constexpr std::size_t sizes[] = {0, 1, 7, 8, 9, 15, 16, 17, 30, 480, 496, 497, 512, 1030};
    for (const std::size_t before : sizes) {
        for (const std::size_t after : sizes) {
            for (const row& r : rows) {
                const auto text =
                    std::string(before, 'a') + std::string(r.raw) + std::string(after, ' ');
                std::string out = "x";
                CHECK(headrace::detail::append_json_characters(
                    out, text, headrace::detail::json_escapes::needed));
                const bool same = out
                                  == "x" + std::string(before, 'a') + std::string(r.written)
                                         + std::string(after, ' ');
                CAPTURE(before);
                CAPTURE(after);
                CHECK(same);
            }
        }
    }
}
