// SPDX-License-Identifier: BSL-1.0
#pragma once

// The recorded event with a certain name, decoded or as text.

#include <headrace/json/decode.hpp>
#include <headrace/routing/source.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>

namespace samples {

template <class E> std::string_view text(std::string_view name) {
    for (const headrace::sample& each : E::samples()) {
        if (each.name == name) return each.json;
    }
    FAIL("no recorded event is called " << std::string(name));
    return {};
}

template <class E> headrace::decoded<E> decoded(std::string_view name) {
    auto made = headrace::decode<E>(text<E>(name));
    REQUIRE_MESSAGE(made.has_value(), describe(made.error()));
    return std::move(made).value();
}

} // namespace samples
