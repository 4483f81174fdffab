// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/http/extract.hpp>
#include <headrace/http/route_table.hpp>

#include <string>

namespace headrace::detail {

error no_such_parameter(std::string_view place, std::string_view name) {
    error e =
        error::malformed(std::string(place) + " parameter '" + std::string(name) + "' is missing");
    e.code = errc::missing;
    return e;
}

result<std::string_view> path_text(call& c, std::string_view name) {
    const auto text = c.http_match()->parameter(name, c.memory().memory());
    if (!text) return no_such_parameter("path", name); // build() reports this before any call
    return *text;
}

} // namespace headrace::detail
