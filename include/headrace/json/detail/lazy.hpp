// SPDX-License-Identifier: BSL-1.0
#pragma once

// What do lazy members share? They keep the text of the wire and are decoded by whoever asks, so
// that an event with a strange date is still an event and encode(decode(x)) is x.

#include <headrace/base/detail/ascii.hpp>
#include <headrace/base/result.hpp>
#include <headrace/json/reader.hpp>
#include <headrace/json/writer.hpp>

#include <concepts>
#include <cstdint>
#include <string_view>

namespace headrace {
namespace detail {

/// The base of lazy types that are strings on the wire. `Self` keeps two of them from being
/// compared with each other.
template <class Self> class kept_text {
public:
    constexpr kept_text() noexcept = default;
    constexpr explicit kept_text(std::string_view text) noexcept : text_(text) {}

    /// The text as it stands in the document, unescaped and without quotes; no data if the member
    /// was absent or null.
    [[nodiscard]] constexpr std::string_view text() const noexcept { return text_; }
    /// Was there nothing, or an empty text?
    [[nodiscard]] constexpr bool empty() const noexcept { return text_.empty(); }
    /// The same text; two texts may differ and mean the same.
    friend constexpr bool operator==(const kept_text&, const kept_text&) = default;

private:
    template <class> friend struct headrace::codec;
    std::string_view text_;
};

/// The base of lazy types that are numbers, or numbers in strings, on the wire.
template <class Self> class kept_number {
public:
    constexpr kept_number() noexcept = default;
    /// Written as a string: AWS sends most numbers that way.
    constexpr explicit kept_number(std::string_view text) noexcept : text_(text) {}

    /// The number's own characters, without quotes; no data if the member was absent or null.
    [[nodiscard]] constexpr std::string_view text() const noexcept { return text_; }
    [[nodiscard]] constexpr bool empty() const noexcept { return text_.empty(); }
    /// The same text in the same JSON kind; two texts may differ and mean the same.
    friend constexpr bool operator==(const kept_number&, const kept_number&) = default;

private:
    template <class> friend struct headrace::codec;
    std::string_view text_;
    bool bare_ = false; // a JSON number, not a string
};

/// "expected WHAT", or, where there is no text at all, errc::missing.
[[nodiscard]] error not_a(const char* what, std::string_view text);
[[nodiscard]] error out_of_range(const char* what);

/// A decimal number: digits, with an optional '-', fraction and exponent. Never through double.
struct decimal {
    bool negative = false;
    std::uint64_t magnitude = 0;
    bool exact = true; ///< no digits were dropped
};
enum class decimal_status : std::uint8_t { fine, not_a_number, out_of_range };
/// number * 10^shift; digits after the decimal point are dropped. shift is -9 to 9.
decimal_status read_decimal(std::string_view text, int shift, decimal& out) noexcept;

} // namespace detail

template <class T>
    requires std::derived_from<T, detail::kept_text<T>>
struct codec<T> {
    static bool read(reader& r, T& out) { return r.string(view(out)); }
    static std::string_view& view(T& v) noexcept {
        return static_cast<detail::kept_text<T>&>(v).text_;
    }
    static void write(writer& w, const T& v) { w.string(v.text()); }
    static bool absent(const T& v) noexcept { return v.text().data() == nullptr; }
};

template <class T>
    requires std::derived_from<T, detail::kept_number<T>>
struct codec<T> {
    static bool read(reader& r, T& out) {
        auto& kept = static_cast<detail::kept_number<T>&>(out);
        const char first = r.peek();
        kept.bare_ = first == '-' || detail::is_digit(first);
        if (kept.bare_) return r.number_token(kept.text_);
        if (first == '"') [[likely]]
            return r.string(kept.text_);
        return r.other_kind("a number or a string");
    }
    static std::string_view& text_of(T& v) noexcept {
        auto& kept = static_cast<detail::kept_number<T>&>(v);
        kept.bare_ = false;
        return kept.text_;
    }
    static void write(writer& w, const T& v) {
        static_cast<const detail::kept_number<T>&>(v).bare_ ? w.verbatim(v.text())
                                                            : w.string(v.text());
    }
    static bool absent(const T& v) noexcept { return v.text().data() == nullptr; }
};

} // namespace headrace
