// SPDX-License-Identifier: BSL-1.0
// Is what the pages name there? Links, folders, targets, options, and the tests that show what is
// claimed.
#include "pages.hpp"

#include <doctest/doctest.h>

#include <cctype>
#include <filesystem>
#include <regex>
#include <set>
#include <string>
#include <string_view>

namespace {

namespace fs = std::filesystem;

const fs::path root = HEADRACE_SOURCE_DIR;

// The text of a page without its fenced blocks.
std::string prose(const std::string& page) {
    std::string text;
    bool inside = false;
    for (const auto& line : docs::lines_of(docs::read(root / page))) {
        if (line.starts_with("```")) {
            inside = !inside;
        } else if (!inside) {
            text += line + '\n';
        }
    }
    return text;
}

// What `expression` finds in a text: its first group.
std::set<std::string> found(const std::string& text, const char* expression) {
    const std::regex pattern(expression);
    std::set<std::string> all;
    for (std::sregex_iterator at(text.begin(), text.end(), pattern), end; at != end; ++at) {
        all.insert((*at)[1]);
    }
    return all;
}

// The anchors of a page's headings, as GitHub makes them.
std::set<std::string> anchors(const std::string& page) {
    std::set<std::string> all;
    for (const auto& line : docs::lines_of(prose(page))) {
        if (!line.starts_with('#')) continue;
        std::string name;
        for (const char c : line.substr(std::min(line.find_first_not_of("# "), line.size()))) {
            const auto byte = static_cast<unsigned char>(c);
            if (c == ' ') name += '-';
            if (std::isalnum(byte) != 0 || c == '-' || c == '_' || byte >= 0x80) {
                name += static_cast<char>(std::tolower(byte));
            }
        }
        all.insert(name);
    }
    return all;
}

} // namespace

TEST_CASE("the index links every page") {
    const auto index = docs::read(root / "docs/index.md");
    for (const auto& page : docs::pages(root)) {
        if (!page.starts_with("docs/") || page == "docs/index.md") continue;
        CAPTURE(page);
        CHECK(index.find("](" + page.substr(5) + ")") != std::string::npos);
    }
}

TEST_CASE("every link of a page leads to something that is there") {
    std::size_t links = 0;
    for (const auto& page : docs::pages(root)) {
        for (const auto& link : found(prose(page), R"(\]\(([^)]+)\))")) {
            if (link.starts_with("http://") || link.starts_with("https://")) continue;
            INFO(page, " links ", link);
            ++links;
            const auto hash = std::min(link.find('#'), link.size());
            const auto target = hash == 0 ? page
                                          : (fs::path(page).parent_path() / link.substr(0, hash))
                                                .lexically_normal()
                                                .generic_string();
            CHECK(fs::exists(root / target));
            if (hash != link.size()) CHECK(anchors(target).contains(link.substr(hash + 1)));
        }
    }
    CHECK(links >= 60);
}

TEST_CASE("every file and folder that a page names is there") {
    std::size_t names = 0;
    for (const auto& page : docs::pages(root)) {
        for (const auto& name :
             found(prose(page), R"(`((?:include|tests|docs|bench|examples|\.ci)/[\w./-]*)`)")) {
            if (name.find("NAME") != std::string::npos
                || name.find("FOLDER") != std::string::npos) {
                continue;
            }
            INFO(page, " names ", name);
            ++names;
            CHECK(fs::exists(root / name));
        }
    }
    CHECK(names >= 10);
}

TEST_CASE("every page that a header or message names is there") {
    std::set<std::string> named;
    for (const auto& each : fs::recursive_directory_iterator(root / "include")) {
        if (!each.is_regular_file()) continue;
        named.merge(found(docs::read(each.path()), R"((docs/[\w/-]+\.md))"));
    }
    CHECK(named.size() >= 5);
    for (const auto& page : named) {
        CAPTURE(page);
        CHECK(fs::exists(root / page));
    }
}

TEST_CASE("every command of ./dev that a page names is one") {
    const auto help = docs::read(root / "dev");
    for (const auto& page : docs::pages(root)) {
        for (const auto& command : found(docs::read(root / page), R"(\./dev (\w+))")) {
            INFO(page, " names ", command);
            CHECK(help.find("\n./dev " + command + ' ') != std::string::npos);
        }
    }
}

TEST_CASE("the page on CMake names every target and every option, and none that is not there") {
    const auto page = docs::read(root / "docs/howto/cmake.md");
    const auto lists = docs::read(root / "CMakeLists.txt");
    auto targets = found(lists, R"(add_library\((headrace::\w+) ALIAS)");
    for (const auto& each : found(lists, R"(headrace_component\((\w+) headrace/)")) {
        targets.insert("headrace::" + each);
    }
    auto named = found(page, R"(`(headrace::\w+)`)");
    named.erase("headrace::main"); // functions
    named.erase("headrace::run");
    CHECK(named == targets);
    CHECK(targets.size() >= 9);
    const auto options = found(lists, R"(option\((HEADRACE_\w+))");
    for (const auto& each : options) {
        CAPTURE(each);
        CHECK(page.find('`' + each + '`') != std::string::npos);
    }
    CHECK(options.size() >= 10);
    for (const auto& each : found(page, R"((HEADRACE_\w+))")) {
        CAPTURE(each);
        CHECK(lists.find(each) != std::string::npos);
    }
}

// They stand there as `tests/http/reply.cpp` "the name of a test", "and of another one".
TEST_CASE("every test that SECURITY.md names is there") {
    const auto page = docs::read(root / "SECURITY.md");
    const std::regex shown(R"rx(`(tests/[\w/]+\.cpp)`((?:,? "[^"]+")*))rx");
    const std::regex quoted(R"rx("([^"]+)")rx");
    std::size_t names = 0;
    for (std::sregex_iterator at(page.begin(), page.end(), shown), end; at != end; ++at) {
        const auto source = docs::read(root / (*at)[1].str());
        CHECK_MESSAGE(!source.empty(), (*at)[1].str());
        const std::string list = (*at)[2];
        for (std::sregex_iterator name(list.begin(), list.end(), quoted); name != end; ++name) {
            CHECK_MESSAGE(source.find("TEST_CASE(\"" + (*name)[1].str() + "\"")
                              != std::string::npos,
                          (*at)[1].str(), " has no test ", (*name)[1].str());
            ++names;
        }
    }
    CHECK(names >= 20);
}
