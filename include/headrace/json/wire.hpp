// SPDX-License-Identifier: BSL-1.0
#pragma once

// How a struct says what its JSON members are called. One list serves reading, writing, the list of
// unknown members and the tests. Three ways to say it, in this order of preference:
//
//     struct order {
//         std::uint64_t id;
//         std::string_view customer;
//         static void wire(auto& self, auto&& field) {      // 1. a visitor
//             field("id", self.id).required();
//             field("customer", self.customer);
//         }
//     };
//     struct local {                                        // 2. a value, for structs local to a
//         int n;                                            //    function, which have no templates
//         static constexpr auto wire() { return fields(field("n", &local::n)); }
//     };
//     BOOST_DESCRIBE_STRUCT(pair, (), (first, second))      // 3. Boost.Describe: nothing to write
//
// A wire list may run several times for one object, so nothing but field calls belongs in it.

#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace headrace {

/// The name of a JSON member, checked at compile time: 1 to 127 characters without quotes,
/// backslashes and control characters, so that it stands in the document as it stands here.
class field_name {
public:
    template <std::size_t N>
    consteval field_name(const char (&text)[N]) : field_name(text, N - 1) {}
    /// The name of a C++ member, as Boost.Describe gives it.
    [[nodiscard]] static constexpr field_name of(const char* identifier) {
        return {identifier, std::string_view(identifier).size()};
    }
    [[nodiscard]] constexpr const char* data() const noexcept { return data_; }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    constexpr operator std::string_view() const noexcept { return {data_, size_}; }

private:
    constexpr field_name(const char* text, std::size_t size) : data_(text), size_(size) {
        if (size < 1 || size > 127) a_member_name_has_1_to_127_characters();
        for (std::size_t i = 0; i < size; ++i) {
            const auto c = static_cast<unsigned char>(text[i]);
            if (c < 0x20 || c == '"' || c == '\\') a_member_name_has_no_quote_or_backslash();
        }
    }
    static void a_member_name_has_1_to_127_characters() {}
    static void a_member_name_has_no_quote_or_backslash() {}
    const char* data_;
    std::size_t size_;
};

/// One entry of a `wire()` value.
template <class Struct, class Member> struct described_field {
    field_name name;
    Member Struct::*pointer;
    bool is_required = false;
    /// A missing, null or empty member is an error.
    [[nodiscard]] constexpr described_field required() const { return {name, pointer, true}; }
};

/// Names a member for `wire()` as a value.
template <class Struct, class Member>
[[nodiscard]] constexpr described_field<Struct, Member> field(field_name name,
                                                              Member Struct::*pointer) {
    return {name, pointer};
}
/// The list that `wire()` returns.
template <class... Fields> [[nodiscard]] constexpr std::tuple<Fields...> fields(Fields... each) {
    return {each...};
}

namespace detail {

struct any_mark {
    constexpr void required() const noexcept {}
};
struct any_field {
    template <class Member> constexpr any_mark operator()(field_name, Member&) const noexcept {
        return {};
    }
};

template <class T>
concept wire_visitor = requires(T& self, any_field f) { T::wire(self, f); };
template <class T>
concept wire_value = requires { std::tuple_size<decltype(T::wire())>::value; };
// What BOOST_DESCRIBE_STRUCT leaves behind, found by argument-dependent lookup.
template <class T>
concept boost_described =
    std::is_class_v<T> && requires(T** p) { boost_public_member_descriptor_fn(p); };

template <class Descriptor, class T, class Field>
[[gnu::always_inline]] inline void visit_one_boost(T& self, Field& f) {
    if constexpr (std::is_member_object_pointer_v<decltype(Descriptor::pointer)>) {
        constexpr field_name name = field_name::of(Descriptor::name);
        f(name, self.*Descriptor::pointer);
    }
}
template <class... D, template <class...> class List, class T, class Field>
[[gnu::always_inline]] inline void visit_boost(List<D...>, T& self, Field& f) {
    (visit_one_boost<std::remove_const_t<D>>(self, f), ...);
}

} // namespace detail

/// A struct with a wire list in one of the three ways.
template <class T>
concept described = detail::wire_visitor<T> || detail::wire_value<T> || detail::boost_described<T>;

namespace detail {

/// Runs the wire list of T over `self`: f(name, member) returns a mark with required().
template <class T, class Field> [[gnu::always_inline]] inline void visit_wire(T& self, Field& f) {
    using type = std::remove_const_t<T>;
    if constexpr (wire_visitor<type>) {
        type::wire(self, f);
    } else if constexpr (wire_value<type>) {
        std::apply(
            [&](const auto&... each) {
                const auto one = [&](const auto& d) {
                    auto&& mark = f(d.name, self.*d.pointer);
                    if (d.is_required) mark.required();
                };
                (one(each), ...);
            },
            type::wire());
    } else {
        visit_boost(decltype(boost_public_member_descriptor_fn(static_cast<type**>(nullptr))){},
                    self, f);
    }
}

} // namespace detail
} // namespace headrace
