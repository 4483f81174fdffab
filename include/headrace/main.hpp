// SPDX-License-Identifier: BSL-1.0
#pragma once

// What stands in a program's main()? The same binary is the bootstrap on Lambda and a command-line
// tool on a desk: it inspects events, invokes the function, replays recorded events, lists routes.

#include <headrace/router.hpp>

#ifdef HEADRACE_NO_TOOL
#    include <headrace/platform.hpp>
#    include <headrace/runtime.hpp>
#endif

namespace headrace {

#ifdef HEADRACE_NO_TOOL
/// headrace was built without its tool (HEADRACE_TOOL=OFF): this is headrace::run.
[[nodiscard]] inline int main(router& app, int, char**) { return run(app, system_platform()); }
#else
/// Runs a program: `return headrace::main(orders, argc, argv);`. Where AWS_LAMBDA_RUNTIME_API is
/// set it is headrace::run, else the tool, whose `--help` says more. Returns the exit status. Link
/// headrace::tool.
[[nodiscard]] int main(router& app, int argc, char** argv);
#endif

} // namespace headrace
