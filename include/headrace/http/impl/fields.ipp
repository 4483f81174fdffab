// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/ascii.hpp>
#include <headrace/http/fields.hpp>
#include <headrace/json/detail/percent.hpp>

#include <algorithm>
#include <array>
#include <cstring>

namespace headrace::detail::http_fields {

// Headers whose one value may contain commas.
inline bool is_no_list(std::string_view name) noexcept {
    constexpr std::array<std::string_view, 16> names{
        "authorization",
        "cookie",
        "date",
        "expires",
        "from",
        "if-range",
        "last-modified",
        "if-modified-since",
        "proxy-authenticate",
        "retry-after",
        "set-cookie",
        "if-unmodified-since",
        "referer",
        "user-agent",
        "www-authenticate",
        "proxy-authorization",
    };
    return std::any_of(names.begin(), names.end(),
                       [&](auto each) { return http::caseless_names::same(each, name); });
}

// Where the element that begins at `from` ends: at a comma outside of quotes, or the text's end.
inline std::size_t end_of_element(std::string_view text, std::size_t from) noexcept {
    bool quoted = false;
    for (std::size_t i = from; i < text.size(); ++i) {
        if (text[i] == '"')
            quoted = !quoted;
        else if (text[i] == '\\' && quoted)
            ++i;
        else if (text[i] == ',' && !quoted)
            return i;
    }
    return text.size();
}

template <class Each> void for_each_element(std::string_view text, Each&& each) {
    for (std::size_t from = 0; from <= text.size();) {
        const auto end = end_of_element(text, from);
        if (const auto one = trimmed(text.substr(from, end - from)); !one.empty()) each(one);
        from = end + 1;
    }
}

// Calls each(piece) for the pieces between separators, empty ones too.
template <class Each> void split(std::string_view text, char separator, Each&& each) {
    for (;;) {
        const auto end = text.find(separator);
        each(text.substr(0, end));
        if (end == std::string_view::npos) return;
        text.remove_prefix(end + 1);
    }
}

inline http::name_value split_at_equals(std::string_view piece) noexcept {
    const auto equals = piece.find('=');
    if (equals == std::string_view::npos) return {piece, piece.substr(piece.size())};
    return {piece.substr(0, equals), piece.substr(equals + 1)};
}

} // namespace headrace::detail::http_fields

namespace headrace::http {

bool caseless_names::same(std::string_view a, std::string_view b) noexcept {
    return detail::same_but_for_case(a, b);
}

std::optional<std::string_view> header_fields::joined(std::string_view name, arena& memory) const {
    const std::string_view comma = caseless_names::same(name, "cookie") ? "; " : ", ";
    const auto lines = all(name);
    std::size_t count = 0;
    std::size_t size = 0;
    for (const auto value : lines) {
        size += value.size() + (count++ == 0 ? 0 : comma.size());
    }
    if (count < 2) return first(name);
    auto* const room = memory.room_for<char>(size + 1);
    char* to = room;
    const auto put = [&to](std::string_view text) { to = std::copy(text.begin(), text.end(), to); };
    std::size_t written = 0;
    for (const auto value : lines) {
        if (written++ != 0) put(comma);
        put(value);
    }
    *to = '\0';
    return std::string_view(room, static_cast<std::size_t>(to - room));
}

std::span<const std::string_view> header_fields::elements(std::string_view name,
                                                          arena& memory) const {
    namespace own = detail::http_fields;
    const bool whole = own::is_no_list(name);
    const auto for_each = [&](auto&& each) {
        for (const auto value : all(name)) {
            if (whole)
                each(value);
            else
                own::for_each_element(value, each);
        }
    };
    std::size_t count = 0;
    for_each([&](std::string_view) { ++count; });
    if (count == 0) return {};
    auto* const list = memory.room_for<std::string_view>(count);
    std::size_t i = 0;
    for_each([&](std::string_view one) { list[i++] = one; });
    return {list, count};
}

parameters parse_form(std::string_view text, arena& memory) {
    namespace own = detail::http_fields;
    if (text.empty()) return parameters();
    std::size_t count = 0;
    own::split(text, '&', [&](std::string_view piece) { count += piece.empty() ? 0 : 1; });
    auto* const list = memory.room_for<name_value>(count);
    std::size_t n = 0;
    own::split(text, '&', [&](std::string_view piece) {
        if (piece.empty()) return;
        const name_value raw = own::split_at_equals(piece);
        const auto decode = [&](std::string_view part) {
            return detail::percent_decode(part, detail::plus_sign::space, memory);
        };
        list[n++] = {decode(raw.key), decode(raw.value)};
    });
    return parameters({list, n});
}

parameters parse_cookies(std::span<const std::string_view> lines, arena& memory) {
    namespace own = detail::http_fields;
    std::size_t most = 0;
    for (const auto line : lines) {
        most += static_cast<std::size_t>(std::count(line.begin(), line.end(), ';')) + 1;
    }
    if (most == 0) return parameters();
    auto* const list = memory.room_for<name_value>(most);
    std::size_t n = 0;
    for (const auto line : lines) {
        own::split(line, ';', [&](std::string_view piece) {
            const name_value raw = own::split_at_equals(detail::trimmed(piece));
            const name_value one{detail::trimmed(raw.key), detail::trimmed(raw.value)};
            if (!one.key.empty()) list[n++] = one;
        });
    }
    return parameters({list, n});
}

} // namespace headrace::http
