// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which members has a type, and how is an object read whose members come in another order than the
// type lists them?

#include <headrace/base/detail/type_name.hpp>
#include <headrace/json/detail/field_table.hpp>
#include <headrace/json/reader.hpp>
#include <headrace/json/wire.hpp>
#include <headrace/json/workspace.hpp>

#include <concepts>
#include <cstddef>
#include <string_view>
#include <utility>

namespace headrace::detail {

// Types with a codec<T>::view are read as the string view that they keep.
template <class M>
concept keeps_text = requires(M& m) {
    { codec<M>::view(m) } -> std::same_as<std::string_view&>;
};
// Where a string goes when one comes, for types that also take something else.
template <class M>
concept takes_text = requires(M& m) {
    { codec<M>::text_of(m) } -> std::same_as<std::string_view&>;
};
template <class M> void* read_target(M& member) noexcept {
    if constexpr (keeps_text<M>) {
        return &codec<M>::view(member);
    } else {
        return &member;
    }
}
template <class M> bool read_erased(reader& r, void* member) {
    return codec<M>::read(r, *static_cast<M*>(member));
}

template <class T> std::ptrdiff_t offset_in(const T& object, const void* place) noexcept {
    return static_cast<const char*>(place) - reinterpret_cast<const char*>(&object);
}

template <class T> struct table_builder {
    field_table& table;
    T& object;
    template <class M> any_mark operator()(field_name name, M& member) const {
        const auto offset = offset_in(object, read_target(member));
        if constexpr (keeps_text<M>) {
            table.add(name, offset, nullptr);
        } else if constexpr (readable<M>) {
            table.add(name, offset, &read_erased<M>, shape_of<M>());
        }
        return {};
    }
};
// Gives the member at `wanted` the value that it has in a fresh T.
template <class T> struct member_resetter {
    T& fresh;
    T& object;
    unsigned wanted;
    unsigned position = 0;
    template <class M> any_mark operator()(field_name, M& member) {
        if (position++ == wanted) {
            auto* target = reinterpret_cast<char*>(&object) + offset_in(fresh, &member);
            *reinterpret_cast<M*>(target) = std::move(member);
        }
        return {};
    }
};
template <class T> void reset_member(void* object, unsigned wanted) {
    T fresh{};
    member_resetter<T> resetter{fresh, *static_cast<T*>(object), wanted};
    visit_wire(fresh, resetter);
}
template <class T> void build_table(field_table& table, void* object) {
    table_builder<T> builder{table, *static_cast<T*>(object)};
    visit_wire(builder.object, builder);
    table.finish(&reset_member<T>);
}

template <class T> [[gnu::cold, gnu::noinline]] field_table& table_of(workspace& memory) {
    T fresh{};
    return memory.table(id_of<T>, &build_table<T>, &fresh);
}
template <class T> inline constexpr shape struct_shape{nullptr, &table_of<T>};
template <class T> inline constexpr shape list_shape{shape_of<T>(), nullptr};
template <class T> constexpr const shape* shape_of() noexcept {
    if constexpr (described<T>) {
        return &struct_shape<T>;
    } else if constexpr (requires { typename codec<T>::wraps; }) {
        return shape_of<typename codec<T>::wraps>();
    } else if constexpr (requires { typename codec<T>::element; }) {
        return &list_shape<typename codec<T>::element>;
    } else {
        return &untyped;
    }
}

} // namespace headrace::detail
