// SPDX-License-Identifier: BSL-1.0
#pragma once

// From JSON text to a typed value and back. Decoded events borrow: their views and lists point into
// the workspace (inside an invocation) or into the decoded<E> that owns them (outside of one).

#include <headrace/base/result.hpp>
#include <headrace/json/codec.hpp>
#include <headrace/json/workspace.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace headrace {

/// A decoded value together with the memory that it borrows from. Behaves like a pointer, on
/// lvalues only, so that no view can outlive it by accident. Move-only; moving keeps views valid.
template <class E> class decoded {
public:
    [[nodiscard]] const E& operator*() const& noexcept { return data_->value; }
    const E& operator*() const&& = delete; // the views would dangle: name the decoded<E> first
    [[nodiscard]] const E* operator->() const& noexcept { return &data_->value; }
    const E* operator->() const&& = delete; // the views would dangle: name the decoded<E> first
    /// The memory behind it, for lazy members: message.attributes.sent.time(), .bytes(memory).
    [[nodiscard]] workspace& memory() const& noexcept { return data_->memory; }

    /// Decodes a copy of `json`.
    [[nodiscard]] static result<decoded> from(std::string_view json, limits bounds) {
        decoded self(bounds);
        auto document = self.data_->memory.load(json);
        if (!document) return std::move(document).error();
        auto read = read_document(*document, self.data_->memory, self.data_->value);
        if (!read) return std::move(read).error();
        return self;
    }

private:
    struct storage {
        explicit storage(limits bounds) : memory(bounds) {}
        workspace memory;
        E value{};
    };
    explicit decoded(limits bounds) : data_(std::make_unique<storage>(bounds)) {}
    std::unique_ptr<storage> data_;
};

/// Decodes a copy of `json`. The result owns what it borrows from.
/// Errors (malformed): syntax, wrong_kind, missing, out_of_range, bad_value, too_deep, too_large,
/// with the place as a JSON pointer and, for syntax, a byte offset.
template <class E>
[[nodiscard]] result<decoded<E>> decode(std::string_view json, limits bounds = {}) {
    if constexpr (detail::check_readable<E>()) return decoded<E>::from(json, bounds);
}

/// Decodes `json` inside an invocation: the result borrows from `memory` until its reset().
template <class E> [[nodiscard]] result<E> decode(workspace& memory, std::string_view json) {
    auto document = memory.nested(json);
    if (!document) return std::move(document).error();
    if constexpr (detail::check_readable<E>()) {
        result<E> out{E{}};
        if (auto read = read_document(*document, memory, *out); !read)
            return std::move(read).error();
        return out;
    }
}

/// Appends the JSON text of a value to `out`. Absent members are left out.
template <class E> void encode_to(std::string& out, const E& value) {
    writer w(out);
    w.value(value);
}
/// The JSON text of a value. Absent members are left out.
template <class E> [[nodiscard]] std::string encode(const E& value) {
    std::string out;
    encode_to(out, value);
    return out;
}

} // namespace headrace
