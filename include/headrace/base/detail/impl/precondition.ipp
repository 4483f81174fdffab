// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/precondition.hpp>

#include <cstdio>
#include <cstdlib>

namespace headrace::detail {

void broken_precondition(const char* what) noexcept {
    std::fprintf(stderr, "headrace: a precondition does not hold: %s\n", what);
    std::abort();
}

} // namespace headrace::detail
