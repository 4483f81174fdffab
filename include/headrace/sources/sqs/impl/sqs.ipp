// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/sources/detail/arn.hpp>
#include <headrace/sources/sqs.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace headrace {

std::string_view sqs::attribute::base_type() const noexcept {
    return data_type.substr(0, data_type.find('.'));
}

std::string_view sqs::message::queue_name() const noexcept {
    return detail::arn_resource(event_source_arn);
}

bool sqs::message::is_fifo() const noexcept { return event_source_arn.ends_with(".fifo"); }

source_family sqs::event::family_of(std::span<const message> batch) noexcept {
    return std::ranges::any_of(batch, &message::is_fifo) ? source_family::fifo_queue
                                                         : source_family::queue;
}

namespace detail::sqs_text {

inline std::vector<message_attribute> attributes_of(const sqs::message& m) {
    std::vector<message_attribute> all;
    for (const auto& [name, value] : m.message_attributes) {
        const bool binary = value.base_type() == "Binary";
        all.push_back(
            {name, value.data_type, binary ? value.binary_value.text() : value.string_value});
    }
    return all;
}

// A deduplication id may be another message's, too, so it is no name.
inline name_parts name_of(const sqs::message& m) {
    if (m.message_id.empty()) return {};
    return {"sqs", m.message_id};
}

inline name_parts deduplication_of(const sqs::message& m) {
    const auto& a = m.attributes;
    if (a.message_deduplication_id.empty()) return {};
    return {"sqs-deduplication", m.event_source_arn, a.message_group_id,
            a.message_deduplication_id};
}

} // namespace detail::sqs_text

record_item sqs::event::item_of(const message& m) {
    namespace text = detail::sqs_text;
    return {.id = m.message_id,
            .group = m.attributes.message_group_id,
            .attempt = m.attributes.approximate_receive_count.value().value_or(1u),
            .body = raw_json(m.body),
            .name = {m, [](const message& each) { return text::name_of(each); }},
            .sent_as = {m, [](const message& each) { return text::deduplication_of(each); }},
            .attributes = {m, [](const message& each) { return text::attributes_of(each); }}};
}

sqs::queue_matcher sqs::queue(std::string name_or_arn) {
    return queue_matcher(std::move(name_or_arn));
}

} // namespace headrace
