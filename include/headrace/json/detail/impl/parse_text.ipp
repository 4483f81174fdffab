// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/json/detail/parse_text.hpp>

namespace headrace::detail {

error bad_text(std::string_view place, std::string_view name, std::string_view expected) {
    error e = error::malformed(format<"{} parameter '{}': expected {}">(place, name, expected));
    e.code = errc::bad_value;
    return e;
}

error no_such_parameter(std::string_view place, std::string_view name) {
    error e =
        error::malformed(std::string(place) + " parameter '" + std::string(name) + "' is missing");
    e.code = errc::missing;
    return e;
}

} // namespace headrace::detail
