// SPDX-License-Identifier: BSL-1.0
#include <headrace/tool/arguments.hpp>

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

using namespace headrace;
using namespace headrace::tool;

namespace {

constexpr std::array options{
    option{"--repeat", "N", "run it N times"},
    option{"--json", "", "as JSON,\none line each"},
};
constexpr command sample{.name = "replay",
                         .takes = "FILE...",
                         .summary = "run it again",
                         .details = "Runs it.\n",
                         .least = 1,
                         .most = 2,
                         .options = options,
                         .run = nullptr};

using words = std::vector<std::string_view>;

} // namespace

TEST_CASE("names and options may stand in any order") {
    for (const words& each :
         {words{"a.json", "--repeat", "3", "--json", "b.json"},
          words{"--json", "--repeat=3", "a.json", "b.json"},
          words{"--repeat=1", "--repeat=3", "--json", "--", "a.json", "b.json"}}) {
        const auto given = parse_arguments(sample, each);
        REQUIRE(given);
        CHECK(given->names() == words{"a.json", "b.json"});
        CHECK(given->has("--json"));
        CHECK(*given->number("--repeat", 1) == 3);
    }
}

TEST_CASE("a dash is a name, and so is everything after two dashes") {
    const auto given = parse_arguments(sample, words{"-", "--", "--json"});
    REQUIRE(given);
    CHECK(given->names() == words{"-", "--json"});
    CHECK(!given->has("--json"));
    CHECK(*given->number("--repeat", 7) == 7);
    CHECK(!given->value("--repeat"));
}

TEST_CASE("mistakes in arguments are explained") {
    const std::pair<words, std::string_view> rows[] = {
        {{}, "it needs FILE..."},
        {{"a", "b", "c"}, "there is one argument too many: c"},
        {{"a", "--repaet", "3"}, "there is no option --repaet, did you mean --repeat?"},
        {{"a", "--rep=3"}, "there is no option --rep, did you mean --repeat?"},
        {{"a", "-j"}, "there is no option -j"},
        {{"a", "--repeat"}, "--repeat needs a value: --repeat N"},
        {{"a", "--json=yes"}, "--json takes no value"},
    };
    for (const auto& [given, message] : rows) {
        const auto parsed = parse_arguments(sample, given);
        REQUIRE(!parsed);
        CHECK(parsed.error().message == message);
    }
}

TEST_CASE("a number is whole and at least 1") {
    for (const std::string_view text :
         {"0", "-1", "1.5", "many", "", "1 ", "99999999999999999999"}) {
        CAPTURE(text);
        const auto given = parse_arguments(sample, words{"a", "--repeat", text});
        REQUIRE(given);
        const auto n = given->number("--repeat", 1);
        REQUIRE(!n);
        CHECK(n.error().message == "--repeat takes a whole number of at least 1");
    }
}

TEST_CASE("help needs no other arguments") {
    for (const std::string_view word : {"--help", "-h"}) {
        const auto given = parse_arguments(sample, words{word});
        REQUIRE(given);
        CHECK(given->has("--help"));
    }
}

TEST_CASE("the nearest word is the one that was meant, if any is near") {
    const words known{"inspect", "invoke", "replay", "routes", "events"};
    const std::pair<std::string_view, std::string_view> rows[] = {
        {"inspct", "inspect"}, {"invok", "invoke"}, {"rplay", "replay"}, {"route", "routes"},
        {"event", "events"},   {"in", "inspect"},   {"re", "replay"},
    };
    for (const auto& [typed, meant] : rows) {
        CAPTURE(typed);
        CHECK(nearest(typed, known) == meant);
    }
    for (const std::string_view typed : {"package", "x", "", "serverless"}) {
        CAPTURE(typed);
        CHECK(!nearest(typed, known));
        CHECK(suggestion(typed, known).empty());
    }
}

TEST_CASE("help pages are made from the tables") {
    CHECK(help_page("orders", sample) == R"(usage: orders replay [OPTIONS] FILE...

Runs it.

options:
  --repeat N            run it N times
  --json                as JSON,
                        one line each
  --help                this page

exit status: 0 fine, 1 function error or difference, 2 usage, 3 input that cannot be read
)");
    const auto whole = help_page("orders", std::array{sample});
    CHECK(whole.find("\n  replay                run it again\n") != std::string::npos);
    CHECK(whole.find("orders COMMAND --help") != std::string::npos);
}
