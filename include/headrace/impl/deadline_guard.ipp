// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/deadline_guard.hpp>

#include <string>

namespace headrace::detail {

outcome too_late(std::chrono::milliseconds reserve) {
    return outcome(error::deadline("not started: less than " + std::to_string(reserve.count())
                                   + " ms are left"));
}

} // namespace headrace::detail
