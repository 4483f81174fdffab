// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which C++ types can be members: bool, integers, double, enumerations, strings, std::optional,
// std::span<const T>, std::vector, std::array, maps, string_map, std::chrono types, structs with a
// wire list, raw_json. Absent and null leave a member as it was initialised.

#include <headrace/json/detail/list_builder.hpp>
#include <headrace/json/detail/object_visitor.hpp>
#include <headrace/json/json.hpp>
#include <headrace/json/reader.hpp>
#include <headrace/json/writer.hpp>

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace headrace {

namespace detail {
template <class T>
concept character = std::same_as<T, char> || std::same_as<T, wchar_t> || std::same_as<T, char8_t>
                    || std::same_as<T, char16_t> || std::same_as<T, char32_t>;
} // namespace detail

// ---- scalars ----------------------------------------------------------------------------------

template <> struct codec<bool> {
    static bool read(reader& r, bool& out) { return r.boolean(out); }
    static void write(writer& w, bool v) { w.boolean(v); }
};

template <std::integral T>
    requires(!detail::character<T> && !std::same_as<T, bool>)
struct codec<T> {
    static bool read(reader& r, T& out) { return r.integer(out); }
    static void write(writer& w, T v) { w.integer(v); }
};

template <> struct codec<double> {
    static bool read(reader& r, double& out) { return r.real(out); }
    static void write(writer& w, double v) { w.real(v); }
};

template <> struct codec<std::string_view> {
    [[gnu::always_inline]] static bool read(reader& r, std::string_view& out) {
        return r.string(out);
    }
    static std::string_view& view(std::string_view& v) noexcept { return v; }
    static void write(writer& w, std::string_view v) { w.string(v); }
    static bool absent(std::string_view v) noexcept { return v.data() == nullptr; }
};

template <> struct codec<std::string> {
    static bool read(reader& r, std::string& out) {
        std::string_view text;
        if (!r.string(text)) return false;
        out = text;
        return true;
    }
    static void write(writer& w, const std::string& v) { w.string(v); }
};

// ---- enumerations -----------------------------------------------------------------------------

/// One enumerator and its text on the wire.
template <class E> struct enum_name {
    E value;
    std::string_view text;
};
template <class E> enum_name(E, std::string_view) -> enum_name<E>; // clang 16 needs it

/// The texts of an enumeration; specialise it:
///   template <> inline constexpr auto headrace::enum_names<colour> =
///       std::array{enum_name{colour::red, "red"}, enum_name{colour::blue, "blue"}};
/// BOOST_DESCRIBE_ENUM does the same with the enumerators' own names. An enumeration with neither
/// is a number.
template <class E> inline constexpr auto enum_names = nullptr;

namespace detail {

template <class E>
concept boost_described_enum = requires(E** p) { boost_enum_descriptor_fn(p); };
template <class E>
concept named_enum = !std::same_as<std::remove_cv_t<decltype(enum_names<E>)>, std::nullptr_t>;
template <class E>
concept has_names = named_enum<E> || boost_described_enum<E>;

template <class E, class... D, template <class...> class List>
constexpr std::array<enum_name<E>, sizeof...(D)> boost_names(List<D...>) {
    return {enum_name<E>{std::remove_const_t<D>::value, std::remove_const_t<D>::name}...};
}

template <class E> constexpr auto names_of() {
    if constexpr (named_enum<E>) {
        return enum_names<E>;
    } else {
        return boost_names<E>(decltype(boost_enum_descriptor_fn(static_cast<E**>(nullptr))){});
    }
}

} // namespace detail

/// The text of an enumerator; nothing for a value without a name.
template <detail::has_names E>
[[nodiscard]] constexpr std::optional<std::string_view> enum_text(E value) {
    for (const auto& each : detail::names_of<E>()) {
        if (each.value == value) return each.text;
    }
    return std::nullopt;
}
/// The enumerator of a text; nothing for an unknown one.
template <detail::has_names E>
[[nodiscard]] constexpr std::optional<E> enum_value(std::string_view text) {
    for (const auto& each : detail::names_of<E>()) {
        if (each.text == text) return each.value;
    }
    return std::nullopt;
}

namespace detail {

/// Adds a name to "one of red, blue"; a list that is too long for an error ends with "...".
void append_choice(std::string& list, std::string_view name);
template <class E> [[gnu::cold, gnu::noinline]] std::string choices() {
    std::string list;
    for (const auto& each : names_of<E>()) append_choice(list, each.text);
    return list;
}
/// Notes that these were the choices for the token at `where`. Returns false.
[[gnu::cold]] bool refuse_name(reader& r, const std::uint32_t* where, std::string choices);

} // namespace detail

template <class E>
    requires std::is_enum_v<E>
struct codec<E> {
    static bool read(reader& r, E& out) {
        if constexpr (detail::has_names<E>) {
            const auto* where = r.position();
            std::string_view text;
            if (!r.string(text)) return false;
            const auto value = enum_value<E>(text);
            if (!value) return detail::refuse_name(r, where, detail::choices<E>());
            out = *value;
            return true;
        } else {
            std::underlying_type_t<E> number{};
            if (!r.integer(number)) return false;
            out = static_cast<E>(number);
            return true;
        }
    }
    static void write(writer& w, E v) {
        if constexpr (detail::has_names<E>) {
            const auto text = enum_text(v);
            text ? w.string(*text) : w.null();
        } else {
            w.integer(static_cast<std::underlying_type_t<E>>(v));
        }
    }
};

// ---- structs ----------------------------------------------------------------------------------

template <described T> struct codec<T> {
    static bool read(reader& r, T& out) { return r.object(out); }
    static void write(writer& w, const T& v)
        requires(!detail::wire_visitor<T> || detail::wire_visitor<const T>)
    {
        w.begin_object();
        detail::write_visitor visitor{w};
        detail::visit_wire(v, visitor);
        w.end_object();
    }
};

// ---- optional, lists --------------------------------------------------------------------------

// Of what holds Ts: it can be read if a T can be, and written if a T can be, so that who asks hears
// what is missing.

template <class T> struct codec<std::optional<T>> {
    using wraps = T;
    static bool read(reader& r, std::optional<T>& out)
        requires detail::makeable<T>
    {
        T value{};
        if (!codec<T>::read(r, value)) return false;
        out = std::move(value);
        return true;
    }
    static void write(writer& w, const std::optional<T>& v)
        requires writable<T>
    {
        v ? w.value(*v) : w.null();
    }
    static bool absent(const std::optional<T>& v) noexcept { return !v; }
};

namespace detail {
// Lists and maps have no members to leave out: what is absent in them is null.
template <class T> void write_element(writer& w, const T& element) {
    is_absent(element) ? w.null() : w.value(element);
}
template <class T, class List> void write_list(writer& w, const List& list) {
    w.begin_array();
    for (const auto& each : list) write_element<T>(w, each);
    w.end_array();
}
} // namespace detail

/// A list in the arena. Elements that are not trivially copyable are destroyed with the workspace.
template <class T> struct codec<std::span<const T>> {
    using element = T;
    static bool read(reader& r, std::span<const T>& out)
        requires detail::makeable<T>
    {
        if constexpr (std::is_trivially_copyable_v<T>) {
            detail::list_builder<T> list(r.memory());
            if (!r.elements([&] { read_element(r, list.next()); })) return false;
            out = list.finish();
            return true;
        } else {
            std::vector<T> items;
            if (!codec<std::vector<T>>::read(r, items)) return false;
            out = r.memory().memory().keep(std::move(items));
            return true;
        }
    }
    static void write(writer& w, std::span<const T> v)
        requires writable<T>
    {
        detail::write_list<T>(w, v);
    }
    static bool absent(std::span<const T> v) noexcept { return v.data() == nullptr; }
};

template <class T> struct codec<std::vector<T>> {
    using element = T;
    static bool read(reader& r, std::vector<T>& out)
        requires detail::makeable<T>
    {
        if (r.peek() == '[') out.clear();
        return r.elements([&] {
            T item{};
            read_element(r, item);
            out.push_back(std::move(item));
        });
    }
    static void write(writer& w, const std::vector<T>& v)
        requires writable<T>
    {
        detail::write_list<T>(w, v);
    }
};

/// Exactly N elements; another number of them is an error.
template <class T, std::size_t N> struct codec<std::array<T, N>> {
    using element = T;
    static bool read(reader& r, std::array<T, N>& out)
        requires readable<T>
    {
        const auto* where = r.position();
        std::size_t n = 0;
        const bool there = r.elements([&] {
            if (n < N) read_element(r, out[n]);
            ++n;
        });
        if (there && n != N) return r.fail(errc::bad_value, where, "an array of the fixed length");
        return there;
    }
    static void write(writer& w, const std::array<T, N>& v)
        requires writable<T>
    {
        detail::write_list<T>(w, v);
    }
};

// ---- maps -------------------------------------------------------------------------------------

/// The members of a JSON object in document order, repeated names kept. Borrows.
template <class T = std::string_view> class string_map {
public:
    struct entry {
        std::string_view key;
        T value{};
        friend bool operator==(const entry&, const entry&) = default;
    };
    using value_type = entry;
    constexpr string_map() noexcept = default;
    constexpr explicit string_map(std::span<const entry> entries) noexcept : entries_(entries) {}

    [[nodiscard]] constexpr auto begin() const noexcept { return entries_.begin(); }
    [[nodiscard]] constexpr auto end() const noexcept { return entries_.end(); }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return entries_.size(); }
    [[nodiscard]] constexpr bool empty() const noexcept { return entries_.empty(); }
    [[nodiscard]] constexpr const entry* data() const noexcept { return entries_.data(); }
    /// The value of this name, the last one where it is repeated, or null. Linear.
    [[nodiscard]] constexpr const T* find(std::string_view key) const noexcept {
        for (std::size_t i = entries_.size(); i-- > 0;) {
            if (entries_[i].key == key) return &entries_[i].value;
        }
        return nullptr;
    }
    [[nodiscard]] constexpr bool contains(std::string_view key) const noexcept {
        return find(key) != nullptr;
    }

private:
    std::span<const entry> entries_;
};

