// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/http/routing.hpp>

namespace headrace {

namespace http {
std::string route_matcher::describe() const {
    return "http " + std::string(method_) + " " + std::string(pattern_.text());
}
} // namespace http

namespace detail {

error bad_text(std::string_view place, std::string_view name, const char* expected) {
    error e = error::malformed(std::string(place) + " parameter '" + std::string(name)
                               + "': expected " + expected);
    e.code = errc::bad_value;
    return e;
}

error no_such_parameter(std::string_view place, std::string_view name) {
    error e =
        error::malformed(std::string(place) + " parameter '" + std::string(name) + "' is missing");
    e.code = errc::missing;
    return e;
}

} // namespace detail
} // namespace headrace
