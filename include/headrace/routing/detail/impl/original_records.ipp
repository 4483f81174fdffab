// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/routing/detail/original_records.hpp>

namespace headrace::detail {

void original_records::read(const document& whole, workspace& memory) {
    reader r(whole, memory);
    r.members([&](std::string_view key) {
        if (key != "Records") return r.skip();
        all_.clear(); // the last of a repeated name counts
        r.elements([&] { read_element(r, all_.emplace_back()); });
    });
    if (r.failed()) problem_ = r.to_error();
}

result<raw_json> original_records::at(std::size_t i, const document& whole, workspace& memory) {
    const std::lock_guard lock(mutex_);
    if (!known_) read(whole, memory);
    known_ = true;
    if (problem_) return *problem_;
    return i < all_.size() ? all_[i] : raw_json();
}

} // namespace headrace::detail
