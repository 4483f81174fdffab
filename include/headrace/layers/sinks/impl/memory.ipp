// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/layers/sinks/memory.hpp>

#include <utility>

namespace headrace {

result<void> memory_sink::write(const rejected_record& r) {
    kept_record kept{.source = std::string(r.source),
                     .route = std::string(r.route),
                     .record_id = std::string(r.record_id),
                     .reason = r.reason,
                     .record = std::string(r.record),
                     .body = std::string(r.body),
                     .json = to_json(r)};
    const std::lock_guard lock(mutex_);
    if (refusal_) return *refusal_;
    records_.push_back(std::move(kept));
    return {};
}

std::vector<kept_record> memory_sink::records() const {
    const std::lock_guard lock(mutex_);
    return records_;
}

std::size_t memory_sink::size() const {
    const std::lock_guard lock(mutex_);
    return records_.size();
}

void memory_sink::refuse(std::optional<error> why) {
    const std::lock_guard lock(mutex_);
    refusal_ = std::move(why);
}

} // namespace headrace
