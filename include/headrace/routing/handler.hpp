// SPDX-License-Identifier: BSL-1.0
#pragma once

// From a user's function to outcome(call&): its parameters are extracted one after the other, the
// first failure ends the call, and what it returns becomes an outcome with its reply encoded.

#include <headrace/base/types.hpp>
#include <headrace/routing/call.hpp>
#include <headrace/routing/extract.hpp>
#include <headrace/routing/outcome.hpp>

#include <concepts>
#include <cstddef>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

namespace headrace {

namespace detail {

template <class F> struct signature : signature<decltype(&F::operator())> {};
template <class R, class... A> struct signature<R (*)(A...)> {
    using arguments = types<A...>;
    using returned = R;
    static constexpr std::size_t count = sizeof...(A);
};
template <class R, class... A> struct signature<R (*)(A...) noexcept> : signature<R (*)(A...)> {};
template <class R, class C, class... A>
struct signature<R (C::*)(A...)> : signature<R (*)(A...)> {};
template <class R, class C, class... A>
struct signature<R (C::*)(A...) const> : signature<R (*)(A...)> {};
template <class R, class C, class... A>
struct signature<R (C::*)(A...) noexcept> : signature<R (*)(A...)> {};
template <class R, class C, class... A>
struct signature<R (C::*)(A...) const noexcept> : signature<R (*)(A...)> {};

/// What every matcher may leave out.
template <class Matcher>
concept offers_body = !requires { Matcher::has_body; } || Matcher::has_body;
template <class Matcher>
concept is_http = requires { requires Matcher::is_http; };

/// A matcher that looks at a call once more, inside of the route's layers: its handler gets only
/// what `static result<void> admit(const call&)` lets through.
template <class Matcher>
concept admits_calls = requires(const call& c) {
    { Matcher::admit(c) } -> std::same_as<result<void>>;
};

/// Parameters that are handed out by reference: the call itself, its context and workspace, and
/// the objects that the route's source provides.
template <class T, class Matcher>
inline constexpr bool is_given =
    std::is_same_v<T, call> || std::is_same_v<T, context> || std::is_same_v<T, workspace>
    || contains_type<T, typename Matcher::provides>;

template <class T, class Matcher> consteval bool fits_route() {
    if constexpr (requires { extract<T>::needs_http; })
        return is_http<Matcher>;
    else if constexpr (requires { extract<T>::reads_body; })
        return offers_body<Matcher>;
    else
        return true;
}

template <class T> struct unwrap_result {
    using type = T;
};
template <class T> struct unwrap_result<result<T>> {
    using type = T;
};

template <class> inline constexpr bool asks_by_value = false;
template <class... Refs>
inline constexpr bool asks_by_value<deps<Refs...>> = (asked<Refs>::by_value || ...);

template <class> inline constexpr bool is_body = false;
template <class T> inline constexpr bool is_body<body<T>> = true;
template <class T>
inline constexpr bool is_json = is_body<T> && !std::is_same_v<T, body<std::string_view>>;
template <class T>
concept is_form = requires { requires extract<T>::reads_form; };

template <std::size_t Position, class Argument, class Matcher> consteval bool check_argument() {
    using plain = std::remove_cvref_t<Argument>;
    using made = typename unwrap_result<plain>::type;
    constexpr bool by_reference = std::is_lvalue_reference_v<Argument>;
    constexpr bool by_value = !std::is_reference_v<Argument>;
    constexpr bool by_const = by_reference && std::is_const_v<std::remove_reference_t<Argument>>;
    if constexpr (std::is_same_v<plain, call> || std::is_same_v<plain, workspace>) {
        static_assert(by_reference, "the call and its workspace are taken by reference"
                                    "  see docs/howto/handlers.md");
        return by_reference;
    } else if constexpr (is_given<plain, Matcher>) {
        constexpr bool readable = by_value || by_const;
        static_assert(readable, "events and records are handed out by const reference or by value"
                                "  see docs/howto/handlers.md");
        return readable;
    } else if constexpr (asks_by_value<made>) {
        constexpr bool shared = !asks_by_value<made>;
        static_assert(shared,
                      "dependencies are asked for by reference: deps<ledger&>, or by pointer "
                      "where there may be none: deps<ledger*>"
                      "  see docs/howto/dependencies.md");
        return shared;
    } else if constexpr (is_body<made> && !extractor<made>) {
        constexpr bool can_be_read = extractor<made>;
        static_assert(can_be_read,
                      "the T of body<T> cannot be read from JSON: give it a default constructor "
                      "and a wire list,  static void wire(auto& self, auto&& field),  or "
                      "specialise headrace::codec<T>  see docs/howto/handlers.md");
        return can_be_read;
    } else if constexpr (!extractor<made>) {
        constexpr bool can_be_made = extractor<made>;
        static_assert(
            can_be_made,
            "this handler parameter cannot be made: it is neither an object of this "
            "route's source nor does extract<T> exist for it; a decoded body is asked "
            "for as body<T>, an object of the app as deps<T&>, anything else by "
            "specialising headrace::extract<T> (position, type and route are in the "
            "'check_argument<position, type, matcher>' line)  see docs/howto/handlers.md");
        return can_be_made;
    } else {
        constexpr bool fits = fits_route<made, Matcher>();
        static_assert(fits,
                      "this handler parameter does not belong to this route's source: "
                      "http::path, query, header, form, request need an http:: route, and body<T> "
                      "a source whose records have a body  see docs/howto/handlers.md");
        constexpr bool value = by_value || by_const;
        static_assert(value, "extracted parameters are taken by value or const reference"
                             "  see docs/howto/handlers.md");
        if constexpr (requires { extract<made>::check(); }) { // says itself what is wrong with it
            return extract<made>::check() && fits && value;
        } else {
            return fits && value;
        }
    }
}

/// What no call has both of. A result<T> is no claim.
template <class... Arguments> consteval bool check_together() {
    constexpr bool one_form = !((is_json<std::remove_cvref_t<Arguments>> || ...)
                                && (is_form<std::remove_cvref_t<Arguments>> || ...));
    static_assert(one_form, "a body is JSON or a form: ask for body<T> or http::form<T>, or for a "
                            "result<T> of each  see docs/howto/handlers.md");
    return one_form;
}

template <class F> consteval bool check_callable() {
    constexpr bool plain = requires {
        &F::operator();
    } || (std::is_pointer_v<F> && std::is_function_v<std::remove_pointer_t<F>>);
    static_assert(plain, "a handler names its parameter types: no 'auto' parameters, no overloads"
                         "  see docs/howto/handlers.md");
    return plain;
}

/// outcome itself, error, json_reply, http::response.
template <class T>
concept said_outright = std::is_convertible_v<T, outcome>;
template <class T>
concept text = std::is_convertible_v<const T&, std::string_view>;

template <class R> consteval bool returns_something_known() {
    using plain = std::remove_cvref_t<R>;
    if constexpr (is_result_v<plain>) {
        return returns_something_known<typename plain::value_type>();
    } else {
        return std::is_void_v<plain> || said_outright<plain> || text<plain> || writable<plain>;
    }
}

/// A reply for http routes only.
template <class R> consteval bool is_a_response() {
    using plain = std::remove_cvref_t<R>;
    if constexpr (is_result_v<plain>)
        return is_a_response<typename plain::value_type>();
    else
        return is_reply<plain> && requires { requires plain::needs_http; };
}

/// A matcher on whose routes text that a handler returns is no JSON: it says what it becomes.
template <class Matcher>
concept replies_to_text = requires(std::string text) {
    { Matcher::text_reply(std::move(text)) } -> std::same_as<outcome>;
};

struct fallback_matcher; // takes records and requests of every source

template <class F, class Matcher> consteval bool check_return() {
    using returned = typename signature<F>::returned;
    constexpr bool fits =
        !is_a_response<returned>() || is_http<Matcher> || std::is_same_v<Matcher, fallback_matcher>;
    static_assert(fits, "only http:: routes can answer with an http::response"
                        "  see docs/howto/handlers.md");
    constexpr bool known = returns_something_known<returned>();
    static_assert(known, "a handler returns void, outcome, http::response, error, result<T> of "
                         "these, or a value that can be written as JSON: give a struct a "
                         "wire list,  static void wire(auto& self, auto&& field);  it does not "
                         "return a std::future or another promise of a "
                         "result  see docs/howto/handlers.md");
    return known && fits;
}

template <class Matcher, class R> outcome to_outcome(R&& value, workspace& memory) {
    using plain = std::remove_cvref_t<R>;
    if constexpr (said_outright<plain>) {
        return std::forward<R>(value);
    } else if constexpr (is_result_v<plain>) {
        if (!value) return outcome(std::forward<R>(value).error());
        if constexpr (std::is_void_v<typename plain::value_type>)
            return outcome();
        else
            return to_outcome<Matcher>(*std::forward<R>(value), memory);
    } else if constexpr (replies_to_text<Matcher> && text<plain>) {
        return Matcher::text_reply(std::string(std::forward<R>(value)));
    } else {
        json_reply reply{memory.take_text()};
        writer w(reply.text);
        if constexpr (text<plain>)
            w.string(value);
        else
            w.value(static_cast<const plain&>(value));
        return outcome(std::move(reply));
    }
}

template <class F, class Matcher, class... A> class bound_handler {
public:
    explicit bound_handler(F f) : f_(std::move(f)) {}
    outcome operator()(call& c) {
        if constexpr (admits_calls<Matcher>) {
            if (auto fine = Matcher::admit(c); !fine) return outcome(std::move(fine).error());
        }
        return next<0>(c);
    }
    static void needs(requirements& r) {
        [[maybe_unused]] const auto one = [&]<class T>(std::type_identity<T>) {
            using made = typename unwrap_result<std::remove_cvref_t<T>>::type;
            if constexpr (requires { extract<made>::needs(r); }) extract<made>::needs(r);
        };
        (one(std::type_identity<A>{}), ...);
    }

private:
    template <std::size_t I, class... Made> outcome next(call& c, Made&... made) {
        if constexpr (I == sizeof...(A)) {
            using returned = typename signature<F>::returned;
            if constexpr (std::is_void_v<returned>) {
                f_(pass<A>(made)...);
                return outcome();
            } else {
                return to_outcome<Matcher>(f_(pass<A>(made)...), c.memory());
            }
        } else {
            using argument = std::remove_cvref_t<std::tuple_element_t<I, std::tuple<A...>>>;
            if constexpr (std::is_same_v<argument, call>) {
                return next<I + 1>(c, made..., c);
            } else if constexpr (std::is_same_v<argument, context>) {
                return next<I + 1>(c, made..., c.context());
            } else if constexpr (std::is_same_v<argument, workspace>) {
                return next<I + 1>(c, made..., c.memory());
            } else if constexpr (is_given<argument, Matcher>) {
                const auto* object = c.template find<argument>();
                if (object == nullptr) return outcome(not_here(type_name<argument>()));
                return next<I + 1>(c, made..., *object);
            } else if constexpr (is_result_v<argument>) {
                auto one = extract<typename argument::value_type>::from(c);
                return next<I + 1>(c, made..., one);
            } else {
                auto one = extract<argument>::from(c);
                if (!one) return outcome(std::move(one).error());
                return next<I + 1>(c, made..., *one);
            }
        }
    }
    template <class Argument, class Made> static decltype(auto) pass(Made& made) {
        if constexpr (std::is_reference_v<Argument> || std::is_const_v<Made>
                      || std::is_same_v<std::remove_cv_t<Made>, call>) {
            return (made);
        } else {
            return std::move(made);
        }
    }
    static error not_here(std::string_view type);
    F f_;
};

[[nodiscard]] error object_not_here(std::string_view type);

template <class F, class Matcher, class... A>
error bound_handler<F, Matcher, A...>::not_here(std::string_view type) {
    return object_not_here(type);
}

template <class Matcher, class F, class... A, std::size_t... I>
constexpr auto bind_checked(F f, types<A...>, std::index_sequence<I...>) {
    constexpr bool good = (check_argument<I, A, Matcher>() && ...);
    if constexpr (good && check_together<A...>() && check_return<F, Matcher>()) {
        return bound_handler<F, Matcher, A...>(std::move(f));
    }
}

/// The handler as outcome(call&), or void after a static_assert has said what is wrong.
template <class Matcher, class F> constexpr auto bind(F f) {
    if constexpr (check_callable<F>()) {
        using signature = detail::signature<F>;
        return bind_checked<Matcher>(std::move(f), typename signature::arguments{},
                                     std::make_index_sequence<signature::count>{});
    }
}

} // namespace detail
} // namespace headrace
