// SPDX-License-Identifier: BSL-1.0
#pragma once

// What is the command line behind headrace::main, without a process around it? One function over
// injected arguments, streams and platform, as the tests call it.

#include <headrace/base/platform.hpp>
#include <headrace/base/result.hpp>
#include <headrace/routing/router.hpp>

#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace headrace::tool {

/// Where the tool reads and writes.
struct streams {
    std::function<result<std::string>()> in;   ///< all of the standard input, for the file "-"
    std::function<void(std::string_view)> out; ///< results
    std::function<void(std::string_view)> err; ///< complaints, progress
    bool out_is_terminal = false;              ///< colours, unless NO_COLOR is set
    bool err_is_terminal = false;              ///< a progress line
};

/// What the exit status says; of several, the largest.
struct status {
    static constexpr int fine = 0;
    static constexpr int failed = 1;     ///< a function error, a difference, a broken app
    static constexpr int usage = 2;      ///< the command line is wrong
    static constexpr int unreadable = 3; ///< an input cannot be read or decoded
};

/// Runs one command. `words` are those of a command line, the program's name first. Reads
/// NO_COLOR, TERM and AWS_LAMBDA_LOG_LEVEL from the platform's environment.
[[nodiscard]] int run(router& app, std::span<const std::string_view> words, const streams& io,
                      const platform& world);

} // namespace headrace::tool
