// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/json/reader.hpp>
#include <headrace/sources/detail/recognition_table.hpp>
#include <headrace/sources/detail/scanner.hpp>
#include <headrace/sources/events.hpp>
#include <headrace/sources/impl/recognise/sources.ipp>
#include <headrace/sources/recognise.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace headrace {

namespace detail::recognise {

static_assert(check_rules<known_events>());
inline constexpr auto known_table = table_of<known_events>;

} // namespace detail::recognise

const known_source* recognise(const document& d) noexcept {
    using namespace detail::recognise;
    const auto found = scanner<known_table>(d).run(d.index);
    if (found == empty_records) return &no_records;
    return found != no_source ? &sources[found] : nullptr;
}

result<void> detail::confirm(const document& d, const source_info& source) {
    using namespace recognise;
    const auto same = [&](const known_source& each) { return each.info == &source; };
    const auto at = std::ranges::find_if(sources, same) - sources.begin();
    const bool known = at != std::ssize(sources);
    if (!known || scanner<known_table, true>(d).confirm(d.index, static_cast<number>(at)))
        return {};
    error e = error::malformed("members that come again make it another source's");
    e.code = errc::bad_value;
    return e;
}

namespace detail::recognise {

// Is this how the records of another source name themselves?
inline bool names_another(std::string_view name, const source_info& own) noexcept {
    for (const auto& each : sources) {
        if (!name.empty() && source::name_in_records(each.recognised) == name)
            return each.info != &own;
    }
    return false;
}

} // namespace detail::recognise

std::optional<error> detail::foreign_record(const document& d, workspace& memory,
                                            const source_info& source) {
    std::optional<std::string> place;
    reader r(d, memory);
    r.members([&](std::string_view key) {
        if (key != "Records") return r.skip();
        place.reset(); // the last of a repeated name counts
        std::size_t i = 0;
        r.elements([&] {
            std::array<bool, 2> foreign{}; // by either spelling
            r.members([&](std::string_view name) {
                if (name != "eventSource" && name != "EventSource") return r.skip();
                std::string_view text;
                if (r.peek() == '"') r.string(text);
                foreign[name.front() == 'E' ? 1 : 0] = recognise::names_another(text, source);
            });
            const auto at = "/Records/" + std::to_string(i++);
            if (!place && foreign[0]) place = at + "/eventSource";
            if (!place && foreign[1]) place = at + "/EventSource";
        });
    });
    if (!place) return std::nullopt;
    error e = error::malformed("a batch of more than one source");
    e.code = errc::bad_value;
    e.pointer = *std::move(place);
    return e;
}

} // namespace headrace
