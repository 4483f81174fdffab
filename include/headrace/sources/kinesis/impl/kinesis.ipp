// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/sources/detail/arn.hpp>
#include <headrace/sources/kinesis.hpp>

#include <utility>

namespace headrace::kinesis {

std::string_view record::shard_id() const noexcept {
    const auto colon = event_id.find(':');
    return colon == std::string_view::npos ? std::string_view() : event_id.substr(0, colon);
}

// The last one, since a stream may be called "consumer".
std::string_view record::stream_arn() const noexcept {
    return event_source_arn.substr(0, event_source_arn.rfind("/consumer/"));
}

std::string_view record::stream_name() const noexcept {
    return detail::last_segment(detail::arn_resource(stream_arn()));
}

// A sequence number is unique within its shard, which eventID says, too; eventID within its stream.
record_item event::item_of(const record& r) {
    return {.id = r.kinesis.sequence_number,
            .body = record_body::of_base64(r.kinesis.data.text()),
            .name = {r, [](const record& each) -> name_parts {
                         const auto number = each.kinesis.sequence_number;
                         if (number.empty()) return {};
                         return {"kinesis", each.stream_arn(),
                                 each.event_id.empty() ? number : each.event_id};
                     }}};
}

// ---- routes -----------------------------------------------------------------------------------

stream_matcher stream(std::string name_or_arn) { return stream_matcher(std::move(name_or_arn)); }

bool stream_matcher::matches(const record& r) const noexcept {
    return stream_.matches(r.stream_arn(), r.stream_name()) && shard_.matches(r.shard_id());
}

std::string stream_matcher::describe() const {
    const auto of_stream = stream_.describe("kinesis stream");
    return shard_.text() == "*" ? of_stream
                                : detail::format<"{} shard {}">(of_stream, shard_.text());
}

std::uint64_t stream_matcher::rank() const noexcept {
    return stream_.rank() << 16 | std::uint64_t{shard_.rank()};
}

bool stream_matcher::overlaps(const stream_matcher& other) const {
    return stream_.overlaps(other.stream_) && shard_.overlaps(other.shard_);
}

bool stream_matcher::covers(const stream_matcher& other) const {
    return stream_.covers(other.stream_) && shard_.covers(other.shard_);
}

} // namespace headrace::kinesis
