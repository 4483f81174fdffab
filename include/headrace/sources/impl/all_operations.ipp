// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/sources/events.hpp>
#include <headrace/sources/every_source.hpp>

#include <array>
#include <span>

namespace headrace::detail {

template <class... E> constexpr auto operations_of_all(types<E...>) noexcept {
    return std::array{operations_of<E>...};
}

std::span<const source_operations> all_operations() noexcept {
    static constexpr auto all = operations_of_all(known_events{});
    return all;
}

} // namespace headrace::detail
