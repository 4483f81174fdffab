// SPDX-License-Identifier: BSL-1.0
#include <headrace/base/types.hpp>

#include <doctest/doctest.h>

using headrace::types;
using headrace::detail::contains_type;

TEST_CASE("a list of types has those that it names, and no others") {
    static_assert(contains_type<int, types<char, int>> && !contains_type<int, types<char, long>>);
    static_assert(!contains_type<int, types<>> && !contains_type<int, types<const int>>);
    CHECK(contains_type<int, types<int>>);
}
