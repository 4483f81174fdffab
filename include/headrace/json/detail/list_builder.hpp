// SPDX-License-Identifier: BSL-1.0
#pragma once

// Where is a list put whose length is not known yet? It is read where it stays, at the end of the
// arena. When an element puts something behind it there, the list grows on the scratch stack from
// then on and is copied to the arena once.

#include <headrace/json/workspace.hpp>

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
        if (moved_) memory_.scratch().pop(from_);
    }

    /// The next element, default constructed. It does not move until the next one is asked for.
    [[nodiscard]] T& next() {
        auto& arena = memory_.memory();
        if (size_ == 0) {
            first_ = arena.template room_for<T>(1);
        } else if (moved_ || !arena.extend(first_ + size_, sizeof(T))) [[unlikely]] {
            return next_on_stack();
        }
        return *::new (first_ + size_++) T();
    }
    /// All of them, in the arena.
    [[nodiscard]] std::span<const T> finish() {
        if (size_ == 0) return empty_list<T>();
        if (std::exchange(moved_, false)) {
            first_ = memory_.memory().template room_for<T>(size_);
            memory_.scratch().template pop_into<T>(from_, first_, size_);
        }
        return {first_, size_};
    }

private:
    [[gnu::noinline]] T& next_on_stack() {
        auto& scratch = memory_.scratch();
        if (!std::exchange(moved_, true)) {
            from_ = scratch.position();
            for (std::size_t i = 0; i < size_; ++i) *scratch.template push<T>() = first_[i];
        }
        ++size_;
        return *scratch.template push<T>();
    }

    workspace& memory_;
    scratch_stack::mark from_{};
    T* first_ = nullptr; // in the arena
    std::size_t size_ = 0;
    bool moved_ = false; // to the scratch stack
};

} // namespace headrace::detail
