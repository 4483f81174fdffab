// SPDX-License-Identifier: BSL-1.0
#pragma once

// HTTP routes and what their handlers can ask for: http::get("/orders/{id}"), path<"id", T>,
// query<"page", T>, header<"x-request-id", T>, http::request.

#include <headrace/base/detail/fixed_string.hpp>
#include <headrace/http/pattern.hpp>
#include <headrace/http/request.hpp>
#include <headrace/http/route_table.hpp>
#include <headrace/json/codec.hpp>
#include <headrace/json/detail/parse_text.hpp>
#include <headrace/routing/extract.hpp>
#include <headrace/routing/routes.hpp>
#include <headrace/routing/source.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace headrace {

namespace http {

/// Takes requests by method and path. Static segments go before parameters, parameters before
/// catch-alls. HEAD is answered by the GET route without its body. Other methods of a known path
/// are answered 405 with Allow, OPTIONS 204 with Allow, other paths 404. Inside of the route's
/// layers, a parameter that hides a dot segment ("..%2Fetc") is answered 400.
class route_matcher {
public:
    using subject = request;
    using provides = detail::types<request>;
    static constexpr headrace::delivery delivered = headrace::delivery::synchronous;
    static constexpr bool is_http = true;

    route_matcher(std::string_view method, http::pattern path) noexcept
        : method_(method), pattern_(path) {}

    [[nodiscard]] std::string_view method() const noexcept { return method_; }
    [[nodiscard]] const http::pattern& pattern() const noexcept { return pattern_; }
    // The route table matches all patterns at once and finds duplicates; these are not asked.
    [[nodiscard]] bool matches(const request&) const noexcept { return false; }
    [[nodiscard]] std::string describe() const;
    /// The same route for parameters that may have parts "." and ".." between slashes and
    /// backslashes: what they are is text, never the name of a file.
    [[nodiscard]] route_matcher dot_segments() const noexcept {
        route_matcher other = *this;
        other.dots_ = dot_parts::allowed;
        return other;
    }
    [[nodiscard]] dot_parts dots() const noexcept { return dots_; }
    /// May the handler have this request? Errors: malformed (400).
    [[nodiscard]] static result<void> admit(const call& c) {
        const auto& match = *c.http_match();
        if (match.dots == dot_parts::allowed || !c.http_request()->hides_dots(match)) [[likely]]
            return {};
        return hidden_dots();
    }
    [[nodiscard]] std::uint64_t rank() const noexcept { return 0; }
    [[nodiscard]] bool overlaps(const route_matcher&) const noexcept { return false; }
    [[nodiscard]] bool covers(const route_matcher&) const noexcept { return false; }

private:
    [[nodiscard]] static error hidden_dots();
    std::string_view method_;
    http::pattern pattern_;
    dot_parts dots_ = dot_parts::refused;
};

/// Routes by method (RFC 9110 section 9). The pattern's text must outlive the app; a literal does.
[[nodiscard]] inline route_matcher get(pattern path) { return {"GET", path}; }
[[nodiscard]] inline route_matcher post(pattern path) { return {"POST", path}; }
[[nodiscard]] inline route_matcher put(pattern path) { return {"PUT", path}; }
[[nodiscard]] inline route_matcher patch(pattern path) { return {"PATCH", path}; }
[[nodiscard]] inline route_matcher del(pattern path) { return {"DELETE", path}; }
[[nodiscard]] inline route_matcher head(pattern path) { return {"HEAD", path}; }
[[nodiscard]] inline route_matcher options(pattern path) { return {"OPTIONS", path}; }
/// Any method token, such as "PROPFIND". Its text must outlive the app.
[[nodiscard]] inline route_matcher method(std::string_view name, pattern path) {
    return {name, path};
}

} // namespace http

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

template <detail::fixed_string Name, class T> struct extract<path<Name, T>> {
    static constexpr bool needs_http = true;
    static constexpr bool parses = detail::text_value<T>;
    static void needs(requirements& r) { r.path_parameter(Name.view()); }
    static result<path<Name, T>> from(call& c) {
        auto text = detail::path_text(c, Name.view());
        if (!text) return std::move(text).error();
        auto value = detail::parse_text<T>(*text, "path", Name.view());
        if (!value) return std::move(value).error();
        return path<Name, T>{*std::move(value)};
    }
};

template <detail::fixed_string Name, class T> struct extract<query<Name, T>> {
    static constexpr bool needs_http = true;
    static constexpr bool parses = detail::text_values<T>;
    static result<query<Name, T>> from(call& c) {
        auto value = detail::text_argument<T>("query", Name.view(), [&](auto each) {
            for (const auto text : c.http_request()->query().all(Name.view())) {
                if (!each(text)) break;
            }
        });
        if (!value) return std::move(value).error();
        return query<Name, T>{*std::move(value)};
    }
};

template <detail::fixed_string Name, class T> struct extract<header<Name, T>> {
    static constexpr bool needs_http = true;
    static constexpr bool parses = detail::text_values<T>;
    static result<header<Name, T>> from(call& c) {
        auto value = detail::text_argument<T>("header", Name.view(), [&](auto each) {
            for (const auto text : c.http_request()->headers().all(Name.view())) {
                if (!each(text)) break;
            }
        });
        if (!value) return std::move(value).error();
        return header<Name, T>{*std::move(value)};
    }
};

} // namespace headrace
