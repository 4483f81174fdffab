// SPDX-License-Identifier: BSL-1.0
#pragma once

// What can the handler of an HTTP route ask for, besides the request itself? A piece of it, as a
// value: http::path<"id", T>, http::query<"page", T>, http::header<"x-request-id", T>.

#include <headrace/base/detail/fixed_string.hpp>
#include <headrace/http/request.hpp>
#include <headrace/json/detail/parse_text.hpp>
#include <headrace/routing/extract.hpp>

#include <optional>
#include <string_view>
#include <utility>

namespace headrace {

namespace http {

/// A segment of the path, percent-decoded once: path<"id", std::uint64_t>. T is std::string_view
/// (borrowing), std::string, a number, bool or an enumeration with names.
/// Errors: malformed (400) where the text is no T.
template <detail::fixed_string Name, class T = std::string_view> struct path {
    T value;
    operator const T&() const noexcept { return value; }
    const T& operator*() const noexcept { return value; }
    const T* operator->() const noexcept { return &value; }
};

/// A query parameter: query<"page", int> must be there, query<"page", std::optional<int>> may be,
/// query<"tag", std::vector<std::string_view>> takes all of that name.
/// Errors: malformed (400) where it is missing or its text is no T.
template <detail::fixed_string Name, class T = std::string_view> struct query {
    T value;
    operator const T&() const noexcept { return value; }
    const T& operator*() const noexcept { return value; }
    const T* operator->() const noexcept { return &value; }
};

/// A request header, whatever the case of its name; like query.
template <detail::fixed_string Name, class T = std::string_view> struct header {
    T value;
    operator const T&() const noexcept { return value; }
    const T& operator*() const noexcept { return value; }
    const T* operator->() const noexcept { return &value; }
};

} // namespace http

namespace detail {

[[nodiscard]] error no_such_parameter(std::string_view place, std::string_view name);
[[nodiscard]] result<std::string_view> path_text(call& c, std::string_view name);

/// One text or many, as a T, an optional T or a list of T. `visit(each)` calls each(text) for every
/// value in order until it returns false.
template <class T, class Visit>
result<T> text_argument(std::string_view place, std::string_view name, Visit visit) {
    std::optional<error> problem;
    if constexpr (is_vector<T>) {
        T all;
        visit([&](std::string_view text) {
            auto one = parse_text<typename T::value_type>(text, place, name);
            if (!one)
                problem = std::move(one).error();
            else
                all.push_back(*std::move(one));
            return !problem;
        });
        if (problem) return *std::move(problem);
        return all;
    } else {
        std::optional<std::string_view> first;
        visit([&](std::string_view text) {
            first = text;
            return false;
        });
        if constexpr (is_optional<T>) {
            if (!first) return T();
            auto one = parse_text<typename T::value_type>(*first, place, name);
            if (!one) return std::move(one).error();
            return T(*std::move(one));
        } else {
            if (!first) return no_such_parameter(place, name);
            return parse_text<T>(*first, place, name);
        }
    }
}

} // namespace detail

template <detail::fixed_string Name, class T> struct extract<http::path<Name, T>> {
    static constexpr bool needs_http = true;
    static constexpr bool parses = detail::text_value<T>;
    static void needs(requirements& r) { r.path_parameter(Name.view()); }
    static result<http::path<Name, T>> from(call& c) {
        auto text = detail::path_text(c, Name.view());
        if (!text) return std::move(text).error();
        auto value = detail::parse_text<T>(*text, "path", Name.view());
        if (!value) return std::move(value).error();
        return http::path<Name, T>{*std::move(value)};
    }
};

template <detail::fixed_string Name, class T> struct extract<http::query<Name, T>> {
    static constexpr bool needs_http = true;
    static constexpr bool parses = detail::text_values<T>;
    static result<http::query<Name, T>> from(call& c) {
        auto value = detail::text_argument<T>("query", Name.view(), [&](auto each) {
            for (const auto text : c.http_request()->query().all(Name.view())) {
                if (!each(text)) break;
            }
        });
        if (!value) return std::move(value).error();
        return http::query<Name, T>{*std::move(value)};
    }
};

template <detail::fixed_string Name, class T> struct extract<http::header<Name, T>> {
    static constexpr bool needs_http = true;
    static constexpr bool parses = detail::text_values<T>;
    static result<http::header<Name, T>> from(call& c) {
        auto value = detail::text_argument<T>("header", Name.view(), [&](auto each) {
            for (const auto text : c.http_request()->headers().all(Name.view())) {
                if (!each(text)) break;
            }
        });
        if (!value) return std::move(value).error();
        return http::header<Name, T>{*std::move(value)};
    }
};

} // namespace headrace
