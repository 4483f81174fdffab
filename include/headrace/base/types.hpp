// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which types are meant? Lists of them: what the handlers of a subject can take, what a layer
// offers, the events of all sources.

namespace headrace {

template <class... Ts> struct types {};

namespace detail {

template <class T, class List> inline constexpr bool contains_type = false;
template <class T, class... Ts>
inline constexpr bool contains_type<T, types<Ts...>> = (__is_same(T, Ts) || ...);

} // namespace detail
} // namespace headrace
