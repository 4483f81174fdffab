// SPDX-License-Identifier: BSL-1.0
#pragma once

// Reading a batch record by record, so that one bad record never costs its neighbours.

#include <headrace/json/decode.hpp>
#include <headrace/routing/recogniser.hpp>
#include <headrace/routing/source.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
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

namespace detail {

// What makes a batch no batch of this source, though it was recognised as one.
template <class Event>
std::optional<error> contradiction(const reader& read, const batch<Event>& all, const document& d,
                                   workspace& memory, const recogniser& sources) {
    if (read.repeated()) [[unlikely]] {
        if (auto whose = sources.confirm(d, Event::about); !whose) return std::move(whose).error();
    }
    if constexpr (requires { all.records().front().event_source; }) {
        // Other makers have names of their own, and some leave them out.
        constexpr auto ours = source::name_in_records(Event::recognised);
        const auto named = [&](const auto& record) { return record.event_source == ours; };
        if (!std::ranges::all_of(all.records(), named)) [[unlikely]]
            return sources.foreign_record(d, memory, Event::about);
    }
    return std::nullopt;
}

} // namespace detail

/// Decodes an event whose `Records` are independent of each other: as a whole where it decodes,
/// which is the rule, else record by record. Errors: what concerns the whole document, such as a
/// record that names another known source, which is asked of those who know the sources.
template <class Event>
[[nodiscard]] result<batch<Event>> read_batch(const document& d, workspace& memory,
                                              const detail::recogniser& sources) {
    batch<Event> out;
    reader whole(d, memory);
    auto read = read_whole(whole, out.event);
    if (!read && (read.error().code == errc::syntax || read.error().code == errc::too_deep)) {
        return std::move(read).error();
    }
    if (auto other = detail::contradiction(whole, out, d, memory, sources))
        return *std::move(other);
    if (read) [[likely]]
        return out;
    using record_type = typename batch<Event>::record_type;
    // Looking for a place from the record on, not from the first one each time.
    const auto record = [](const std::uint32_t* begin, std::size_t i) {
        detail::value_at it{begin, detail::shape_of<record_type>(), {}};
        it.pointer.name("Records");
        it.pointer.element(i);
        return it;
    };
    std::vector<record_type> records;
    reader r(d, memory);
    bool has_list = false;
    r.members([&](std::string_view key) {
        if (key != "Records") return r.skip();
        records.clear(); // the last of a repeated name counts
        out.problems.clear();
        has_list = r.elements([&] {
            const auto* const begin = r.position();
            read_element(r, records.emplace_back());
            auto& problem = out.problems.emplace_back();
            if (r.failed()) problem = r.to_error(record(begin, records.size() - 1));
            (void)r.forgive();
        });
    });
    if (!has_list || r.failed()) return std::move(read).error();
    out.event.records = memory.memory().keep(std::move(records));
    return out;
}

} // namespace headrace
