// SPDX-License-Identifier: BSL-1.0
#include <headrace/fwd.hpp>

// What a header that only mentions headrace's types can write.
struct of_a_user {
    headrace::router* app = nullptr;
    const headrace::sqs::message* message = nullptr;
    headrace::chain<headrace::access_log, headrace::deadline_guard>* layers = nullptr;
    headrace::verdict last{};
    void take(headrace::call& c, headrace::result<int> made, headrace::http::path<"id", int> id);
};

#include <headrace/headrace.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;

const fs::path include_folder = fs::path(HEADRACE_SOURCE_DIR) / "include";

std::string read(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// The text without comments, strings, characters and preprocessor lines.
std::string bare(std::string_view text) {
    std::string out;
    const auto skip_to = [&](std::string_view end) {
        text.remove_prefix(std::min(text.find(end), text.size()));
    };
    while (!text.empty()) {
        if (text.starts_with("R\"(")) {
            skip_to(")\"");
            text.remove_prefix(std::min<std::size_t>(2, text.size()));
        } else if (text.starts_with("//") || (text[0] == '#' && out.ends_with('\n'))) {
            skip_to("\n");
        } else if (text[0] == '"' || (text[0] == '\'' && !(!out.empty() && is_word(out.back())))) {
            const char quote = text[0];
            std::size_t n = 1;
            while (n < text.size() && text[n] != quote) n += text[n] == '\\' ? 2 : 1;
            text.remove_prefix(std::min(n + 1, text.size()));
        } else {
            out += text[0];
            text.remove_prefix(1);
        }
    }
    return out;
}

std::vector<std::string> words(std::string_view text) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < text.size();) {
        if (is_word(text[i])) {
            const auto from = i;
            while (i < text.size() && is_word(text[i])) ++i;
            out.emplace_back(text.substr(from, i - from));
        } else {
            if (text[i] != ' ' && text[i] != '\n') out.emplace_back(1, text[i]);
            ++i;
        }
    }
    return out;
}

// What "template <...> class name : base" names; nothing for specialisations and other things.
std::string declared(std::string_view head) {
    auto all = words(head);
    auto at = all.begin();
    if (at != all.end() && *at == "template") {
        int depth = 0;
        do {
            depth += *++at == "<";
            depth -= *at == ">";
        } while (depth > 0 && at + 1 != all.end());
        ++at;
    }
    if (std::find(at, all.end(), "requires") != all.end()) return {};
    const bool is_enum = at != all.end() && *at == "enum";
    if (is_enum) ++at;
    if (at == all.end() || (*at != "class" && *at != "struct")) return {};
    ++at;
    while (at != all.end() && (*at == "[" || *at == "]" || *at == "nodiscard")) ++at;
    if (at == all.end()) return {};
    const bool plain = at + 1 == all.end() || at[1] == "final" || (at[1] == ":" && at[2] != ":");
    return plain ? *at : std::string();
}

// The class and enumeration types that a header defines (or, at `end` ';', declares) outside of
// namespaces called detail.
std::set<std::string> types_in(const fs::path& file, char end) {
    const std::string text = bare(read(file));
    std::set<std::string> found;
    std::vector<std::string> names;
    std::size_t start = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '{' && text[i] != '}' && text[i] != ';') continue;
        const auto head = std::string_view(text).substr(start, i - start);
        start = i + 1;
        if (text[i] == '}') names.pop_back();
        std::string scope;
        for (const auto& each : names) scope += each + "::";
        const auto type = text[i] == end ? declared(head) : std::string();
        if (!type.empty() && scope.find("detail") == std::string::npos) found.insert(scope + type);
        if (text[i] != '{') continue;
        const auto opened = words(head);
        const auto space = std::find(opened.begin(), opened.end(), "namespace");
        if (space != opened.end()) {
            std::string name;
            for (auto at = space + 1; at != opened.end(); ++at) name += *at;
            names.push_back(name);
            continue;
        }
        for (int depth = 1; depth > 0;) { // over a body
            ++i;
            depth += text[i] == '{';
            depth -= text[i] == '}';
        }
        start = i + 1;
    }
    return found;
}

// The headers for programs: neither details nor bodies, nor what brings a library of its own.
std::vector<std::string> public_headers() {
    constexpr std::string_view no_folders[] = {"detail", "impl", "interop", "testing", "tool"};
    constexpr std::string_view no_files[] = {"src.hpp", "headrace.hpp"};
    std::vector<std::string> headers;
    for (const auto& each : fs::recursive_directory_iterator(include_folder)) {
        const auto file = each.path().lexically_relative(include_folder);
        const auto has = [&](std::string_view part) {
            return std::find(file.begin(), file.end(), fs::path(part)) != file.end();
        };
        if (file.extension() != ".hpp" || file.stem().string().ends_with("_src")
            || std::any_of(std::begin(no_folders), std::end(no_folders), has)
            || std::any_of(std::begin(no_files), std::end(no_files), has)) {
            continue;
        }
        headers.push_back(file.generic_string());
    }
    std::sort(headers.begin(), headers.end());
    return headers;
}

std::string difference(const std::set<std::string>& all, const std::set<std::string>& without) {
    std::string out;
    for (const auto& each : all) {
        if (!without.contains(each)) out += each + " ";
    }
    return out;
}

} // namespace

TEST_CASE("fwd.hpp declares every public type and no others") {
    std::set<std::string> defined{"headrace::codec", "headrace::extract"}; // only specialised
    for (const auto& header : public_headers()) {
        if (header != "headrace/fwd.hpp") defined.merge(types_in(include_folder / header, '{'));
    }
    const auto declared = types_in(include_folder / "headrace/fwd.hpp", ';');
    CHECK(declared.size() > 100);
    CHECK(difference(defined, declared) == ""); // add these
    CHECK(difference(declared, defined) == ""); // remove these
}

TEST_CASE("headrace.hpp includes every public header") {
    const auto umbrella = read(include_folder / "headrace/headrace.hpp");
    for (const auto& header : public_headers()) {
        CAPTURE(header);
        CHECK(umbrella.find("#include <" + header + ">\n") != std::string::npos);
    }
}
