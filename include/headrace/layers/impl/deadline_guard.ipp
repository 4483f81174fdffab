// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/layers/deadline_guard.hpp>

#include <string>

namespace headrace::detail {

outcome too_late(std::chrono::milliseconds reserve) {
    outcome o(error::deadline(format<"not started: less than {} ms are left">(reserve.count())));
    o.set_not_begun();
    return o;
}

error out_of_time(std::chrono::milliseconds reserve) {
    return error::deadline(format<"stopped: less than {} ms were left">(reserve.count()));
}

} // namespace headrace::detail
