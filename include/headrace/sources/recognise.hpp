// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which source does a document come from? One pass over its top-level members, before anything is
// decoded. It knows all sources and links none.

#include <headrace/base/result.hpp>
#include <headrace/json/json.hpp>
#include <headrace/json/reader.hpp>
#include <headrace/json/workspace.hpp>
#include <headrace/routing/source.hpp>
#include <headrace/sources/every_source.hpp>

#include <span>
#include <string_view>

namespace headrace {

/// One line of the list in events.hpp, without the event's type and without anything that it can
/// do: see catalogue.hpp and source_operations.
struct known_source {
    const source_info* info;
    source::recognition recognised;
};

/// All sources, in the order in which they are recognised.
[[nodiscard]] std::span<const known_source> known_sources() noexcept;
/// The source with this id, or null.
[[nodiscard]] const known_source* find_source(std::string_view id) noexcept;

/// The source that this document comes from, or null. The document's grammar is not checked.
/// Reads no further than it has to: a batch is decided by its first record. Of members that come
/// again the last one counts, unless an earlier one has decided; read_event() finds those.
[[nodiscard]] const known_source* recognise(const document& d) noexcept;

namespace detail {

/// A batch without records needs no handler: nothing to do is done.
inline constexpr source_info batch_without_records{.id = "records.empty",
                                                   .title = "A batch without records",
                                                   .delivery = delivery::polled,
                                                   .family = source_family::queue};

} // namespace detail

/// Reads a document of which recognise() has said that it is an E. Errors: as read_document(), and
/// malformed where members that come again make it another source's.
template <class E>
[[nodiscard]] result<void> read_event(const document& d, workspace& memory, E& out) {
    reader r(d, memory);
    auto read = read_whole(r, out);
    if (read && r.repeated()) [[unlikely]]
        return detail::confirm(d, E::about);
    return read;
}

} // namespace headrace
