// SPDX-License-Identifier: BSL-1.0
#pragma once

// What is there to try with every source? Samples of its events, its types there and back, and what
// they do not model: for tools and tests, which look at all sources. A program that handles events
// links none of it.

#include <headrace/base/result.hpp>
#include <headrace/json/workspace.hpp>
#include <headrace/routing/source.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headrace {

/// One line of the list in events.hpp, without the event's type.
struct catalogue_entry {
    const source_info* info;
    source::recognition recognised;
    std::span<const sample> (*samples)();
    /// Decodes the document as this source's event and encodes it again.
    result<std::string> (*round_trip)(const document&, workspace&);
    /// JSON pointers of the members that the event's types do not model.
    std::vector<std::string> (*unknown)(const document&, workspace&);
};

/// All sources, in the order in which they are recognised.
[[nodiscard]] std::span<const catalogue_entry> catalogue() noexcept;
/// The source with this id, or null. Also knows "records.empty", a batch without records.
[[nodiscard]] const catalogue_entry* find_in_catalogue(std::string_view id) noexcept;

} // namespace headrace
