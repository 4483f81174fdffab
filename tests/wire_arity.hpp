// SPDX-License-Identifier: BSL-1.0
#pragma once

// Does a struct's wire list name every member, each once? A forgotten member would be lost silently
// when an event is decoded and encoded again.
//
//   CHECK(wire_fault<sqs::message>() == "");

#include <headrace/json/wire.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace wire_arity_detail {

// Becomes whatever a member wants to be made from, but not the struct itself, which would count a
// copy of the whole as its first member.
template <class Struct> struct anything {
    template <class Member>
        requires(!std::is_same_v<Member, Struct>)
    operator Member&&() const&& noexcept;
    template <class Member>
        requires(!std::is_same_v<Member, Struct> && std::is_copy_constructible_v<Member>)
    operator Member&() const& noexcept;
};

template <class Struct, std::size_t... I> constexpr bool takes(std::index_sequence<I...>) {
    return requires { Struct{((void)I, anything<Struct>{})...}; };
}

// Members of an array type count as one, since each is made from one value in braces of its own.
template <class Struct, std::size_t N = 0> constexpr std::size_t arity() {
    static_assert(std::is_aggregate_v<Struct>, "only the members of an aggregate can be counted");
    if constexpr (takes<Struct>(std::make_index_sequence<N + 1>{})) {
        return arity<Struct, N + 1>();
    } else {
        return N;
    }
}

struct field_list {
    struct entry {
        std::string name;
        const void* place;
    };
    std::vector<entry> entries;
    template <class Member>
    headrace::detail::any_mark operator()(headrace::field_name name, const Member& member) {
        entries.push_back({std::string(std::string_view(name)), &member});
        return {};
    }
};

} // namespace wire_arity_detail

/// What is wrong with the wire list of an aggregate: too few or too many entries, a name twice, a
/// member twice. Empty: nothing. `merged` is how many more entries there are than members, for
/// lists that name the members of a member; base classes count as one member each.
template <class Struct> std::string wire_fault(std::size_t merged = 0) {
    namespace detail = wire_arity_detail;
    const Struct object{};
    detail::field_list list;
    headrace::detail::visit_wire(object, list);
    const auto members = detail::arity<Struct>() + merged;
    if (list.entries.size() != members) {
        return std::to_string(list.entries.size()) + " of " + std::to_string(members)
               + " members are named";
    }
    for (auto each = list.entries.begin(); each != list.entries.end(); ++each) {
        const auto same_name = [&](const auto& other) { return other.name == each->name; };
        const auto same_place = [&](const auto& other) { return other.place == each->place; };
        if (std::any_of(list.entries.begin(), each, same_name)) return each->name + " comes twice";
        if (std::any_of(list.entries.begin(), each, same_place)) {
            return each->name + " is another name of a member";
        }
    }
    return "";
}
