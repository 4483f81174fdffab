// SPDX-License-Identifier: BSL-1.0
#pragma once

// A JSON value that stays as it came: a body, an EventBridge detail, anything that is decoded later
// or passed on.

#include <headrace/json/detail/object_visitor.hpp>
#include <headrace/json/reader.hpp>
#include <headrace/json/writer.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace headrace {

/// One JSON value, checked when its document was decoded. Borrows the document and its index.
class raw_json {
public:
    constexpr raw_json() noexcept = default;
    /// JSON text of your own, which must be valid; decoding it indexes it.
    constexpr explicit raw_json(std::string_view text) noexcept : text_(text) {}
    constexpr raw_json(std::string_view text, const char* base, const std::uint32_t* index,
                       std::size_t tokens) noexcept
        : text_(text), base_(base), index_(index), tokens_(static_cast<std::uint32_t>(tokens)) {}

    /// The value's own text; empty if the member was absent or null.
    [[nodiscard]] constexpr std::string_view text() const noexcept { return text_; }
    [[nodiscard]] constexpr bool empty() const noexcept { return text_.empty(); }

    /// Decodes it as a T that borrows from `memory`, the workspace of the invocation.
    /// Errors: as decode(); malformed with errc::missing if this is empty.
    template <class T> [[nodiscard]] result<T> as(workspace& memory) const;

    /// The document that a reader can start from.
    [[nodiscard]] result<document> indexed(workspace& memory) const;

    friend bool operator==(const raw_json& a, const raw_json& b) noexcept {
        return a.text_ == b.text_;
    }

private:
    std::string_view text_;
    const char* base_ = nullptr;
    const std::uint32_t* index_ = nullptr;
    std::uint32_t tokens_ = 0; // as many as 32 bits can point to
};

template <> struct codec<raw_json> {
    static bool read(reader& r, raw_json& out);
    static void write(writer& w, const raw_json& v) { v.empty() ? w.null() : w.verbatim(v.text()); }
    static bool absent(const raw_json& v) noexcept { return v.empty(); }
};

/// Reads one T that is all of the reader's document. Errors: syntax, wrong_kind, missing,
/// out_of_range, ...
template <class T>
[[nodiscard, gnu::always_inline]] inline result<void> read_whole(reader& r, T& out) {
    read_element(r, out);
    if (!r.at_end()) r.syntax("the end of the document");
    if (r.failed()) [[unlikely]]
        return r.to_error<T>();
    return {};
}

/// Reads one T from a whole document. Errors: as read_whole().
template <class T>
[[nodiscard]] result<void> read_document(const document& d, workspace& memory, T& out) {
    reader r(d, memory);
    return read_whole(r, out);
}

template <class T> result<T> raw_json::as(workspace& memory) const {
    auto d = indexed(memory);
    if (!d) return std::move(d).error();
    if constexpr (detail::check_readable<T>()) {
        result<T> out{T{}};
        if (auto read = read_document(*d, memory, *out); !read) return std::move(read).error();
        return out;
    }
}

} // namespace headrace
