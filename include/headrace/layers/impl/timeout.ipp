// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/layers/timeout.hpp>

#include <string>

namespace headrace::detail {

error timed_out(std::chrono::milliseconds limit) {
    error e = error::transient(format<"an attempt did not end within {} ms">(limit.count()));
    e.code = errc::timed_out;
    e.http_status = 504;
    return e;
}

} // namespace headrace::detail
