// SPDX-License-Identifier: BSL-1.0
#pragma once

// Where in the document was it, in words that may leave the process? The names that a type lists
// are the program's own; all others are the sender's, and an error says only their places.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace headrace {

class workspace;

namespace detail {

class field_table;

/// What a type says of the names below one of its values.
struct shape {
    const shape* element = nullptr;                ///< of a list or map: of what is in it
    field_table& (*members)(workspace&) = nullptr; ///< of a struct: its wire list
};
inline constexpr shape untyped{};

/// An RFC 6901 pointer in which {3} stands for the fourth member of an object, whatever its name.
/// At most 16 levels and 256 bytes; "/..." stands for what is below.
class error_pointer {
public:
    static constexpr unsigned most_levels = 16;
    static constexpr std::size_t most_bytes = 256;

    void name(std::string_view listed);
    void element(std::size_t i);
    void member(std::size_t i);
    [[nodiscard]] bool is_full() const noexcept { return full_; }
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

private:
    void step(const std::string& more);
    std::string text_;
    unsigned levels_ = 0;
    bool full_ = false;
};

/// A value in which there is an error: where the second walk begins.
struct value_at {
    const std::uint32_t* token = nullptr; ///< null: the document
    const shape* type = &untyped;
    error_pointer pointer{}; ///< to the value
};

} // namespace detail
} // namespace headrace