template <class T> struct codec<string_map<T>> {
    using element = T;
    using entry = typename string_map<T>::entry;
    static_assert(std::is_trivially_copyable_v<T>, "a string_map's values are borrowing types"
                                                   "  see docs/howto/types.md");
    static bool read(reader& r, string_map<T>& out)
        requires detail::makeable<T>
    {
        detail::list_builder<entry> list(r.memory());
        const auto next = [&](std::string_view key) -> T& {
            auto& each = list.next();
            each.key = key;
            return each.value;
        };
        const auto any = [&](std::string_view key) { read_element(r, next(key)); };
        bool there = false;
        if constexpr (detail::keeps_text<T>) {
            there = r.members(any, [&](std::string_view key, std::string_view text) {
                codec<T>::view(next(key)) = text;
            });
        } else {
            there = r.members(any);
        }
        if (!there) return false;
        out = string_map<T>(list.finish());
        return true;
    }
    static void write(writer& w, const string_map<T>& v)
        requires writable<T>
    {
        w.begin_object();
        for (const auto& each : v) {
            w.key(each.key);
            detail::write_element(w, each.value);
        }
        w.end_object();
    }
    static bool absent(const string_map<T>& v) noexcept { return v.data() == nullptr; }
};

namespace detail {
template <class M>
concept associative = requires(M& m, std::string key) {
    typename M::mapped_type;
    requires std::same_as<typename M::key_type, std::string>;
    { m.insert_or_assign(std::move(key), std::declval<typename M::mapped_type>()) };
};
} // namespace detail

/// std::map<std::string, T> and std::unordered_map<std::string, T>: the last of a repeated name
/// wins.
template <detail::associative M> struct codec<M> {
    using element = typename M::mapped_type;
    static bool read(reader& r, M& out)
        requires detail::makeable<element>
    {
        if (r.peek() == '{') out.clear();
        return r.members([&](std::string_view key) {
            element value{};
            read_element(r, value);
            out.insert_or_assign(std::string(key), std::move(value));
        });
    }
    static void write(writer& w, const M& v)
        requires writable<element>
    {
        w.begin_object();
        for (const auto& [key, value] : v) {
            w.key(key);
            detail::write_element(w, value);
        }
        w.end_object();
    }
};

} // namespace headrace
