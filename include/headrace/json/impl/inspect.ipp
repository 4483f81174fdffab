// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/json/detail/token_path.hpp>
#include <headrace/json/inspect.hpp>

namespace headrace::detail {

std::vector<std::string> pointers_to(const document& d,
                                     const std::vector<const std::uint32_t*>& tokens) {
    std::vector<std::string> found;
    token_path path(d);
    for (const auto* token : tokens) { // in the order of the document, so one walk finds them all
        path.advance(token);
        found.push_back(path.pointer());
    }
    return found;
}

} // namespace headrace::detail
