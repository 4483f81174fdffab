// SPDX-License-Identifier: BSL-1.0
#pragma once

// What do the pages show? Their fenced blocks, in order, and whether something that came out is
// what a block says.

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace docs {

namespace fs = std::filesystem;

struct block {
    std::string page; ///< below the root of the project
    std::size_t line; ///< of its first line
    std::string language;
    std::string text;

    [[nodiscard]] std::string place() const { return page + ':' + std::to_string(line); }
};

inline std::string read(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

inline std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

/// All pages, by their names below `root`.
inline std::vector<std::string> pages(const fs::path& root) {
    std::vector<std::string> names;
    const auto add = [&](const fs::directory_entry& each) {
        if (each.path().extension() != ".md") return;
        names.push_back(each.path().lexically_relative(root).generic_string());
    };
    for (const auto& each : fs::directory_iterator(root)) add(each);
    for (const auto& each : fs::recursive_directory_iterator(root / "docs")) add(each);
    std::sort(names.begin(), names.end());
    return names;
}

/// The fenced blocks of a page. One that is not closed goes on to the end.
inline std::vector<block> blocks(const fs::path& root, const std::string& page) {
    std::vector<block> found;
    bool inside = false;
    std::size_t number = 0;
    for (const auto& line : lines_of(read(root / page))) {
        ++number;
        const auto begin = std::min(line.find_first_not_of(' '), line.size());
        if (line.compare(begin, 3, "```") == 0) {
            inside = !inside;
            if (inside) found.push_back({page, number + 1, line.substr(begin + 3), ""});
        } else if (inside) {
            found.back().text += line + '\n';
        }
    }
    return found;
}

/// Is this line what a page shows? "..." in it stands for any text; that the page has it on several
/// lines does not count.
inline bool is_like(std::string_view line, std::string_view shown) {
    constexpr std::string_view any = "...";
    std::string one;
    for (const auto& each : lines_of(shown)) {
        one += one.empty() ? each : each.substr(std::min(each.find_first_not_of(' '), each.size()));
    }
    std::string_view left = one;
    for (bool first = true;; first = false) {
        const auto end = left.find(any);
        const auto piece = left.substr(0, end);
        const bool last = end == std::string_view::npos;
        if (last && !first) return line.ends_with(piece);
        const auto at = first ? std::size_t(0) : line.find(piece);
        if (at == std::string_view::npos || !line.substr(at).starts_with(piece)) return false;
        if (last) return line.size() == piece.size();
        line.remove_prefix(at + piece.size());
        left.remove_prefix(end + any.size());
    }
}

} // namespace docs
