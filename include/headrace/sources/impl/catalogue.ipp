// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/json/decode.hpp>
#include <headrace/json/inspect.hpp>
#include <headrace/sources/catalogue.hpp>
#include <headrace/sources/events.hpp>
#include <headrace/sources/recognise.hpp>

#include <array>
#include <utility>

namespace headrace {

namespace detail::listing_all {

template <class E> constexpr catalogue_entry entry_of() {
    return {&E::about, E::recognised, &E::samples,
            [](const document& d, workspace& memory) -> result<std::string> {
                E value{};
                if (auto read = read_event(d, memory, value); !read) return std::move(read).error();
                return encode(value);
            },
            [](const document& d, workspace& memory) { return unknown_members<E>(d, memory); }};
}

template <class... E> constexpr std::array<catalogue_entry, sizeof...(E)> list_of(types<E...>) {
    return {entry_of<E>()...};
}

inline constexpr auto all = list_of(known_events{});

inline constexpr catalogue_entry no_records{
    &batch_without_records, source::recognition{}, []() -> std::span<const sample> { return {}; },
    [](const document&, workspace&) -> result<std::string> {
        return std::string(R"({"Records":[]})");
    },
    [](const document&, workspace&) { return std::vector<std::string>(); }};

} // namespace detail::listing_all

std::span<const catalogue_entry> catalogue() noexcept { return detail::listing_all::all; }

const catalogue_entry* find_in_catalogue(std::string_view id) noexcept {
    for (const auto& each : detail::listing_all::all) {
        if (each.info->id == id) return &each;
    }
    const auto& empty = detail::listing_all::no_records;
    return id == empty.info->id ? &empty : nullptr;
}

} // namespace headrace
