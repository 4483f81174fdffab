// SPDX-License-Identifier: BSL-1.0
#pragma once

// What does doctest print when a CHECK about headrace's values fails? Include it in all test files
// of a program, after or instead of <doctest/doctest.h>, or in none: a file without it prints {?},
// and the linker keeps only one way of printing a type.

#include <headrace/base/error.hpp>
#include <headrace/base/result.hpp>
#include <headrace/http/response.hpp>
#include <headrace/routing/outcome.hpp>
#include <headrace/testing/invoke.hpp>

#include <doctest/doctest.h>

#include <string>
#include <type_traits>

namespace headrace::testing {

/// "transient/custom: the ledger is busy"
[[nodiscard]] std::string printed(const error& e);
[[nodiscard]] std::string printed(const outcome& o);
[[nodiscard]] std::string printed(const http::response& r);
[[nodiscard]] std::string printed(const reply& r);

} // namespace headrace::testing

namespace headrace {

// doctest looks for these by argument, since it would print enumerators as numbers.
inline doctest::String toString(error_class kind) { // NOLINT: doctest's name
    return std::string(to_string(kind)).c_str();
}
inline doctest::String toString(errc code) { // NOLINT
    return std::string(to_string(code)).c_str();
}
inline doctest::String toString(verdict v) { // NOLINT
    return std::string(to_string(v)).c_str();
}

} // namespace headrace

namespace doctest {

template <> struct StringMaker<headrace::error> {
    static String convert(const headrace::error& e) {
        return headrace::testing::printed(e).c_str();
    }
};
template <> struct StringMaker<headrace::outcome> {
    static String convert(const headrace::outcome& o) {
        return headrace::testing::printed(o).c_str();
    }
};
template <> struct StringMaker<headrace::http::response> {
    static String convert(const headrace::http::response& r) {
        return headrace::testing::printed(r).c_str();
    }
};
template <> struct StringMaker<headrace::testing::reply> {
    static String convert(const headrace::testing::reply& r) {
        return headrace::testing::printed(r).c_str();
    }
};
/// The value as doctest prints it, or the error.
template <class T> struct StringMaker<headrace::result<T>> {
    static String convert(const headrace::result<T>& r) {
        if (!r) return headrace::testing::printed(r.error()).c_str();
        if constexpr (std::is_void_v<T>)
            return "success";
        else
            return toString(*r);
    }
};

} // namespace doctest
