// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/json/arena.hpp>
#include <headrace/json/detail/field_table.hpp>

#include <algorithm>
#include <string>

namespace headrace::detail {

void field_table::add(field_name name, std::ptrdiff_t offset, bool (*read)(reader&, void*),
                      const shape* type) {
    char readable[padding + 8] = {};
    std::memcpy(readable, name.data(), name.size());
    const auto key = field_key({readable, name.size()}).kept_at(name.data());
    const auto next = static_cast<unsigned>(entries_.size() + 1);
    entries_.push_back({key, offset, read, next});
    types_.push_back(type);
}

const shape* field_table::type_of(std::string_view name) {
    const auto readable = std::string(name).append(padding, '\0');
    const auto* const found = find(field_key({readable.data(), name.size()}));
    return found != nullptr ? types_[place(*found)] : nullptr;
}

// A name that is no member mostly meets a free slot, since few are taken. Probing goes on behind
// the last slot instead of starting again, so there are as many more as members could end up there,
// and one that stays free.
void field_table::finish(void (*reset)(void* object, unsigned member)) {
    reset_ = reset;
    const auto size = std::bit_ceil(std::max<std::size_t>(8, entries_.size() * 16));
    shift_ = 64 - static_cast<unsigned>(std::countr_zero(size));
    slots_.assign(size + entries_.size() + 1, {});
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        const auto hash = entries_[i].key.hash();
        auto at = hash >> shift_;
        while (slots_[at].tag != 0) ++at;
        slots_[at] = {tag_of(hash), static_cast<std::uint8_t>(i)};
    }
    const auto start = entries_.size();
    entries_.emplace_back().follower = static_cast<unsigned>(start); // itself: there is no guess
}

} // namespace headrace::detail
