// SPDX-License-Identifier: BSL-1.0
#pragma once

// What does headrace::main do in a program that has the tool?

#include <headrace/routing/router.hpp>

namespace headrace::tool {

/// headrace::run where AWS_LAMBDA_RUNTIME_API is set, else the tool. Returns the exit status.
[[nodiscard]] int main(router& app, int argc, char** argv);

} // namespace headrace::tool
