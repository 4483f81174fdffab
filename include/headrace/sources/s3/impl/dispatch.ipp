// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/routing/event_dispatch.hpp>
#include <headrace/sources/s3.hpp>
#include <headrace/sources/sns.hpp>
#include <headrace/sources/sqs.hpp>

#include <algorithm>
#include <span>
#include <string>

namespace headrace::s3 {

std::string event::sought(const record& r) {
    return "bucket " + std::string(r.s3.bucket.name) + " and event " + std::string(r.name());
}

std::span<const source_operations> record_view::arrives_in() noexcept {
    static constexpr source_operations all[] = {
        operations_of<event>, operations_of<test_event>, operations_of<sns::event>,
        operations_of<sns::envelope>, operations_of<sqs::event>};
    return all;
}

record_view event::subject_of(const record& r, workspace& memory) {
    return {r, r.s3.object.key.text(memory)};
}

outcome event::dispatch(dispatcher& way, call& c, const document& d) {
    return headrace::dispatch<event>(way, c, d);
}

outcome test_event::dispatch(dispatcher&, call& c, const document& d) {
    test_event it;
    if (auto read = read_document(d, c.memory(), it); !read) return std::move(read).error();
    c.context().log.info("S3 sent its test message", "bucket", it.bucket);
    return outcome::drop();
}

// ---- routes -----------------------------------------------------------------------------------

bucket_matcher bucket_matcher::named(std::vector<std::string> names) const {
    bucket_matcher m = *this;
    m.events_.clear();
    for (auto& name : names) m.events_.emplace_back(std::move(name));
    return m;
}

bool bucket_matcher::matches(const record_view& r) const noexcept {
    const auto named = [&](const detail::glob& g) { return g.matches(r.item.name()); };
    return bucket_.matches(r.item.s3.bucket.name) && r.key.starts_with(prefix_)
           && r.key.ends_with(suffix_)
           && (events_.empty() || std::any_of(events_.begin(), events_.end(), named));
}

std::string bucket_matcher::describe() const {
    std::string text = "s3 bucket " + bucket_.text();
    for (const auto& each : events_) text += (&each == &events_.front() ? " " : ",") + each.text();
    if (!prefix_.empty() || !suffix_.empty()) text += " key " + prefix_ + "*" + suffix_;
    return text;
}

std::uint64_t bucket_matcher::rank() const noexcept {
    const auto capped = [](std::size_t n) {
        return std::uint64_t{std::min<std::size_t>(n, 0xFFFF)};
    };
    std::uint64_t narrowest = events_.empty() ? 0 : 0xFFFF;
    for (const auto& each : events_) narrowest = std::min<std::uint64_t>(narrowest, each.rank());
    return std::uint64_t{bucket_.rank()} << 48 | capped(prefix_.size()) << 32
           | capped(suffix_.size()) << 16 | narrowest;
}

namespace dispatching {
inline bool one_begins_other(std::string_view a, std::string_view b) {
    return a.starts_with(b) || b.starts_with(a);
}
inline bool one_ends_other(std::string_view a, std::string_view b) {
    return a.ends_with(b) || b.ends_with(a);
}
} // namespace dispatching

bool bucket_matcher::overlaps(const bucket_matcher& other) const {
    bool events = events_.empty() || other.events_.empty();
    for (const auto& a : events_) {
        for (const auto& b : other.events_) events = events || a.overlaps(b);
    }
    return events && bucket_.overlaps(other.bucket_)
           && dispatching::one_begins_other(prefix_, other.prefix_)
           && dispatching::one_ends_other(suffix_, other.suffix_);
}

bool bucket_matcher::covers(const bucket_matcher& other) const {
    const auto covered = [&](const detail::glob& theirs) {
        return std::any_of(events_.begin(), events_.end(),
                           [&](const detail::glob& ours) { return ours.covers(theirs); });
    };
    const bool events = events_.empty()
                        || (!other.events_.empty()
                            && std::all_of(other.events_.begin(), other.events_.end(), covered));
    return events && bucket_.covers(other.bucket_) && other.prefix_.starts_with(prefix_)
           && other.suffix_.ends_with(suffix_);
}

} // namespace headrace::s3
