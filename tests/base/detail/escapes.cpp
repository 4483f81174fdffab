// SPDX-License-Identifier: BSL-1.0
#include <headrace/base/detail/escapes.hpp>
#include <headrace/json/arena.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

using namespace headrace;

namespace {

// What `json` says, or where its first bad escape is.
struct said {
    std::string text;
    std::optional<std::size_t> bad;
};

said what(std::string_view json) {
    const auto padded =
        std::string(json) + "\"" + std::string(padding, '\\'); // not to be looked at
    const char* first = padded.data();
    const char* last = first + json.size();
    const auto escape = json.find('\\');
    REQUIRE(escape != json.npos);
    std::string room(json.size() + detail::escape_slack, '#');
    const auto done = detail::unescape(first, first + escape, last, room.data());
    const char* checked = detail::bad_escape(first + escape, last);
    CHECK(checked == done.bad);
    if (done.end == nullptr) return {"", static_cast<std::size_t>(done.bad - first)};
    room.resize(static_cast<std::size_t>(done.end - room.data()));
    return {room, std::nullopt};
}

} // namespace

TEST_CASE("escapes say what RFC 8259 says") {
    struct row {
        std::string_view json;
        std::string_view text;
    };
    using namespace std::string_view_literals;
    const row rows[] = {
        {R"(\"\\\/\b\f\n\r\t)", "\"\\/\b\f\n\r\t"},
        {R"(a\u0041z)", "aAz"},
        {R"(\u0000)", "\0"sv},
        {R"(\u00e4\u20AC)", "\xC3\xA4\xE2\x82\xAC"},
        {R"(\ud83d\ude00!)", "\xF0\x9F\x98\x80!"},
        {R"(\uDBFF\uDFFF)", "\xF4\x8F\xBF\xBF"},
        {R"(\ud7ff\ue000)", "\xED\x9F\xBF\xEE\x80\x80"},
        {R"(\\u0041)", R"(\u0041)"},
        {R"(\\\\\")", R"(\\")"},
        {R"(a\\)", R"(a\)"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.json);
        CHECK(what(r.json).text == r.text);
    }
}

TEST_CASE("what is no escape is found where it stands") {
    struct row {
        std::string_view json;
        std::size_t bad;
    };
    const row rows[] = {
        {R"(\a)", 0},           {R"(\n\x41)", 2},       {R"(ab\u12)", 2},
        {R"(\u12g4)", 0},       {R"(\uD800)", 0},       {R"(\uD800x)", 0},
        {R"(\uD800\n)", 0},     {R"(\uD800\u0041)", 0}, {R"(\uDC00\uD800)", 0},
        {R"(\ud83d\ud83d)", 0}, {R"(\\\\\'12345)", 4},  {R"(\U0041)", 0},
    };
    for (const auto& r : rows) {
        CAPTURE(r.json);
        CHECK(what(r.json).bad == r.bad);
    }
}

TEST_CASE("escapes are found at every distance from each other and from the ends") {
    // Blocks are 64 bytes long, so that escapes, pairs and their halves fall on every edge.
    for (std::size_t before = 0; before < 140; ++before) {
        for (const std::size_t between : {0u, 1u, 5u, 15u, 16u, 17u, 63u, 64u, 65u, 130u}) {
            const std::string a(before, 'a');
            const std::string b(between, 'b');
            const auto json = a + R"(\n)" + b + R"(\\)" + R"(\ud83d\ude00)" + b + R"(\")" + a;
            const auto text = a + "\n" + b + "\\" + "\xF0\x9F\x98\x80" + b + "\"" + a;
            const auto found = what(json);
            if (found.bad || found.text != text) {
                CAPTURE(before);
                CAPTURE(between);
                CHECK(found.text == text);
            }
        }
    }
    std::string many;
    std::string meant;
    for (int i = 0; i < 500; ++i) {
        many += R"(\")";
        meant += '"';
    }
    CHECK(what(many).text == meant);
}
