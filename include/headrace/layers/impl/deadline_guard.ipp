// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/layers/deadline_guard.hpp>

#include <string>

namespace headrace::detail {

error too_late(std::chrono::milliseconds reserve) {
    return error::deadline("not started: less than " + std::to_string(reserve.count())
                           + " ms are left");
}

error out_of_time(std::chrono::milliseconds reserve) {
    return error::deadline("stopped: less than " + std::to_string(reserve.count())
                           + " ms were left");
}

} // namespace headrace::detail
