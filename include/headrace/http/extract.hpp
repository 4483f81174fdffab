// SPDX-License-Identifier: BSL-1.0
#pragma once

// What can the handler of an HTTP route ask for, besides the request itself? A piece of it, as a
// value: http::path<"id", T>, http::query<"page", T>, http::header<"x-request-id", T>; or all of
// one kind, as a struct with a wire list: http::path_of<T>, http::query_of<T>, http::form<T>.

#include <headrace/base/detail/fixed_string.hpp>
#include <headrace/base/detail/type_name.hpp>
#include <headrace/http/detail/text_members.hpp>
#include <headrace/http/request.hpp>
#include <headrace/routing/extract.hpp>

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

/// The query string as a struct, by the names of its wire list. A member has the type of a query's
/// T: one text is the first of its name, std::vector all of them. What is absent stays as T has
/// initialised it, unless it is required(); names that T does not list are left alone. Texts are
/// decoded once and borrow from the invocation.
/// Errors: malformed (400) where a required one is missing or empty, or a text is none of its type.
template <class T> struct query_of {
    T value;
    const T& operator*() const noexcept { return value; }
    const T* operator->() const noexcept { return &value; }
};

/// The same of the fields of a form, a body of type application/x-www-form-urlencoded.
/// Errors: as query_of, and unsupported (415) where Content-Type names another type, or
/// Content-Encoding says that the form is not there in plain. A body whose type nobody names is
/// taken for a form, and none at all for a form without fields.
/// Source: https://url.spec.whatwg.org/#urlencoded-parsing, RFC 9110 section 15.5.16.
template <class T> struct form {
    T value;
    const T& operator*() const noexcept { return value; }
    const T* operator->() const noexcept { return &value; }
};

/// The same of the path's parameters; build() says which member is none of them. Each is one text,
/// so there are no std::optional and std::vector.
template <class T> struct path_of {
    T value;
    const T& operator*() const noexcept { return value; }
    const T* operator->() const noexcept { return &value; }
};

} // namespace http

namespace detail {

[[nodiscard]] result<std::string_view> path_text(call& c, std::string_view name);
[[nodiscard]] http::parameters path_texts(call& c);
[[nodiscard]] result<http::parameters> form_texts(call& c);

// Each is asked for one argument, so that its line is in the message.
template <class Argument, bool Parses> consteval bool check_text() {
    static_assert(Parses,
                  "http::path, query and header take std::string_view, std::string, numbers, bool "
                  "and enumerations with names, and std::optional and std::vector of these (not "
                  "for path)  see docs/howto/handlers.md");
    return Parses;
}
template <class Argument> consteval bool check_text_struct() {
    constexpr bool can_be_filled = text_struct<decltype(Argument::value)>;
    static_assert(can_be_filled,
                  "the T of http::query_of, form and path_of is a struct with a default "
                  "constructor and a wire list,  static void wire(auto& self, auto&& field)"
                  "  see docs/howto/handlers.md");
    return can_be_filled;
}

// Visits a wire list: the pattern has to have each of its names.
struct path_names {
    requirements& needs;
    std::string_view type;
    template <class Member> any_mark operator()(field_name name, Member&) const {
        static_assert(text_value<Member> || !text_values<Member>,
                      "a member of http::path_of<T> is one text: no std::optional, since the "
                      "pattern has it, and no std::vector  see docs/howto/handlers.md");
        needs.path_parameter(name, type);
        return {};
    }
};

} // namespace detail

template <detail::fixed_string Name, class T> struct extract<http::path<Name, T>> {
    static constexpr bool needs_http = true;
    static consteval bool check() {
        return detail::check_text<http::path<Name, T>, detail::text_value<T>>();
    }
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
    static consteval bool check() {
        return detail::check_text<http::query<Name, T>, detail::text_values<T>>();
    }
    static result<http::query<Name, T>> from(call& c) {
        return detail::made_of_texts<http::query<Name, T>>(
            c.find<http::request>()->query().all(Name.view()), "query", Name.view());
    }
};

template <detail::fixed_string Name, class T> struct extract<http::header<Name, T>> {
    static constexpr bool needs_http = true;
    static consteval bool check() {
        return detail::check_text<http::header<Name, T>, detail::text_values<T>>();
    }
    static result<http::header<Name, T>> from(call& c) {
        return detail::made_of_texts<http::header<Name, T>>(
            c.find<http::request>()->headers().all(Name.view()), "header", Name.view());
    }
};

template <class T> struct extract<http::query_of<T>> {
    static constexpr bool needs_http = true;
    static consteval bool check() { return detail::check_text_struct<http::query_of<T>>(); }
    static result<http::query_of<T>> from(call& c) {
        return detail::made_of_members<http::query_of<T>>(c.find<http::request>()->query(),
                                                          "query");
    }
};

template <class T> struct extract<http::form<T>> {
    static constexpr bool needs_http = true;
    static constexpr bool reads_form = true;
    static consteval bool check() { return detail::check_text_struct<http::form<T>>(); }
    static result<http::form<T>> from(call& c) {
        const auto texts = detail::form_texts(c);
        if (!texts) return texts.error();
        return detail::made_of_members<http::form<T>>(*texts, "form");
    }
};

template <class T> struct extract<http::path_of<T>> {
    static constexpr bool needs_http = true;
    static consteval bool check() { return detail::check_text_struct<http::path_of<T>>(); }
    static void needs(requirements& r) {
        T sample{};
        detail::path_names names{r, detail::type_name<T>()};
        detail::visit_wire(sample, names);
    }
    static result<http::path_of<T>> from(call& c) {
        return detail::made_of_members<http::path_of<T>>(detail::path_texts(c), "path");
    }
};

} // namespace headrace
