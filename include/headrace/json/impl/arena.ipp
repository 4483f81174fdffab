// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/json/arena.hpp>

#include <algorithm>

namespace headrace {

namespace detail::arena_sizes {
inline constexpr std::size_t smallest_block = 16 * 1024;
}

arena& arena::operator=(arena&& other) noexcept {
    if (this != &other) {
        destroy_all();
        at_ = std::exchange(other.at_, nullptr);
        end_ = std::exchange(other.end_, nullptr);
        blocks_ = std::exchange(other.blocks_, {});
        ends_ = std::exchange(other.ends_, nullptr);
    }
    return *this;
}

arena::~arena() { destroy_all(); }

void arena::add_block(std::size_t size) {
    blocks_.push_back({std::make_unique_for_overwrite<std::byte[]>(size + padding), size});
    at_ = blocks_.back().bytes.get();
    end_ = at_ + size;
}

void* arena::take_from_new_block(std::size_t bytes, std::size_t alignment) {
    add_block(std::max({bytes + alignment, capacity(), detail::arena_sizes::smallest_block}));
    return take(bytes, alignment);
}

void arena::destroy_all() noexcept {
    for (; ends_ != nullptr; ends_ = ends_->next) ends_->destroy(ends_->object);
}

void arena::reset() noexcept {
    destroy_all();
    if (blocks_.size() > 1) {
        const std::size_t all = capacity();
        release();
        try {
            add_block(all);
        } catch (const std::bad_alloc&) {
            release(); // the next take() starts small again
        }
    } else if (!blocks_.empty()) {
        at_ = blocks_.front().bytes.get();
    }
}

std::size_t arena::capacity() const noexcept {
    std::size_t all = 0;
    for (const auto& b : blocks_) all += b.size;
    return all;
}

void arena::release() noexcept {
    destroy_all();
    blocks_.clear();
    at_ = end_ = nullptr;
}

void scratch_stack::next_block(std::size_t bytes) {
    if (!blocks_.empty()) blocks_[current_].used = top_;
    const std::size_t next = blocks_.empty() ? 0 : current_ + 1;
    if (next == blocks_.size() || blocks_[next].size < bytes) {
        blocks_.resize(next); // what lies above was popped
        const auto size = std::max({bytes, 2 * capacity(), detail::arena_sizes::smallest_block});
        blocks_.push_back({std::make_unique_for_overwrite<std::byte[]>(size), size, nullptr});
    }
    current_ = next;
    top_ = blocks_[next].bytes.get();
    end_ = top_ + blocks_[next].size;
}

void scratch_stack::gather(mark from, std::byte* to, std::size_t n, std::size_t size,
                           std::size_t step) const noexcept {
    std::size_t b = from.block;
    const std::byte* at = from.top;
    for (std::size_t i = 0; i < n; ++i) {
        const std::byte* stop = b == current_ ? top_ : blocks_[b].used;
        if (at == stop) at = blocks_[++b].bytes.get();
        std::memcpy(to + i * size, at, size);
        at += step;
    }
}

void scratch_stack::reset() noexcept {
    pop({0, blocks_.front().bytes.get()});
    if (blocks_.size() == 1) return;
    try {
        const std::size_t all = capacity();
        auto bytes = std::make_unique_for_overwrite<std::byte[]>(all);
        blocks_.resize(1);
        blocks_.front() = {std::move(bytes), all, nullptr};
    } catch (const std::bad_alloc&) {
        return; // it works as it is, only with more blocks
    }
    pop({0, blocks_.front().bytes.get()});
}

std::size_t scratch_stack::capacity() const noexcept {
    std::size_t all = 0;
    for (const auto& b : blocks_) all += b.size;
    return all;
}

void scratch_stack::release() noexcept {
    blocks_.erase(blocks_.begin() + 1, blocks_.end());
    pop({0, blocks_.front().bytes.get()});
}

} // namespace headrace
