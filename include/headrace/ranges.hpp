// SPDX-License-Identifier: BSL-1.0
#pragma once

// How is a batch walked as ranges? Views for range-v3 over records, decoded bodies and the message
// groups of a FIFO queue, for programs that use it. All borrow the event and allocate nothing.

#include <headrace/json.hpp>
#include <headrace/result.hpp>
#include <headrace/sns.hpp>
#include <headrace/sqs.hpp>
#include <headrace/workspace.hpp>

#include <range/v3/view/filter.hpp>
#include <range/v3/view/subrange.hpp>
#include <range/v3/view/transform.hpp>

#include <string_view>
#include <type_traits>

namespace headrace {

namespace detail {

[[nodiscard]] inline std::string_view body_text(const sqs::message& m) noexcept { return m.body; }
[[nodiscard]] inline std::string_view body_text(const sns::record& r) noexcept {
    return r.sns.message;
}

// What the views of ranges.hpp are made of: function objects, so that their types have names.
template <class T> struct decode_body {
    workspace* memory;
    template <class Record> result<T> operator()(const Record& r) const {
        return raw_json(body_text(r)).template as<T>(*memory);
    }
};
struct in_group {
    std::string_view id;
    bool operator()(const sqs::message& m) const noexcept {
        return m.attributes.message_group_id == id;
    }
};
struct first_of_group {
    const sqs::message* first;
    bool operator()(const sqs::message& m) const noexcept {
        const in_group same{m.attributes.message_group_id};
        const auto* other = first;
        while (!same(*other)) ++other;
        return other == &m;
    }
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
    message_group(const sqs::event& batch, std::string_view id) noexcept
        : batch_(&batch), id_(id) {}
    [[nodiscard]] std::string_view id() const noexcept { return id_; }
    [[nodiscard]] auto messages() const {
        return records(*batch_) | ranges::views::filter(detail::in_group{id_});
    }

private:
    const sqs::event* batch_;
    std::string_view id_;
};

namespace detail {
struct make_group {
    const sqs::event* batch;
    message_group operator()(const sqs::message& m) const noexcept {
        return {*batch, m.attributes.message_group_id};
    }
};
} // namespace detail

/// The message groups of a batch, in the order of their first messages. A batch of a FIFO queue has
/// ten messages at most; for longer ones this takes quadratic time.
[[nodiscard]] inline auto groups(const sqs::event& batch) {
    return records(batch)
           | ranges::views::filter(headrace::detail::first_of_group{batch.records.data()})
           | ranges::views::transform(detail::make_group{&batch});
}
void groups(const sqs::event&&) = delete; // the view would dangle

} // namespace views
} // namespace headrace
