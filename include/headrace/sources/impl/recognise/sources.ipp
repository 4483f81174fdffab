// SPDX-License-Identifier: BSL-1.0
#pragma once

// The list of all sources without their types.

#include <headrace/base/types.hpp>
#include <headrace/sources/events.hpp>
#include <headrace/sources/recognise.hpp>

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headrace {

namespace detail::recognise {

template <class... E> constexpr std::array<known_source, sizeof...(E)> list_of(types<E...>) {
    return {known_source{&E::about, E::recognised}...};
}

inline constexpr auto sources = list_of(known_events{});

inline constexpr known_source no_records{&batch_without_records, source::recognition{}};

} // namespace detail::recognise

std::span<const known_source> known_sources() noexcept { return detail::recognise::sources; }

const known_source* find_source(std::string_view id) noexcept {
    for (const auto& each : detail::recognise::sources) {
        if (each.info->id == id) return &each;
    }
    return nullptr;
}

} // namespace headrace
