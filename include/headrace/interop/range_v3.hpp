// SPDX-License-Identifier: BSL-1.0
#pragma once

// How is a batch walked as ranges? Views for range-v3 over records, decoded bodies and the message
// groups of a FIFO queue, for programs that use it. All borrow the event and allocate nothing; what
// they have to remember lives in the workspace that they are given.

#include <headrace/base/result.hpp>
#include <headrace/json/json.hpp>
#include <headrace/json/workspace.hpp>
#include <headrace/routing/batch_run.hpp>
#include <headrace/sources/sns.hpp>
#include <headrace/sources/sqs.hpp>

#include <range/v3/view/subrange.hpp>
#include <range/v3/view/transform.hpp>

#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <string_view>

namespace headrace {

namespace detail {

[[nodiscard]] inline std::string_view body_text(const sqs::message& m) noexcept { return m.body; }
[[nodiscard]] inline std::string_view body_text(const sns::record& r) noexcept {
    return r.sns.message;
}

// What the views here are made of: function objects, so that their types have names.
template <class T> struct decode_body {
    workspace* memory;
    template <class Record> result<T> operator()(const Record& r) const {
        return raw_json(body_text(r)).template as<T>(*memory);
    }
};
struct message_at {
    const sqs::message* first;
    const sqs::message& operator()(std::uint32_t i) const noexcept { return first[i]; }
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
/// What T borrows lives in `memory`. For SQS messages and SNS notifications.
template <class T, class Event>
[[nodiscard]] auto bodies(const Event& event, workspace& memory) noexcept {
    return records(event) | ranges::views::transform(detail::decode_body<T>{&memory});
}
template <class T, class Event> void bodies(const Event&&, workspace&) = delete; // see records()

/// The messages of one group of a FIFO queue, oldest first.
class message_group {
public:
    message_group(const sqs::event& batch, std::span<const std::uint32_t> places) noexcept
        : first_(batch.records.data()), places_(places) {}
    [[nodiscard]] std::string_view id() const noexcept {
        return first_[places_.front()].attributes.message_group_id;
    }
    [[nodiscard]] auto messages() const {
        return ranges::subrange(places_.data(), places_.data() + places_.size())
               | ranges::views::transform(headrace::detail::message_at{first_});
    }

private:
    const sqs::message* first_;
    std::span<const std::uint32_t> places_; ///< of its messages in the batch
};

/// The message groups of a batch, in the order of their first messages. Where they are is kept in
/// `memory`.
[[nodiscard]] inline auto groups(const sqs::event& batch, workspace& memory) {
    const auto n = batch.records.size();
    auto* const items = memory.memory().room_for<batch_item>(n);
    for (std::size_t i = 0; i < n; ++i) {
        const auto& m = batch.records[i];
        ::new (items + i) batch_item{m.message_id, m.attributes.message_group_id};
    }
    const auto found = headrace::detail::by_group({items, n}, memory);
    auto* const all = memory.memory().room_for<message_group>(found.ends.size());
    for (std::size_t g = 0; g < found.ends.size(); ++g)
        ::new (all + g) message_group(batch, found[g]);
    return ranges::subrange<const message_group*>(all, all + found.ends.size());
}
void groups(const sqs::event&&, workspace&) = delete; // the view would dangle

} // namespace views
} // namespace headrace
