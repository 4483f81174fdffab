// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/escapes.hpp>
#include <headrace/base/detail/format.hpp>
#include <headrace/json/detail/field_table.hpp>
#include <headrace/json/detail/token_path.hpp>

#include <algorithm>
#include <cstring>

namespace headrace::detail {

void append_step(std::string& pointer, std::string_view name) {
    pointer.push_back('/');
    for (const char c : name) {
        if (c == '~') {
            pointer += "~0";
        } else if (c == '/') {
            pointer += "~1";
        } else {
            pointer.push_back(c);
        }
    }
}

namespace token_paths {

// What a string token says; as it stands where its escapes are bad.
inline std::string text_of(const char* text, const std::uint32_t* token) {
    const char* first = text + token[0] + 1;
    const char* last = text + token[1] - 1;
    while (last > first && *last != '"') --last;
    const auto size = static_cast<std::size_t>(last - first);
    const auto* escape = static_cast<const char*>(std::memchr(first, '\\', size));
    if (escape == nullptr) return {first, last};
    std::string out(size + escape_slack, '\0');
    const auto done = unescape(first, escape, last, out.data());
    if (done.end == nullptr) return {first, last};
    out.resize(static_cast<std::size_t>(done.end - out.data()));
    return out;
}

} // namespace token_paths

bool token_path::at_key() const noexcept {
    return !value_due_ && !path_.empty() && path_.back().is_object && path_.back().key == nullptr
           && at_ < document_.index + document_.tokens && document_.text[*at_] == '"';
}

void token_path::pass(char c) {
    switch (c) {
    case '{':
    case '[':
        path_.push_back({c == '{', 0, nullptr});
        value_due_ = c == '[';
        break;
    case '}':
    case ']':
        if (!path_.empty()) path_.pop_back();
        value_due_ = false;
        break;
    case ',':
        if (path_.empty()) break;
        ++path_.back().element;
        path_.back().key = nullptr;
        value_due_ = !path_.back().is_object;
        break;
    case ':': value_due_ = true; break;
    default:
        if (at_key()) path_.back().key = at_;
        break;
    }
}

void token_path::advance(const std::uint32_t* token) {
    const auto* const end = std::min(token, document_.index + document_.tokens);
    for (; at_ < end; ++at_) pass(document_.text[*at_]);
}

const std::uint32_t* token_path::key_of(const level& step) const noexcept {
    return &step == &path_.back() && at_key() ? at_ : step.key;
}

std::string token_path::pointer() const {
    std::string out;
    for (const auto& step : path_) {
        if (!step.is_object) {
            append_format<"/{}">(out, step.element);
        } else if (const auto* key = key_of(step)) {
            append_step(out, token_paths::text_of(document_.text, key));
        }
    }
    return out;
}

void token_path::append_to(error_pointer& out, const shape& type, workspace& memory) const {
    const shape* here = &type;
    for (const auto& step : path_) {
        if (out.is_full()) return;
        const auto* const key = step.is_object ? key_of(step) : nullptr;
        const shape* below = here->element;
        if (!step.is_object) {
            out.element(step.element);
        } else if (key != nullptr) {
            const auto name = token_paths::text_of(document_.text, key);
            if (here->members != nullptr) below = here->members(memory).type_of(name);
            const bool listed = here->members != nullptr && below != nullptr;
            listed ? out.name(name) : out.member(step.element);
        }
        here = below != nullptr ? below : &untyped;
    }
}

} // namespace headrace::detail
