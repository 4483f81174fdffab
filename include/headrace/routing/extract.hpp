// SPDX-License-Identifier: BSL-1.0
#pragma once

// How a handler's parameters are made: extract<T>::from(call&) -> result<T>. The parameter's type
// says what the handler needs; what it needs is checked when the route is registered and built.

#include <headrace/base/detail/fixed_string.hpp>
#include <headrace/base/result.hpp>
#include <headrace/base/types.hpp>
#include <headrace/json/codec.hpp>
#include <headrace/routing/call.hpp>

#include <concepts>
#include <cstddef>
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
        std::string_view name;     ///< of the type, the path's parameter or the layer
        std::string_view key = {}; ///< of the object
        std::string_view by = {};  ///< the type that has the path's parameter as a member
        /// As the handler's parameter says it: deps<ledger&>, http::path<"id">.
        [[nodiscard]] std::string text() const;
    };
    /// An object of the app: the one of its type, or the one with this key.
    template <class T> void dependency(std::string_view key = {}) {
        add({need::what::dependency, detail::id_of<T>, detail::type_name<T>(), key});
    }
    /// `by` is the type that has a member of this name, where it is one of several.
    void path_parameter(std::string_view name, std::string_view by = {}) {
        add({need::what::path_parameter, nullptr, name, {}, by});
    }
    /// A T that a layer around the handler offers, one that has it in its list
    /// `using offers = types<T>`; `by` says which layer that is.
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

/// Says inside of deps that the object was provided with a key: deps<keyed<"audit", ledger&>>.
template <detail::fixed_string Key, class Ref> struct keyed {};

namespace detail {

[[nodiscard]] error missing_dependency();

/// What one part of deps<...> asks for.
template <class Ref> struct asked {
    using object = Ref;
    static constexpr bool by_value = true;
    static constexpr bool required = true;
    static constexpr std::string_view key{};
};
template <class T> struct asked<T&> : asked<T> {
    static constexpr bool by_value = false;
};
template <class T> struct asked<T*> : asked<T&> {
    static constexpr bool required = false;
};
template <fixed_string Key, class Ref> struct asked<keyed<Key, Ref>> : asked<Ref> {
    static constexpr std::string_view key = Key.view();
};

/// The place of the one true value. `Name` is what get() was asked for, so that its line is in the
/// message.
template <class Name, bool... Is> consteval std::size_t place_in_deps() {
    constexpr bool one = (std::size_t{0} + ... + std::size_t{Is}) == 1;
    static_assert(one, "get<T>() names the one object of deps<...> that is asked for as T& or T*, "
                       "get<\"key\">() the one that is keyed<\"key\", ...>"
                       "  see docs/howto/dependencies.md");
    std::size_t place = 0;
    static_cast<void>(((!Is && (++place, true)) && ...));
    return one ? place : 0;
}

} // namespace detail

/// Objects that the app was given by provide(): deps<ledger&>, deps<ledger&, const settings&>. One
/// that may be missing is asked for as a pointer, deps<mail*>, one of several of a type by its key,
/// deps<keyed<"audit", ledger&>>. With one object it behaves like a pointer to it; get<T>() and
/// get<"key">() name one of several, as the T& or T* that it was asked for.
template <class... Refs> class deps {
public:
    explicit deps(typename detail::asked<Refs>::object*... objects) noexcept
        : objects_(objects...) {}

    template <class T> [[nodiscard]] decltype(auto) get() const noexcept {
        return at<detail::place_in_deps<T, (std::is_same_v<T, typename detail::asked<Refs>::object>
                                            && detail::asked<Refs>::key.empty())...>()>();
    }
    template <detail::fixed_string Key> [[nodiscard]] decltype(auto) get() const noexcept {
        return at<detail::place_in_deps<keyed<Key, void>,
                                        (detail::asked<Refs>::key == Key.view())...>()>();
    }
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
    /// Is it there? For one that is asked for as a pointer.
    [[nodiscard]] explicit operator bool() const noexcept
        requires(sizeof...(Refs) == 1 && !(detail::asked<Refs>::required || ...))
    {
        return std::get<0>(objects_) != nullptr;
    }

private:
    template <std::size_t I> [[nodiscard]] decltype(auto) at() const noexcept {
        using part = detail::asked<std::tuple_element_t<I, std::tuple<Refs...>>>;
        if constexpr (part::required)
            return *std::get<I>(objects_);
        else
            return static_cast<typename part::object*>(std::get<I>(objects_));
    }
    std::tuple<typename detail::asked<Refs>::object*...> objects_;
};

template <class... Refs> struct extract<deps<Refs...>> {
    static void needs(requirements& r) { (need<detail::asked<Refs>>(r), ...); }
    static result<deps<Refs...>> from(call& c) {
        return of(c.dependency<typename detail::asked<Refs>::object>(detail::asked<Refs>::key)...);
    }

private:
    template <class Part> static void need(requirements& r) {
        if constexpr (Part::required) r.dependency<typename Part::object>(Part::key);
    }
    static result<deps<Refs...>> of(typename detail::asked<Refs>::object*... objects) {
        if (((detail::asked<Refs>::required && objects == nullptr) || ...)) {
            return detail::missing_dependency(); // build() reports this before any call
        }
        return deps<Refs...>(objects...);
    }
};

} // namespace headrace
