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

} // namespace headrace::detail
