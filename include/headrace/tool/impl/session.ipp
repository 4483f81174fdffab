// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/base/detail/utf8.hpp>
#include <headrace/json/json.hpp>
#include <headrace/json/workspace.hpp>
#include <headrace/sources/raw.hpp>
#include <headrace/sources/recognise.hpp>
#include <headrace/tool/json_value.hpp>
#include <headrace/tool/session.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

namespace headrace::tool {

namespace reading {

inline error not_read(std::string_view file, int number) {
    error e = error::invalid(
        detail::format<"cannot read {}: {}">(file, std::generic_category().message(number)));
    e.code = errc::input_output;
    return e;
}

inline result<std::string> read_file(const std::string& file) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> from(std::fopen(file.c_str(), "rb"),
                                                               &std::fclose);
    if (!from) return not_read(file, errno);
    return read_all(from.get(), file);
}

} // namespace reading

void session::complain(std::string_view text) const {
    io.err(detail::format<"{}: {}\n">(program, text));
}

int session::refuse(std::string_view why) const {
    complain(why);
    io.err(detail::format<"try '{}{}{} --help'\n">(program, page.empty() ? "" : " ", page));
    return status::usage;
}

bool session::start() const {
    const auto started = app.build();
    if (!started) complain(describe(started.error()));
    return started.has_value();
}

result<std::string> read_all(std::FILE* from, std::string_view name) {
    constexpr std::size_t most = limits{}.bytes;
    std::string text;
    std::array<char, 16384> chunk; // NOLINT: filled by fread
    while (const auto got = std::fread(chunk.data(), 1, chunk.size(), from)) {
        text.append(chunk.data(), got);
        if (text.size() <= most) continue; // a device has no end
        error e =
            error::invalid(detail::format<"cannot read {}: it has more than {} bytes">(name, most));
        e.code = errc::too_large;
        return e;
    }
    if (std::ferror(from) != 0) return reading::not_read(name, errno);
    return text;
}

result<std::string> load(const session& s, const std::string& file) {
    auto text = file == "-" ? s.io.in() : reading::read_file(file);
    if (text) text->erase(0, text->size() - detail::without_mark(*text).size());
    return text;
}

result<std::vector<std::string>> event_files(std::string_view path) {
    namespace fs = std::filesystem;
    std::error_code problem;
    const fs::path here(path);
    if (!fs::is_directory(here, problem)) return std::vector{std::string(path)};
    std::vector<std::string> files;
    for (fs::directory_iterator each(here, problem), end; !problem && each != end;
         each.increment(problem)) {
        if (each->path().extension() == ".json") files.push_back(each->path().string());
    }
    if (problem) return reading::not_read(path, problem.value());
    std::ranges::sort(files);
    return files;
}

std::string_view file_name(std::string_view path) noexcept {
    const auto slash = path.rfind('/');
    return slash == path.npos ? path : path.substr(slash + 1);
}

std::string_view file_stem(std::string_view path) noexcept {
    const auto name = file_name(path);
    const auto dot = name.rfind('.');
    return dot == name.npos || dot == 0 ? name : name.substr(0, dot);
}

result<origin> origin_of(const document& d, workspace& memory) {
    raw_json whole;
    if (auto read = read_document(d, memory, whole); !read) return std::move(read).error();
    const auto* known = recognise(d);
    return known != nullptr ? origin{known->info->id, find_in_catalogue(known->info->id)}
                            : origin{raw::event::about.id};
}

result<origin> origin_of(std::string_view json) {
    workspace memory(on_a_desk);
    const auto d = memory.load(json);
    if (!d) return d.error();
    return origin_of(*d, memory);
}

std::string describe_input(const error& e) {
    return e.code == errc::syntax ? "not JSON: " + describe(e) : describe(e);
}

} // namespace headrace::tool
