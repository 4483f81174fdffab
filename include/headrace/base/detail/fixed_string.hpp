// SPDX-License-Identifier: BSL-1.0
#pragma once

// Text as a template argument: http::path<"id">, http::query<"page">, http::header<"x-request-id">.

#include <cstddef>
#include <string_view>

namespace headrace::detail {

template <std::size_t N> struct fixed_string {
    char text[N]{};
    consteval fixed_string(const char (&from)[N]) {
        for (std::size_t i = 0; i < N; ++i) text[i] = from[i];
    }
    [[nodiscard]] constexpr std::string_view view() const noexcept { return {text, N - 1}; }
};

} // namespace headrace::detail
