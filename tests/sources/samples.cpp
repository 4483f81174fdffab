// SPDX-License-Identifier: BSL-1.0
// The recorded events that programs contain, held against the files in which people read them.
#include <headrace/sources/catalogue.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>

using namespace headrace;

namespace {

namespace fs = std::filesystem;

const fs::path sources_folder = fs::path(HEADRACE_SOURCE_DIR) / "include/headrace/sources";

// Without the white space between the tokens.
std::string compact(std::string_view json) {
    std::string out;
    bool text = false;
    for (std::size_t i = 0; i < json.size(); ++i) {
        if (json[i] == '"') text = !text;
        if (text && json[i] == '\\') out += json[i++];
        if (text || std::string_view(" \t\r\n").find(json[i]) == std::string_view::npos)
            out += json[i];
    }
    return out;
}

// By their names.
std::map<std::string, std::string> files() {
    std::map<std::string, std::string> all;
    for (const auto& each : fs::recursive_directory_iterator(sources_folder)) {
        if (each.path().extension() != ".json") continue;
        std::ifstream in(each.path(), std::ios::binary);
        CHECK(all.emplace(each.path().stem().string(),
                          std::string(std::istreambuf_iterator<char>(in), {}))
                  .second);
    }
    return all;
}

} // namespace

TEST_CASE("a recorded event is its file in sources/NAME/samples/, as compact as it arrives") {
    auto expected = files();
    CHECK(expected.size() >= 50);
    for (const catalogue_entry& source : catalogue()) {
        for (const sample& each : source.samples()) {
            CAPTURE(each.name);
            const auto file = expected.extract(std::string(each.name));
            REQUIRE(!file.empty());
            CHECK(each.json == compact(file.mapped()));
        }
    }
    for (const auto& [name, text] : expected) FAIL_CHECK(name << ".json is nobody's sample");
}

TEST_CASE("files of recorded events are for people: a member a line, and a line at the end") {
    for (const auto& [name, text] : files()) {
        CAPTURE(name);
        CHECK(text.starts_with("{\n  \""));
        CHECK(text.ends_with("\n}\n"));
        CHECK(text.find('\t') == std::string::npos);
    }
}
