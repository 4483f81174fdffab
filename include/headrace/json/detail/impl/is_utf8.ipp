// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/json/detail/is_utf8.hpp>

#include <simdjson.h>

namespace headrace::detail {

bool is_utf8(std::string_view text) noexcept {
    return simdjson::validate_utf8(text.data(), text.size());
}

} // namespace headrace::detail
