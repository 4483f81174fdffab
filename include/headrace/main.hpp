// SPDX-License-Identifier: BSL-1.0
#pragma once

// What stands in a program's main()? The same binary is the bootstrap on Lambda and a command-line
// tool on a desk: it inspects events, invokes the function, replays recorded events, lists routes.

#include <headrace/routing/router.hpp>

#ifdef HEADRACE_HAS_TOOL
#    include <headrace/tool/main.hpp>
#else
#    define HEADRACE_MAIN_IS_RUN
#    include <headrace/base/platform.hpp>
#    include <headrace/runtime/run.hpp>
#endif

namespace headrace {

/// Runs a program: `return headrace::main(orders, argc, argv);`. Returns the exit status.
///
/// In a program that is linked with headrace::tool it is headrace::run where AWS_LAMBDA_RUNTIME_API
/// is set, else the tool, whose `--help` says more. In one with headrace::headrace alone, or where
/// headrace was built without its tool (HEADRACE_TOOL=OFF), it always is headrace::run. Without
/// CMake, HEADRACE_HAS_TOOL says that the tool is there.
#ifdef HEADRACE_HAS_TOOL
inline namespace with_tool { // units that differ in the macro do not share one main()
[[nodiscard]] inline int main(router& app, int argc, char** argv) {
    return tool::main(app, argc, argv);
}
} // namespace with_tool
#else
inline namespace without_tool {
[[nodiscard]] inline int main(router& app, int, char**) { return run(app, system_platform()); }
} // namespace without_tool
#endif

} // namespace headrace
