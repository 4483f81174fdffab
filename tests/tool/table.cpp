// SPDX-License-Identifier: BSL-1.0
#include <headrace/tool/table.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string_view>
#include <utility>

using namespace headrace::tool;
using namespace std::chrono_literals;

TEST_CASE("columns line up by characters, not by bytes") {
    table lines({{"NAME"}, {"TIME", table::align::right}, {"NOTE"}});
    lines.add({{"short"}, {"12 µs"}, {"é"}});
    lines.add({{"a long name"}, {"1.25 ms"}, {""}});
    CHECK(lines.print(palette(palette::mode::plain))
          == "NAME            TIME  NOTE\n"
             "short          12 µs  é\n"
             "a long name  1.25 ms\n");
}

TEST_CASE("colours do not move columns, and there are none in plain mode") {
    table lines({{"A"}, {"B"}});
    lines.add({{"x", colour::red}, {"y", colour::none}});
    CHECK(lines.print(palette(palette::mode::coloured))
          == "\x1b[1mA\x1b[0m  \x1b[1mB\x1b[0m\n\x1b[31mx\x1b[0m  y\n");
    const std::pair<colour, std::string_view> rows[] = {
        {colour::none, "x"},
        {colour::bold, "\x1b[1mx\x1b[0m"},
        {colour::dim, "\x1b[2mx\x1b[0m"},
        {colour::red, "\x1b[31mx\x1b[0m"},
        {colour::green, "\x1b[32mx\x1b[0m"},
        {colour::yellow, "\x1b[33mx\x1b[0m"},
    };
    const palette coloured(palette::mode::coloured);
    for (const auto& [with, text] : rows) CHECK(coloured.paint("x", with) == text);
    CHECK(coloured.paint("", colour::red).empty());
    CHECK(palette(palette::mode::plain).paint("x", colour::green) == "x");
}

TEST_CASE("durations have a unit that fits") {
    const std::pair<std::chrono::nanoseconds, std::string_view> rows[] = {
        {0ns, "0.00 µs"},    {870ns, "0.87 µs"},   {12'340ns, "12.3 µs"},
        {999us, "999 µs"},   {1'230us, "1.23 ms"}, {45ms, "45.0 ms"},
        {1'500ms, "1.50 s"}, {90s, "90.0 s"},      {10min, "10.0 min"},
    };
    for (const auto& [span, text] : rows) CHECK(duration_text(span) == text);
}

TEST_CASE("a number of things is one thing or several") {
    CHECK(counted(0, "event") == "0 events");
    CHECK(counted(1, "event") == "1 event");
    CHECK(counted(2, "event") == "2 events");
}
