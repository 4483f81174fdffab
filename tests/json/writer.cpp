// SPDX-License-Identifier: BSL-1.0
#include <headrace/json/codec.hpp>
#include <headrace/json/writer.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

using namespace headrace;
using namespace std::string_view_literals;

namespace {

std::string written(auto&& how) {
    std::string out;
    writer w(out);
    how(w);
    CHECK(&w.output() == &out);
    return out;
}

} // namespace

TEST_CASE("commas stand between values and nowhere else") {
    CHECK(written([](writer& w) {
              w.begin_object();
              w.key("a");
              w.begin_array();
              w.end_array();
              w.key("b");
              w.begin_array();
              w.null();
              w.boolean(true);
              w.boolean(false);
              w.string("x");
              w.integer(-1);
              w.integer(2u);
              w.real(0.5);
              w.verbatim("[ ]");
              w.begin_object();
              w.end_object();
              w.begin_object();
              w.member("c", 3);
              w.member("d", "e"sv);
              w.end_object();
              w.end_array();
              w.key("f");
              w.value(std::string("g"));
              w.end_object();
          })
          == R"({"a":[],"b":[null,true,false,"x",-1,2,0.5,[ ],{},{"c":3,"d":"e"}],"f":"g"})");
    CHECK(written([](writer& w) { w.integer(1); }) == "1");
}

TEST_CASE("numbers are written whole and shortest") {
    const auto integer = [](auto n) { return written([n](writer& w) { w.integer(n); }); };
    const auto real = [](double d) { return written([d](writer& w) { w.real(d); }); };
    CHECK(integer(INT64_MIN) == "-9223372036854775808");
    CHECK(integer(UINT64_MAX) == "18446744073709551615");
    CHECK(integer(std::int8_t{-128}) == "-128");
    CHECK(integer(std::uint8_t{255}) == "255");
    CHECK(real(0.1) == "0.1");
    CHECK(real(-0.0) == "-0");
    CHECK(real(1e21) == "1e+21");
    CHECK(real(123456789.0) == "123456789");
    CHECK(real(std::numeric_limits<double>::max()) == "1.7976931348623157e+308");
    CHECK(real(std::numeric_limits<double>::denorm_min()) == "5e-324");
    CHECK(real(std::numeric_limits<double>::infinity()) == "null");
    CHECK(real(-std::numeric_limits<double>::infinity()) == "null");
    CHECK(real(std::numeric_limits<double>::quiet_NaN()) == "null");
}

TEST_CASE("text is escaped as far as JSON asks for it") {
    struct row {
        std::string_view text;
        std::string_view json;
    };
    const row rows[] = {
        {"", ""},
        {"plain / text", "plain / text"},
        {R"("\)", R"(\"\\)"},
        {"\b\f\n\r\t", R"(\b\f\n\r\t)"},
        {"\0\x01\x1F"sv, R"(\u0000\u0001\u001f)"},
        {"\x7F\xC2\x80\xE2\x80\xA8", "\x7F\xC2\x80\xE2\x80\xA8"},
        {"\xF0\x9F\x98\x80", "\xF0\x9F\x98\x80"},
        {"a\xFFz", "a\xEF\xBF\xBDz"},
        {"\xE2\x82", "\xEF\xBF\xBD\xEF\xBF\xBD"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.json);
        std::string out;
        append_escaped(out, r.text);
        CHECK(out == r.json);
        CHECK(written([&](writer& w) { w.string(r.text); }) == "\"" + std::string(r.json) + "\"");
        CHECK(written([&](writer& w) {
                  w.begin_object();
                  w.member(r.text, 1);
                  w.end_object();
              })
              == "{\"" + std::string(r.json) + "\":1}");
    }
}
