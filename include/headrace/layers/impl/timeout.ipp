// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/layers/timeout.hpp>

#include <string>

namespace headrace::detail {

error timed_out(std::chrono::milliseconds limit) {
    error e =
        error::transient("an attempt did not end within " + std::to_string(limit.count()) + " ms");
    e.code = errc::timed_out;
    e.http_status = 504;
    return e;
}

} // namespace headrace::detail
