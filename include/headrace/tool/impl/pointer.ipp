// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/tool/pointer.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <span>
#include <system_error>
#include <utility>

namespace headrace::tool {

namespace pointing {

inline error refused(std::string why) {
    error e = error::invalid(std::move(why));
    e.code = errc::bad_value;
    return e;
}

// RFC 6901 section 4: an index has no leading zeros.
inline std::optional<std::size_t> parse_index(std::string_view step) {
    std::size_t number = 0;
    const char* const end = step.data() + step.size();
    const auto [stop, problem] = std::from_chars(step.data(), end, number);
    if (problem != std::errc() || stop != end) return std::nullopt;
    if (step.size() > 1 && step.front() == '0') return std::nullopt;
    return number;
}

// What a missing value becomes when the way goes on with `step`.
inline json_value container_for(std::string_view step) {
    const bool first = step == "-" || step == "0";
    return json_value::empty(first ? json_value::kind::array : json_value::kind::object);
}

inline json_value& member(json_value& object, const std::string& name) {
    if (auto* there = object.find(name)) return *there;
    object.names.push_back(name);
    return object.items.emplace_back();
}

inline json_value* element(json_value& array, std::string_view step) {
    const auto end = array.items.size();
    const auto index = step == "-" ? end : parse_index(step).value_or(end + 1);
    if (index > end) return nullptr;
    return index == end ? &array.items.emplace_back() : &array.items[index];
}

inline void put(json_value& place, json_value value) {
    if (place.what == json_value::kind::string && value.is_container()) {
        place.text = to_line(value);
    } else {
        place = std::move(value);
    }
}

inline result<void> set(json_value& place, std::span<const std::string> left, json_value value) {
    if (left.empty()) {
        put(place, std::move(value));
        return {};
    }
    const std::string& step = left.front();
    if (place.what == json_value::kind::null) place = container_for(step);
    json_value* next = nullptr;
    if (place.what == json_value::kind::object) {
        next = &member(place, step);
    } else if (place.what == json_value::kind::array) {
        next = element(place, step);
        if (next == nullptr)
            return refused(detail::format<"there is no element '{}' in this array">(step));
    } else if (const auto inner = json_inside(place)) {
        auto done = set(*inner, left, std::move(value));
        if (done) place.text = to_line(*inner);
        return done;
    } else {
        return refused(
            detail::format<"there is no member '{}' in something that is no object">(step));
    }
    return set(*next, left.subspan(1), std::move(value));
}

} // namespace pointing

result<pointer_steps> parse_pointer(std::string_view pointer) {
    pointer_steps steps;
    if (pointer.empty()) return steps;
    if (pointer.front() != '/') return pointing::refused("a JSON pointer begins with a slash");
    for (std::size_t i = 0; i < pointer.size(); ++i) {
        if (pointer[i] == '/') {
            steps.emplace_back();
        } else if (pointer[i] != '~') {
            steps.back() += pointer[i];
        } else if (const auto next = pointer.substr(i + 1, 1); next == "0" || next == "1") {
            steps.back() += next == "0" ? '~' : '/';
            ++i;
        } else {
            return pointing::refused("in a JSON pointer, ~ is written ~0 and / in a name ~1");
        }
    }
    return steps;
}

void append_step(std::string& pointer, std::string_view step) {
    pointer += '/';
    for (const char c : step) {
        if (c == '~')
            pointer += "~0";
        else if (c == '/')
            pointer += "~1";
        else
            pointer += c;
    }
}

result<void> set_at(json_value& whole, const pointer_steps& place, json_value value) {
    return pointing::set(whole, place, std::move(value));
}

} // namespace headrace::tool
