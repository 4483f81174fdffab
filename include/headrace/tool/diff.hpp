// SPDX-License-Identifier: BSL-1.0
#pragma once

// Where do two JSON documents differ? The order of members does not count, everything else does,
// also how a number is written. JSON that lies in strings is compared like the document around it.

#include <headrace/base/result.hpp>
#include <headrace/tool/json_value.hpp>
#include <headrace/tool/pointer.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headrace::tool {

/// One place at which the documents differ. JSON texts; nothing where the place does not exist.
struct difference {
    std::string pointer;
    std::optional<std::string> expected;
    std::optional<std::string> actual;
    friend bool operator==(const difference&, const difference&) = default;
};

/// A place whose value does not matter, as long as it is there: ids, times. A step "*" is any
/// member or element.
using mask = pointer_steps;

[[nodiscard]] std::vector<difference> compare(const json_value& expected, const json_value& actual,
                                              const std::vector<mask>& masks = {});

} // namespace headrace::tool
