// SPDX-License-Identifier: BSL-1.0
#pragma once

// What does a document hold that our types do not know? For tools and tests: AWS adds members to
// its events at any time.

#include <headrace/json/json.hpp>
#include <headrace/json/reader.hpp>
#include <headrace/json/workspace.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace headrace {

namespace detail {

[[nodiscard]] std::vector<std::string> pointers_to(const document& d,
                                                   const std::vector<const std::uint32_t*>& tokens);

} // namespace detail

/// The JSON pointers of all members, at any depth, that no wire list of T and its members names, in
/// the order of the document. What stays raw JSON is known; what is no T is as unknown as it can be
/// seen up to the first syntax error.
template <class T>
[[nodiscard]] std::vector<std::string> unknown_members(const document& d, workspace& memory) {
    std::vector<const std::uint32_t*> tokens;
    reader r(d, memory);
    r.collect_unknown(&tokens);
    T value{};
    codec<T>::read(r, value);
    return detail::pointers_to(d, tokens);
}

} // namespace headrace
