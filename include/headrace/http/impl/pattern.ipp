// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/http/pattern.hpp>

#include <string>

namespace headrace::http {

result<pattern> pattern::parse(std::string_view text) {
    if (const auto broken = check(text)) {
        return error::invalid("not a path pattern: " + std::string(broken->sentence));
    }
    return pattern(text);
}

} // namespace headrace::http
