// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/http/pattern.hpp>

#include <string>

namespace headrace::http {

result<pattern> pattern::parse(std::string_view text) {
    if (const auto broken = check(text)) {
        return error::invalid(detail::format<"not a path pattern: {}">(broken->sentence));
    }
    return pattern(text);
}

} // namespace headrace::http
