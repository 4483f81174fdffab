// SPDX-License-Identifier: BSL-1.0
#pragma once

// How do numbers, bytes, S3 keys and open sets of names stand in events? As text. These members
// keep it and are decoded when they are asked; decoding the event checks only that they are text.

#include <headrace/json/arena.hpp>
#include <headrace/json/codec.hpp>
#include <headrace/json/detail/lazy.hpp>
#include <headrace/json/workspace.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace headrace {

// ---- numbers ----------------------------------------------------------------------------------

namespace detail {
[[nodiscard]] result<std::int64_t> to_signed(std::string_view text, std::int64_t least,
                                             std::int64_t most);
[[nodiscard]] result<std::uint64_t> to_unsigned(std::string_view text, std::uint64_t most);
[[nodiscard]] result<double> to_real(std::string_view text);
} // namespace detail

/// A number in a string ("12"), or a bare one. T is an integer type or double.
template <class T> class number_text : public detail::kept_number<number_text<T>> {
    static_assert(std::same_as<T, double> || (std::integral<T> && !std::same_as<T, bool>),
                  "number_text<T> is for integers and double  see docs/reference/json/text.md");

public:
    using detail::kept_number<number_text>::kept_number;
    /// Integers may be written "12.0" or "1.2e1" but have no fraction.
    /// Errors: missing, bad_value, out_of_range.
    [[nodiscard]] result<T> value() const {
        using limit = std::numeric_limits<T>;
        const auto narrow = [](auto wide) { return static_cast<T>(wide); };
        if constexpr (std::same_as<T, double>) {
            return detail::to_real(this->text());
        } else if constexpr (std::is_signed_v<T>) {
            return detail::to_signed(this->text(), limit::min(), limit::max()).transform(narrow);
        } else {
            return detail::to_unsigned(this->text(), limit::max()).transform(narrow);
        }
    }
};

// ---- bytes ------------------------------------------------------------------------------------

/// Bytes as base64 (RFC 4648 section 4).
class base64 : public detail::kept_text<base64> {
public:
    using kept_text::kept_text;
    /// The bytes, valid as long as the event is. Canonical text only: padded to four characters,
    /// unused bits zero, no white space. Errors: missing, bad_value.
    [[nodiscard]] result<std::span<const std::byte>> bytes(workspace& memory) const;
};

/// The bytes that a base64 text stands for; the same rules as base64::bytes. The second form puts
/// them into `memory`, where they are followed by `padding` readable bytes.
/// Errors: bad_value.
[[nodiscard]] result<std::string> base64_decode(std::string_view text);
[[nodiscard]] result<std::string_view> base64_decode(std::string_view text, arena& memory);

/// Bytes as base64 text, padded.
[[nodiscard]] std::string base64_encode(std::string_view bytes);
[[nodiscard]] std::string base64_encode(std::span<const std::byte> bytes);
/// The same, appended to `out`.
void append_base64(std::string& out, std::string_view bytes);

// ---- S3 keys ----------------------------------------------------------------------------------

/// Text in the encoding of HTML forms: '+' is a space, %XX is a byte. S3 notifications carry their
/// object keys that way (EventBridge does not).
class form_key : public detail::kept_text<form_key> {
public:
    using kept_text::kept_text;
    using kept_text::text;
    /// The key itself. It borrows from the event, or from `memory` if anything had to be decoded.
    /// A '%' without two hexadecimal digits stays as it is.
    [[nodiscard]] std::string_view text(workspace& memory) const;
};

// ---- open sets of names -----------------------------------------------------------------------

/// An enumerator of E (see enum_names), or a text that E does not know yet: services grow.
template <class E> class open_enum : public detail::kept_text<open_enum<E>> {
    static_assert(detail::has_names<E>, "open_enum<E> is for enumerations with names: specialise "
                                        "headrace::enum_names<E>  see docs/howto/types.md");

public:
    using detail::kept_text<open_enum>::kept_text;
    /// For writing; an enumerator without a name becomes an absent member.
    constexpr open_enum(E value) noexcept
        : detail::kept_text<open_enum>(enum_text(value).value_or(std::string_view())) {}
    /// Nothing if the text is none of E's names.
    [[nodiscard]] constexpr std::optional<E> value() const noexcept {
        return enum_value<E>(this->text());
    }
    friend constexpr bool operator==(const open_enum&, const open_enum&) = default;
    friend constexpr bool operator==(const open_enum& a, E b) noexcept { return a.value() == b; }
};

} // namespace headrace
