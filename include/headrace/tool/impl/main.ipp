// SPDX-License-Identifier: BSL-1.0
#pragma once

// A unit with these bodies has the tool, whether or not its program says so with the macro.
#ifndef HEADRACE_HAS_TOOL
#    define HEADRACE_HAS_TOOL
#endif

#include <headrace/base/platform.hpp>
#include <headrace/runtime/run.hpp>
#include <headrace/tool/main.hpp>
#include <headrace/tool/run.hpp>
#include <headrace/tool/session.hpp>

#ifdef HEADRACE_MAIN_IS_RUN
#    error                                                                                         \
        "define HEADRACE_HAS_TOOL for every unit of the program that has the tool, before headrace/main.hpp"
#endif

#include <unistd.h>

#include <cstdio>
#include <string_view>
#include <vector>

namespace headrace {

namespace detail::tool_main {

inline tool::streams standard_streams() {
    return {
        .in = [] { return tool::read_all(stdin, "the standard input"); },
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

int tool::main(router& app, int argc, char** argv) {
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
