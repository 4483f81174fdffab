// SPDX-License-Identifier: BSL-1.0
#pragma once

// Where in the document is a token? A second walk over the index, for errors and for the list of
// unknown members, so that reading itself carries no path.

#include <headrace/json/detail/error_pointer.hpp>
#include <headrace/json/workspace.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace headrace::detail {

/// Appends "/name" with the escapes of RFC 6901 section 3.
void append_step(std::string& pointer, std::string_view name);

/// The path to a token, which may stand in a document that is no JSON.
class token_path {
public:
    explicit token_path(const document& d) noexcept : token_path(d, d.index) {}
    /// The path from the value that begins at `from`.
    token_path(const document& d, const std::uint32_t* from) noexcept : document_(d), at_(from) {}

    /// Walks on to a token, which lies behind the last one.
    void advance(const std::uint32_t* token);
    /// The RFC 6901 pointer to where the walk is; at a member's name, to the member.
    [[nodiscard]] std::string pointer() const;
    /// The same behind `out`, in words that may leave the process: the walk began at a value of
    /// this type.
    void append_to(error_pointer& out, const shape& type, workspace& memory) const;

private:
    struct level {
        bool is_object;
        std::size_t element = 0;
        const std::uint32_t* key = nullptr;
    };
    void pass(char c);
    [[nodiscard]] bool at_key() const noexcept;
    // The name that a level of the path, an object, is at; null before its first one.
    [[nodiscard]] const std::uint32_t* key_of(const level& step) const noexcept;

    document document_;
    const std::uint32_t* at_;
    std::vector<level> path_;
    bool value_due_ = true;
};

} // namespace headrace::detail
