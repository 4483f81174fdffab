// SPDX-License-Identifier: BSL-1.0
// Is the code in the documentation the code that is tested? For each page with a file of its name
// here: every ```cpp block is in that file, spaces and line ends aside.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;

const fs::path here = fs::path(__FILE__).parent_path();
const fs::path pages = here.parent_path().parent_path() / "docs";

std::string read(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::string without_spaces(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c != ' ' && c != '\n') out += c;
    }
    return out;
}

std::vector<std::string> code_blocks(std::string_view page) {
    constexpr std::string_view begin = "```cpp\n";
    constexpr std::string_view end = "\n```";
    std::vector<std::string> blocks;
    while (true) {
        const auto at = page.find(begin);
        if (at == std::string_view::npos) return blocks;
        page.remove_prefix(at + begin.size());
        const auto stop = page.find(end);
        blocks.emplace_back(page.substr(0, stop));
        page.remove_prefix(stop == std::string_view::npos ? page.size() : stop + end.size());
    }
}

} // namespace

TEST_CASE("the code of a page is the code of its test") {
    int compared = 0;
    for (const auto& each : fs::recursive_directory_iterator(pages)) {
        const auto test = here / each.path().filename().replace_extension(".cpp");
        if (each.path().extension() != ".md" || !fs::exists(test)) continue;
        const auto tested = without_spaces(read(test));
        for (const auto& block : code_blocks(read(each.path()))) {
            CAPTURE(each.path().filename().string());
            CHECK_MESSAGE(tested.find(without_spaces(block)) != std::string::npos, block);
            ++compared;
        }
    }
    CHECK(compared >= 15);
}

TEST_CASE("the index links every page") {
    const auto index = read(pages / "index.md");
    for (const auto& each : fs::recursive_directory_iterator(pages)) {
        const auto page = each.path().lexically_relative(pages).generic_string();
        if (each.path().extension() != ".md" || page == "index.md") continue;
        CAPTURE(page);
        CHECK(index.find("](" + page + ")") != std::string::npos);
    }
}
