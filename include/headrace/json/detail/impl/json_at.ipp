// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/json/codec.hpp>
#include <headrace/json/detail/json_at.hpp>

#include <algorithm>
#include <charconv>
#include <string>

namespace headrace::detail {

namespace json_pointers {

// The next step of a pointer without its escapes (RFC 6901 section 4).
inline std::string next_step(std::string_view& pointer) {
    pointer.remove_prefix(1);
    const auto end = std::min(pointer.find('/'), pointer.size());
    std::string step;
    for (std::size_t i = 0; i < end; ++i) {
        if (pointer[i] == '~' && i + 1 < end && (pointer[i + 1] == '0' || pointer[i + 1] == '1')) {
            step.push_back(pointer[++i] == '0' ? '~' : '/');
        } else {
            step.push_back(pointer[i]);
        }
    }
    pointer.remove_prefix(end);
    return step;
}

// The last member of this name, or the element of this number.
inline raw_json step_into(const raw_json& whole, std::string_view step, workspace& memory) {
    const auto d = whole.indexed(memory);
    if (!d) return {};
    reader r(*d, memory);
    raw_json found;
    if (r.peek() == '{') {
        r.members([&](std::string_view key) {
            if (key != step) return r.skip();
            found = {};
            codec<raw_json>::read(r, found);
        });
    } else if (r.peek() == '[') {
        std::size_t wanted = 0;
        const auto [end, code] = std::from_chars(step.data(), step.data() + step.size(), wanted);
        const bool padded = step.size() > 1 && step.front() == '0';
        if (code != std::errc{} || end != step.data() + step.size() || padded) return {};
        std::size_t n = 0;
        r.elements([&] {
            if (n++ != wanted) return r.skip();
            codec<raw_json>::read(r, found);
        });
    }
    return found;
}

} // namespace json_pointers

raw_json json_at(raw_json whole, std::string_view pointer, workspace& memory) {
    while (!pointer.empty() && !whole.empty()) {
        if (pointer.front() != '/') return {};
        const auto step = json_pointers::next_step(pointer);
        whole = json_pointers::step_into(whole, step, memory);
    }
    return whole;
}

} // namespace headrace::detail
