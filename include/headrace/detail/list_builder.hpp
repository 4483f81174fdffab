// SPDX-License-Identifier: BSL-1.0
#pragma once

// Where is a list put whose length is not known yet? Most lists of events have one element, which
// is read where it stays; a longer one grows on the scratch stack and is copied to the arena once.

#include <headrace/workspace.hpp>

#include <cstddef>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

namespace headrace::detail {

template <class T> class list_builder {
    static_assert(std::is_trivially_copyable_v<T>);

public:
    explicit list_builder(workspace& memory) noexcept : memory_(memory) {}
    list_builder(const list_builder&) = delete;
    list_builder& operator=(const list_builder&) = delete;
    ~list_builder() {
        if (size_ > 1) memory_.scratch().pop(from_);
    }

    /// The next element, default constructed. It does not move until the next one is asked for.
    [[nodiscard]] T& next() {
        if (size_ == 0) {
            size_ = 1;
            return *(first_ = ::new (memory_.memory().template room_for<T>(1)) T());
        }
        auto& scratch = memory_.scratch();
        if (size_ == 1) {
            from_ = scratch.position();
            *scratch.template push<T>() = *first_;
        }
        ++size_;
        return *scratch.template push<T>();
    }
    /// All of them, in the arena.
    [[nodiscard]] std::span<const T> finish() {
        if (size_ == 0) return empty_list<T>();
        if (size_ == 1) return {first_, 1};
        auto* list = memory_.memory().template room_for<T>(size_);
        memory_.scratch().template pop_into<T>(from_, list, size_);
        return {list, std::exchange(size_, 0)};
    }

private:
    workspace& memory_;
    scratch_stack::mark from_{};
    T* first_ = nullptr;
    std::size_t size_ = 0;
};

} // namespace headrace::detail
