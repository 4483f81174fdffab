// SPDX-License-Identifier: BSL-1.0
#pragma once

// The name of a type as the compiler spells it, for messages and the routing table.

#include <string_view>

namespace headrace::detail {

template <class T> [[nodiscard]] constexpr std::string_view type_name() noexcept {
    constexpr std::string_view text = __PRETTY_FUNCTION__;
    constexpr auto begin = text.find("T = ") + 4;
    constexpr auto end = text.find_first_of(";]", begin);
    return text.substr(begin, end - begin);
}

/// The name without "headrace::" in front, for our own types.
template <class T> [[nodiscard]] constexpr std::string_view short_name() noexcept {
    constexpr std::string_view ours = "headrace::";
    constexpr auto name = type_name<T>();
    return name.substr(0, ours.size()) == ours ? name.substr(ours.size()) : name;
}

template <class T> inline constexpr char tag_object = 0;

/// Tells types apart at run time without RTTI.
using type_id = const char*;
template <class T> inline constexpr type_id id_of = &tag_object<T>;

} // namespace headrace::detail
