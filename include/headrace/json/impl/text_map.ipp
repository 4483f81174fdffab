// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/json/detail/list_builder.hpp>
#include <headrace/json/text_map.hpp>

namespace headrace {

namespace detail::text_maps {

using texts = std::span<const std::string_view>;

// Reads a text, or the JSON of what stands in its place. Is it no text?
[[gnu::always_inline]] inline bool read_text(reader& r, std::string_view& out) {
    const char first = r.peek();
    if (first == '"' || first == 'n') [[likely]] {
        r.string(out);
        return false;
    }
    r.any(out);
    return true;
}

// The same for a list of texts.
inline bool read_texts(reader& r, texts& out) {
    if (r.peek() == 'n') {
        r.null_token();
        return false;
    }
    list_builder<std::string_view> list(r.memory());
    bool odd = r.peek() != '[';
    if (odd)
        read_text(r, list.next());
    else
        r.elements([&] { odd |= read_text(r, list.next()); });
    out = list.finish();
    return odd;
}

// The JSON between two tokens, both included.
inline std::string_view json_of(const reader& r, const std::uint32_t* first) noexcept {
    return {r.text() + *first, r.position()[-1] - *first + std::size_t{1}};
}

} // namespace detail::text_maps

bool codec<text_map<>>::read(reader& r, text_map<>& out) {
    const auto* const first = r.position();
    detail::list_builder<text_map<>::entry> list(r.memory());
    bool odd = false;
    const auto next = [&](std::string_view key) -> std::string_view& {
        auto& each = list.next();
        each.key = key;
        return each.value;
    };
    const bool there =
        r.members([&](std::string_view key) { odd |= detail::text_maps::read_text(r, next(key)); },
                  [&](std::string_view key, std::string_view text) { next(key) = text; });
    if (!there) return false;
    out = text_map<>(list.finish());
    if (odd) out.as_it_came_ = detail::text_maps::json_of(r, first);
    return true;
}

void codec<text_map<>>::write(writer& w, const text_map<>& v) {
    if (!v.as_it_came_.empty()) return w.verbatim(v.as_it_came_);
    codec<string_map<>>::write(w, v);
}

bool codec<text_map<detail::text_maps::texts>>::read(reader& r, type& out) {
    const auto* const first = r.position();
    detail::list_builder<type::entry> list(r.memory());
    bool odd = false;
    const bool there = r.members([&](std::string_view key) {
        auto& each = list.next();
        each.key = key;
        odd |= detail::text_maps::read_texts(r, each.value);
    });
    if (!there) return false;
    out = type(list.finish());
    if (odd) out.as_it_came_ = detail::text_maps::json_of(r, first);
    return true;
}

void codec<text_map<detail::text_maps::texts>>::write(writer& w, const type& v) {
    if (!v.as_it_came_.empty()) return w.verbatim(v.as_it_came_);
    codec<string_map<detail::text_maps::texts>>::write(w, v);
}

} // namespace headrace
