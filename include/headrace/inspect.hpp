// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which members of a document do our types not model? For tools and tests; decoding ignores them.

#include <headrace/codec.hpp>
#include <headrace/reader.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace headrace {

/// JSON pointers of the members that no wire list of T names, at any depth, in document order.
template <class T>
[[nodiscard]] std::vector<std::string> unknown_members(const document& d, workspace& memory) {
    std::vector<const std::uint32_t*> tokens;
    reader r(d, memory);
    r.collect_unknown(&tokens);
    T value{};
    codec<T>::read(r, value);
    std::vector<std::string> pointers;
    pointers.reserve(tokens.size());
    for (const auto* token : tokens) pointers.push_back(pointer_to(d, token));
    return pointers;
}

}  // namespace headrace
