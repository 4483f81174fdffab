// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/version.hpp>

namespace headrace {

std::string_view library_version() noexcept { return version_text; }

} // namespace headrace
