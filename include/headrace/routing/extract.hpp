// SPDX-License-Identifier: BSL-1.0
#pragma once

// How a handler's parameters are made: extract<T>::from(call&) -> result<T>. The parameter's type
// says what the handler needs; what it needs is checked when the route is registered and built.

#include <headrace/base/result.hpp>
#include <headrace/json/codec.hpp>
#include <headrace/routing/call.hpp>

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace headrace {

/// Makes a T for a handler's parameter. Specialise it for types of your own:
///   template <> struct headrace::extract<user> {
///       static result<user> from(call& c);                   // an error ends the call
///   };
/// A specialisation may also say what it needs, for build() to check:
///       static void needs(requirements& r) { r.dependency<sessions>(); }
template <class T> struct extract;

template <class T>
concept extractor = requires(call& c) {
    { extract<T>::from(c) } -> std::same_as<result<T>>;
};

/// What a handler needs of its route and app; checked by build().
class requirements {
public:
    struct need {
        enum class what : std::uint8_t { dependency, path_parameter, offered } kind;
        detail::type_id type;
        std::string_view name;
        std::string_view by = {}; ///< the type that has it as a member
        /// As the handler's parameter says it: deps<ledger&>, http::path<"id">.
        [[nodiscard]] std::string text() const;
    };
    template <class T> void dependency() {
        add({need::what::dependency, detail::id_of<T>, detail::type_name<T>()});
    }
    /// `by` is the type that has a member of this name, where it is one of several.
    void path_parameter(std::string_view name, std::string_view by = {}) {
        add({need::what::path_parameter, nullptr, name, by});
    }
    /// A T that a layer around the handler offers, one that has it in its list
    /// `using offers = detail::types<T>`; `by` says which layer that is.
    template <class T> void offered(std::string_view by) {
        add({need::what::offered, detail::id_of<T>, by});
    }
    [[nodiscard]] const std::vector<need>& all() const noexcept { return needs_; }

private:
    void add(need one);
    std::vector<need> needs_;
};

/// The record's or request's body, decoded from JSON as a T that borrows from the invocation.
/// body<std::string_view> is the text itself, whatever it is; body<raw_json> any JSON.
/// Errors: malformed, with the pointer to the place in the body.
template <class T> struct body {
    T value;
    const T& operator*() const noexcept { return value; }
    const T* operator->() const noexcept { return &value; }
};

namespace detail {
/// The same error, saying that its place is one in the body.
[[nodiscard]] error in_body(error e);
} // namespace detail

template <detail::makeable T> struct extract<body<T>> {
    static constexpr bool reads_body = true;
    static result<body<T>> from(call& c) {
        auto json = c.body();
        if (!json) return std::move(json).error();
        auto value = json->as<T>(c.memory());
        if (!value) return detail::in_body(std::move(value).error());
        return body<T>{*std::move(value)};
    }
};
template <> struct extract<body<std::string_view>> {
    static constexpr bool reads_body = true;
    static result<body<std::string_view>> from(call& c) {
        auto json = c.body();
        if (!json) return std::move(json).error();
        return body<std::string_view>{json->text()};
    }
};
/// Objects that the app was given by provide(), by reference: deps<ledger&>, deps<ledger&, mail&>,
/// deps<const settings&>. With one object it behaves like a pointer to it; get<T>() names one of
/// several.
template <class... Refs> class deps {
public:
    explicit deps(std::remove_reference_t<Refs>*... objects) noexcept : objects_(objects...) {}

    template <class T> [[nodiscard]] T& get() const noexcept { return *std::get<T*>(objects_); }
    [[nodiscard]] auto& operator*() const noexcept
        requires(sizeof...(Refs) == 1)
    {
        return *std::get<0>(objects_);
    }
    [[nodiscard]] auto* operator->() const noexcept
        requires(sizeof...(Refs) == 1)
    {
        return std::get<0>(objects_);
    }

private:
    std::tuple<std::remove_reference_t<Refs>*...> objects_;
};

namespace detail {
[[nodiscard]] error missing_dependency();
}

template <class... Refs> struct extract<deps<Refs...>> {
    static void needs(requirements& r) { (r.dependency<std::remove_reference_t<Refs>>(), ...); }
    static result<deps<Refs...>> from(call& c) {
        if (((c.dependency<std::remove_reference_t<Refs>>() == nullptr) || ...)) {
            return detail::missing_dependency(); // build() reports this before any call
        }
        return deps<Refs...>(c.dependency<std::remove_reference_t<Refs>>()...);
    }
};

} // namespace headrace
