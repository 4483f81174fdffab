// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/http/routing.hpp>

namespace headrace::http {

std::string route_matcher::describe() const {
    return detail::format<"http {} {}">(method_, pattern_.text());
}

error route_matcher::hidden_dots() {
    error e = error::malformed("a parameter of the path has a dot segment");
    e.code = errc::bad_value;
    e.http_status = 400;
    return e;
}

} // namespace headrace::http
