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

record_item event::item_of(const event& e) { return {.body = e.json}; }

error event::no_route_for(const event&) {
    error e =
        error::permanent("no known event source sends this document, and no raw route takes it");
    e.code = errc::unrecognised;
    return e;
}

// Matching looks into the document, which needs the workspace.
subject_view event::subject_of(const event& e, workspace& memory) noexcept { return {e, memory}; }

matcher when(std::string pointer, std::string value) {
    return {std::move(pointer), std::move(value)};
}

} // namespace headrace::raw
