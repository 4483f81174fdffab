// SPDX-License-Identifier: BSL-1.0
#pragma once

// How does the tool look into JSON of any shape? As a tree that keeps what it does not change: the
// order of members, repeated members and the digits of numbers.

#include <headrace/base/result.hpp>
#include <headrace/json/codec.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace headrace::tool {

/// A JSON value of any kind. Owns everything.
struct json_value {
    enum class kind : std::uint8_t { null, boolean, number, string, array, object };

    kind what = kind::null;
    std::string text;               ///< a string unescaped; a number or boolean as it was written
    std::vector<std::string> names; ///< of an object's members, in order
    std::vector<json_value> items;  ///< an array's elements, or the values of `names`

    [[nodiscard]] static json_value null() { return {}; }
    [[nodiscard]] static json_value of_text(std::string text);
    [[nodiscard]] static json_value empty(kind container);

    /// The value of this member, the last one where it is repeated, or null.
    [[nodiscard]] const json_value* find(std::string_view name) const noexcept;
    [[nodiscard]] json_value* find(std::string_view name) noexcept;
    [[nodiscard]] bool is_container() const noexcept {
        return what == kind::array || what == kind::object;
    }

    friend bool operator==(const json_value&, const json_value&) = default;
};

/// How tools decode: whoever runs one has the document, so errors may have all of its names.
inline constexpr limits on_a_desk{.names = pointer_names::all};

/// Errors: syntax (with the byte offset), too_deep, too_large.
[[nodiscard]] result<json_value> parse_json(std::string_view json);

/// One line, without spaces. Text is escaped so that it is harmless on a terminal.
[[nodiscard]] std::string to_line(const json_value& value);
/// Two spaces a level, one member a line.
[[nodiscard]] std::string to_pretty(const json_value& value);

/// JSON in a string: message bodies, HTTP bodies. Null unless `value` is the text of an object or
/// array.
[[nodiscard]] std::unique_ptr<json_value> json_inside(const json_value& value);

} // namespace headrace::tool

namespace headrace {

template <> struct codec<tool::json_value> {
    static bool read(reader& r, tool::json_value& out);
};

} // namespace headrace
