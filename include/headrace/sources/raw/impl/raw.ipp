// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/json/codec.hpp>
#include <headrace/json/detail/json_at.hpp>
#include <headrace/sources/raw.hpp>

#include <utility>

namespace headrace::raw {

bool matcher::matches(const subject_view& s) const {
    const auto here = detail::json_at(s.payload.json, pointer_, s.memory);
    if (here.empty()) return false;
    const char first = here.text().front();
    if (first == '{' || first == '[') return false;
    if (first != '"') return here.text() == value_;
    const auto text = here.as<std::string_view>(s.memory);
    return text && *text == value_;
}

std::string matcher::describe() const { return "raw " + pointer_ + " = " + value_; }

matcher when(std::string pointer, std::string value) {
    return {std::move(pointer), std::move(value)};
}

} // namespace headrace::raw
