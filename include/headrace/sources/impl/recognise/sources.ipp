// SPDX-License-Identifier: BSL-1.0
#pragma once

// The list of all sources without their types.

#include <headrace/base/types.hpp>
#include <headrace/json/decode.hpp>
#include <headrace/json/inspect.hpp>
#include <headrace/routing/dispatch.hpp>
#include <headrace/sources/events.hpp>
#include <headrace/sources/recognise.hpp>

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headrace {

namespace detail::recognise {

template <class E> constexpr known_source entry_of() {
    return {&E::about,
            E::recognised,
            &E::samples,
            &E::dispatch,
            [](const document& d, workspace& memory) -> result<std::string> {
                E value{};
                if (auto read = read_event(d, memory, value); !read) return std::move(read).error();
                return encode(value);
            },
            [](const document& d, workspace& memory) { return unknown_members<E>(d, memory); }};
}

template <class... E> constexpr std::array<known_source, sizeof...(E)> list_of(types<E...>) {
    return {entry_of<E>()...};
}

inline constexpr auto sources = list_of(known_events{});

// A batch without records needs no handler: nothing to do is done.
struct empty_batch {
    static constexpr source_info about{"records.empty", "A batch without records", delivery::polled,
                                       ""};
    static constexpr source::recognition recognised{};
    static std::span<const sample> samples() { return {}; }
    static outcome dispatch(dispatcher&, call&, const document&) {
        return outcome(json_reply{R"({"batchItemFailures":[]})"});
    }
};
inline constexpr known_source no_records{
    &empty_batch::about,
    empty_batch::recognised,
    &empty_batch::samples,
    &empty_batch::dispatch,
    [](const document&, workspace&) -> result<std::string> {
        return std::string(R"({"Records":[]})");
    },
    [](const document&, workspace&) { return std::vector<std::string>(); }};

} // namespace detail::recognise

std::span<const known_source> known_sources() noexcept { return detail::recognise::sources; }

const known_source* find_source(std::string_view id) noexcept {
    for (const auto& each : detail::recognise::sources) {
        if (each.info->id == id) return &each;
    }
    return nullptr;
}

} // namespace headrace
