// SPDX-License-Identifier: BSL-1.0
// Is what the pages show what is tested? A block of C++, JSON, CMake or YAML is in a file of
// tests/docs or tests/consume, paragraph by paragraph, white space aside; there it is compiled, or
// compared with what comes out. Commands are run: tests/process/pages.cpp, tests/consume.
#include "pages.hpp"

#include <doctest/doctest.h>

#include <cctype>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;

const fs::path root = HEADRACE_SOURCE_DIR;

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Without white space, but for one space between two words.
std::string normalised(std::string_view text) {
    std::string out;
    bool space = false;
    for (const char c : text) {
        if (c == ' ' || c == '\n') {
            space = true;
            continue;
        }
        if (space && !out.empty() && is_word(out.back()) && is_word(c)) out += ' ';
        space = false;
        out += c;
    }
    return out;
}

std::vector<std::string> paragraphs(std::string_view text) {
    std::vector<std::string> all(1);
    for (const auto& line : docs::lines_of(text)) {
        if (line.empty()) {
            all.emplace_back();
        } else {
            all.back() += line + '\n';
        }
    }
    for (auto& each : all) each = normalised(each);
    return all;
}

struct file {
    std::string name;
    std::string text;
};

// The files that are compiled, or compared, for the pages.
std::vector<file> tested_files() {
    std::vector<file> all;
    for (const auto* const folder : {"docs", "consume"}) {
        for (const auto& each : fs::recursive_directory_iterator(root / "tests" / folder)) {
            if (!each.is_regular_file()) continue;
            all.push_back(
                {each.path().lexically_relative(root).generic_string(), docs::read(each.path())});
        }
    }
    return all;
}

// The paragraphs of a block follow one another in it, with other things in between.
bool has(std::string_view tested, const std::vector<std::string>& paragraphs) {
    for (const auto& each : paragraphs) {
        const auto at = tested.find(each);
        if (at == std::string_view::npos) return false;
        tested.remove_prefix(at + each.size());
    }
    return true;
}

} // namespace

TEST_CASE("every block of a page is in a file that is tested, or is a command that is run") {
    const std::set<std::string> tested{"cpp", "json", "cmake", "yaml"};
    const std::set<std::string> run{"sh", "console"};
    auto files = tested_files();
    for (auto& each : files) each.text = normalised(each.text);
    std::size_t compared = 0;
    for (const auto& page : docs::pages(root)) {
        for (const auto& block : docs::blocks(root, page)) {
            INFO(block.place());
            if (block.language.empty()) { // a drawing
                CHECK_MESSAGE(block.text.find("─►") != std::string::npos,
                              "say which language this is");
                continue;
            }
            if (run.contains(block.language)) continue;
            REQUIRE_MESSAGE(tested.contains(block.language), "nothing tests ", block.language);
            bool found = false;
            for (const auto& each : files) {
                found = found || has(each.text, paragraphs(block.text));
            }
            CHECK_MESSAGE(found, "no file of tests/docs or tests/consume has this:\n", block.text);
            ++compared;
        }
    }
    CHECK(compared >= 70);
}

TEST_CASE("what a page shows is compiled: nothing in the files for it is left out") {
    for (const auto& each : tested_files()) {
        if (!each.name.ends_with(".cpp")) continue;
        INFO(each.name);
        bool left_out = false;
        for (const auto& line : docs::lines_of(each.text)) {
            left_out = left_out || line.starts_with("#if") || line.starts_with("/*");
        }
        CHECK_FALSE(left_out);
    }
}

TEST_CASE("three dots in a page stand for any text") {
    CHECK(docs::is_like("abc", "abc"));
    CHECK(docs::is_like("abc", "a..."));
    CHECK(docs::is_like("abc", "...c"));
    CHECK(docs::is_like("a1c2a1e", "a...a...e"));
    CHECK(docs::is_like("ab", "a...b"));
    CHECK_FALSE(docs::is_like("abc", "ab"));
    CHECK_FALSE(docs::is_like("abc", "a...b"));
    CHECK_FALSE(docs::is_like("abc", "b...c"));
    CHECK_FALSE(docs::is_like("a", "a...a"));
    CHECK(docs::is_like(R"({"a":1,"b":2})", "{\"a\":1,\n  \"b\":...}\n"));
}
