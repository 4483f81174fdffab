// SPDX-License-Identifier: BSL-1.0
#pragma once

// How is a batch walked as ranges? Views for range-v3 over records, decoded bodies and the message
// groups of a FIFO queue, for programs that use it. All borrow the event and allocate nothing; what
// they have to remember lives in the workspace that they are given.

#include <headrace/base/result.hpp>
#include <headrace/json/json.hpp>
#include <headrace/json/workspace.hpp>
#include <headrace/routing/batch.hpp>
#include <headrace/routing/batch_run.hpp>
#include <headrace/routing/record_item.hpp>

#include <range/v3/view/subrange.hpp>
#include <range/v3/view/transform.hpp>

#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <string_view>

namespace headrace {

namespace detail {

// What the views here are made of: function objects, so that their types have names.
template <class T, class Event> struct decode_body {
    workspace* memory;
    template <class Record> result<T> operator()(const Record& r) const {
        return Event::item_of(r).body.template as<T>(*memory);
    }
};
template <class Record> struct record_at {
    const Record* first;
    const Record& operator()(std::uint32_t i) const noexcept { return first[i]; }
};

} // namespace detail

namespace views {

/// The records of an event in the order of the batch; a random-access view.
///   for (const auto& m : views::records(batch) | ranges::views::take(3)) ...
template <class Event> [[nodiscard]] auto records(const Event& event) noexcept {
    const auto& all = event.records;
    return ranges::subrange(all.data(), all.data() + all.size());
}
template <class Event> void records(const Event&&) = delete; // the view would dangle

/// Each record's body, decoded from JSON when it is looked at and each time it is: result<T>.
/// What T borrows lives in `memory`. For records that have a body.
template <class T, class Event>
[[nodiscard]] auto bodies(const Event& event, workspace& memory) noexcept {
    return records(event) | ranges::views::transform(detail::decode_body<T, Event>{&memory});
}
template <class T, class Event> void bodies(const Event&&, workspace&) = delete; // see records()

/// The records of one group whose order its source promises, such as a message group of a FIFO
/// queue: oldest first.
template <class Event> class record_group {
public:
    record_group(const Event& batch, std::string_view id,
                 std::span<const std::uint32_t> places) noexcept
        : first_(batch.records.data()), id_(id), places_(places) {}
    [[nodiscard]] std::string_view id() const noexcept { return id_; }
    [[nodiscard]] auto records() const {
        return ranges::subrange(places_.data(), places_.data() + places_.size())
               | ranges::views::transform(headrace::detail::record_at<record_type>{first_});
    }

private:
    using record_type = typename batch<Event>::record_type;
    const record_type* first_;
    std::string_view id_;
    std::span<const std::uint32_t> places_; ///< of its records in the batch
};

/// The groups of a batch, in the order of their first records. Where they are is kept in `memory`.
template <class Event> [[nodiscard]] auto groups(const Event& batch, workspace& memory) {
    const auto n = batch.records.size();
    auto* const items = memory.memory().room_for<record_item>(n);
    for (std::size_t i = 0; i < n; ++i)
        ::new (items + i) record_item(Event::item_of(batch.records[i]));
    const auto found = headrace::detail::by_group({items, n}, memory);
    auto* const all = memory.memory().room_for<record_group<Event>>(found.ends.size());
    for (std::size_t g = 0; g < found.ends.size(); ++g)
        ::new (all + g) record_group<Event>(batch, items[found[g].front()].group, found[g]);
    return ranges::subrange<const record_group<Event>*>(all, all + found.ends.size());
}
template <class Event> void groups(const Event&&, workspace&) = delete; // the view would dangle

} // namespace views
} // namespace headrace
