// SPDX-License-Identifier: BSL-1.0
#pragma once

// How do events carry texts by name: headers, claims, stage variables? As an object of strings,
// until a number or a list comes in the place of one. That is no reason to lose the event.

#include <headrace/json/codec.hpp>

#include <span>
#include <string_view>

namespace headrace {

/// The string_map of events, of texts (T is std::string_view) or of lists of texts (T is
/// std::span<const std::string_view>). What is no text there is its JSON: 17, true, ["a"]; what is
/// no list is a list of one. All is written again as it came. Borrows.
template <class T = std::string_view> class text_map : public string_map<T> {
public:
    constexpr text_map() noexcept = default;
    using string_map<T>::string_map;
    constexpr text_map(string_map<T> texts) noexcept : string_map<T>(texts) {}

private:
    friend struct codec<text_map>;
    std::string_view as_it_came_; // the whole object, where something in it is no text
};

template <> struct codec<text_map<>> {
    static bool read(reader& r, text_map<>& out);
    static void write(writer& w, const text_map<>& v);
    static bool absent(const text_map<>& v) noexcept { return v.data() == nullptr; }
};

template <> struct codec<text_map<std::span<const std::string_view>>> {
    using type = text_map<std::span<const std::string_view>>;
    static bool read(reader& r, type& out);
    static void write(writer& w, const type& v);
    static bool absent(const type& v) noexcept { return v.data() == nullptr; }
};

} // namespace headrace
