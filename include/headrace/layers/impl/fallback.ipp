// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/layers/fallback.hpp>

namespace headrace::detail {

void log_fallback(const context& ctx, const error& why) {
    ctx.log.warn("fell back", "class", to_string(why.kind), "code", to_string(why.code), "reason",
                 why.message);
}

} // namespace headrace::detail
