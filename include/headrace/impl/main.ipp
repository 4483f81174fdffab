// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/main.hpp>
#include <headrace/platform.hpp>
#include <headrace/runtime.hpp>
#include <headrace/tool/run.hpp>

#include <unistd.h>

#include <array>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace headrace {

namespace detail::tool_main {

inline result<std::string> read_standard_input() {
    std::string text;
    std::array<char, 16384> chunk; // NOLINT: filled by fread
    while (const auto got = std::fread(chunk.data(), 1, chunk.size(), stdin)) {
        text.append(chunk.data(), got);
    }
    if (std::ferror(stdin) != 0) return error::invalid("cannot read the standard input");
    return text;
}

inline tool::streams standard_streams() {
    return {
        .in = read_standard_input,
        .out = [](std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); },
        .err =
            [](std::string_view text) {
                std::fflush(stdout); // what belongs before it comes before it
                std::fwrite(text.data(), 1, text.size(), stderr);
            },
        .out_is_terminal = ::isatty(STDOUT_FILENO) == 1,
        .err_is_terminal = ::isatty(STDERR_FILENO) == 1,
    };
}

} // namespace detail::tool_main

int main(router& app, int argc, char** argv) {
    const platform world = system_platform();
    const auto api = world.env.get("AWS_LAMBDA_RUNTIME_API");
    if (api && !api->empty()) return run(app, world);

    const std::vector<std::string_view> words(argv, argv + argc);
    const int status = tool::run(app, words, detail::tool_main::standard_streams(), world);
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return status;
    std::fputs("cannot write the results\n", stderr);
    return status == tool::status::fine ? tool::status::failed : status;
}

} // namespace headrace
