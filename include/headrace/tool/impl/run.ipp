// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/base/version.hpp>
#include <headrace/tool/run.hpp>
#include <headrace/tool/session.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace headrace::tool {

namespace running {

// https://no-color.org: set and not empty means no colours.
inline palette choose_palette(const streams& io, const environment& env) {
    const auto forbidden = env.get("NO_COLOR");
    const bool plain = (forbidden && !forbidden->empty()) || env.get("TERM") == "dumb";
    return palette(io.out_is_terminal && !plain ? palette::mode::coloured : palette::mode::plain);
}

inline int run_command(session s, const command& which, std::span<const std::string_view> words) {
    s.page = which.name;
    const auto given = parse_arguments(which, words);
    if (!given) return s.refuse(given.error().message);
    if (given->has("--help")) {
        s.print(help_page(s.program, which));
        return status::fine;
    }
    return which.run(s, *given);
}

} // namespace running

int run(router& app, std::span<const std::string_view> words, const streams& io,
        const platform& world) {
    const std::string_view program = words.empty() ? "function" : file_name(words.front());
    const session s{app, world, io, program, running::choose_palette(io, world.env)};
    const std::array all{inspect_command(), invoke_command(), replay_command(), routes_command(),
                         events_command()};
    if (words.size() < 2) {
        io.err(help_page(program, all));
        return status::usage;
    }
    const std::string_view word = words[1];
    const auto found = std::ranges::find(all, word, &command::name);
    if (found != all.end()) return running::run_command(s, *found, words.subspan(2));
    if (word == "--help" || word == "-h" || word == "help") {
        io.out(help_page(program, all));
        return status::fine;
    }
    if (word == "--version") {
        io.out(detail::format<"headrace {}\n">(version_text));
        return status::fine;
    }
    std::vector<std::string_view> known{"--help", "--version"};
    for (const auto& each : all) known.push_back(each.name);
    return s.refuse(detail::format<"there is no command {}{}">(word, suggestion(word, known)));
}

} // namespace headrace::tool
