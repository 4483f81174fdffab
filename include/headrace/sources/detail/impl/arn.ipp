// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/sources/detail/arn.hpp>

namespace headrace {

std::string_view detail::arn_resource(std::string_view arn) noexcept {
    if (!arn.starts_with("arn:")) return {};
    for (int colons = 0; colons < 5; ++colons) {
        const auto at = arn.find(':');
        if (at == std::string_view::npos) return {};
        arn.remove_prefix(at + 1);
    }
    return arn;
}

std::string_view detail::last_segment(std::string_view path) noexcept {
    return path.substr(path.rfind('/') + 1); // npos + 1 is 0
}

} // namespace headrace
