// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/http/routing.hpp>

namespace headrace {

namespace http {
std::string route_matcher::describe() const {
    return detail::format<"http {} {}">(method_, pattern_.text());
}

error route_matcher::hidden_dots() {
    error e = error::malformed("a parameter of the path has a dot segment");
    e.code = errc::bad_value;
    e.http_status = 400;
    return e;
}
} // namespace http

namespace detail {

error no_such_parameter(std::string_view place, std::string_view name) {
    error e = error::malformed(format<"{} parameter '{}' is missing">(place, name));
    e.code = errc::missing;
    return e;
}

result<std::string_view> path_text(call& c, std::string_view name) {
    const auto text = c.http_match()->parameter(name, c.memory().memory());
    if (!text) return no_such_parameter("path", name); // build() reports this before any call
    return *text;
}

} // namespace detail
} // namespace headrace
