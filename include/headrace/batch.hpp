// SPDX-License-Identifier: BSL-1.0
#pragma once

// Reading a batch record by record, so that one bad record never costs its neighbours.

#include <headrace/decode.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace headrace {

/// The records of a batch, each with what is wrong with it.
template <class Event> struct batch {
    using record_type = std::remove_cvref_t<decltype(*std::declval<Event&>().records.begin())>;

    Event event{};
    std::vector<std::optional<error>> problems; ///< empty: every record decoded

    [[nodiscard]] std::span<const record_type> records() const noexcept { return event.records; }
    /// What is wrong with record i, or null. The members of a record with a problem are those that
    /// could be read.
    [[nodiscard]] const error* problem(std::size_t i) const noexcept {
        return i < problems.size() && problems[i] ? &*problems[i] : nullptr;
    }
};

/// Decodes an event whose `Records` are independent of each other: as a whole where it decodes,
/// which is the rule, else record by record. Errors: what concerns the whole document.
template <class Event>
[[nodiscard]] result<batch<Event>> read_batch(const document& d, workspace& memory) {
    batch<Event> out;
    auto read = read_document(d, memory, out.event);
    if (read) [[likely]]
        return out;
    if (read.error().code == errc::syntax || read.error().code == errc::too_deep) {
        return std::move(read).error();
    }
    using record_type = typename batch<Event>::record_type;
    std::vector<record_type> records;
    reader r(d, memory);
    bool has_list = false;
    r.members([&](std::string_view key) {
        if (key != "Records") return r.skip();
        records.clear(); // the last of a repeated name counts
        out.problems.clear();
        has_list = r.elements([&] {
            read_element(r, records.emplace_back());
            auto& problem = out.problems.emplace_back();
            if (r.failed()) problem = r.to_error();
            (void)r.forgive();
        });
    });
    if (!has_list || r.failed()) return std::move(read).error();
    out.event.records = memory.memory().keep(std::move(records));
    return out;
}

} // namespace headrace
