// SPDX-License-Identifier: BSL-1.0
#pragma once

// Where the lists and unescaped texts of one invocation live: memory that only grows while the
// invocation runs and is taken back all at once.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace headrace {

/// Bytes that the decoder may read past the end of a text without using them.
inline constexpr std::size_t padding = 128;

/// A list without elements that is not a null one: null is what an absent member leaves behind.
template <class T> [[nodiscard]] std::span<const T> empty_list() noexcept {
    // Never looked at; any aligned address that is not null.
    return {reinterpret_cast<const T*>(alignof(T)), std::size_t{0}};
}

/// A monotonic allocator. reset() keeps the memory, as one block as large as everything used, so a
/// steady state allocates nothing. Objects with destructors are destroyed by reset().
/// Not thread-safe: every worker has its own.
class arena {
public:
    arena() noexcept = default;
    arena(arena&& other) noexcept
        : at_(std::exchange(other.at_, nullptr)),
          end_(std::exchange(other.end_, nullptr)),
          blocks_(std::exchange(other.blocks_, {})),
          ends_(std::exchange(other.ends_, nullptr)) {}
    arena& operator=(arena&& other) noexcept;
    ~arena();

    /// `bytes` of uninitialised memory, followed by at least `padding` readable bytes.
    /// Throws std::bad_alloc.
    [[nodiscard]] void* take(std::size_t bytes, std::size_t alignment) {
        auto place = (reinterpret_cast<std::uintptr_t>(at_) + alignment - 1) & ~(alignment - 1);
        if (place + bytes > reinterpret_cast<std::uintptr_t>(end_)) [[unlikely]] {
            return take_from_new_block(bytes, alignment);
        }
        at_ = reinterpret_cast<std::byte*>(place + bytes);
        return reinterpret_cast<void*>(place);
    }
    /// Uninitialised room for n objects of a trivially destructible T.
    template <class T> [[nodiscard]] T* room_for(std::size_t n) {
        static_assert(std::is_trivially_destructible_v<T>);
        return static_cast<T*>(take(n * sizeof(T), alignof(T)));
    }
    /// Takes what comes behind `end` too, if that is where the last piece taken ends. False: it is
    /// not, or there is no room.
    [[nodiscard]] bool extend(const void* end, std::size_t bytes) noexcept {
        if (end != at_ || bytes > static_cast<std::size_t>(end_ - at_)) return false;
        at_ += bytes;
        return true;
    }
    /// Gives back the end of the last piece taken, down to `end`.
    void trim(const void* end) noexcept { at_ = static_cast<std::byte*>(const_cast<void*>(end)); }

    /// A copy of the text, followed by a NUL.
    [[nodiscard]] std::string_view copy(std::string_view text) {
        auto* room = static_cast<char*>(take(text.size() + 1, 1));
        if (!text.empty()) std::memcpy(room, text.data(), text.size());
        room[text.size()] = '\0';
        return {room, text.size()};
    }
    /// Moves the objects into the arena; they live until reset(). The list has data even when it is
    /// empty.
    template <class T> [[nodiscard]] std::span<const T> keep(std::vector<T>&& items) {
        if (items.empty()) return empty_list<T>();
        auto* holder = make<std::vector<T>>(std::move(items));
        return {holder->data(), holder->size()};
    }
    /// An object that lives until reset().
    template <class T, class... Args> T* make(Args&&... args) {
        if constexpr (std::is_trivially_destructible_v<T>) {
            return ::new (take(sizeof(T), alignof(T))) T(std::forward<Args>(args)...);
        } else {
            void* note = take(sizeof(end_of_life), alignof(end_of_life));
            auto* object = ::new (take(sizeof(T), alignof(T))) T(std::forward<Args>(args)...);
            ends_ = ::new (note)
                end_of_life{ends_, object, [](void* o) noexcept { static_cast<T*>(o)->~T(); }};
            return object;
        }
    }

    /// Destroys what was made and takes all memory back, for the next invocation.
    void reset() noexcept;
    /// Bytes held from the system.
    [[nodiscard]] std::size_t capacity() const noexcept;
    /// Gives all memory back to the system.
    void release() noexcept;

private:
    struct end_of_life {
        end_of_life* next;
        void* object;
        void (*destroy)(void*) noexcept;
    };
    struct block {
        std::unique_ptr<std::byte[]> bytes;
        std::size_t size;
    };
    [[gnu::noinline]] void* take_from_new_block(std::size_t bytes, std::size_t alignment);
    void add_block(std::size_t size);
    void destroy_all() noexcept;

    std::byte* at_ = nullptr;
    std::byte* end_ = nullptr;
    std::vector<block> blocks_;
    end_of_life* ends_ = nullptr;
};

/// The stack on which arrays grow until their length is known. Elements never move while they are
/// being filled, so a reference to the top stays good while nested arrays grow above it.
class scratch_stack {
public:
    struct mark {
        std::size_t block;
        std::byte* top;
    };
    scratch_stack() { next_block(0); }

    [[nodiscard]] mark position() const noexcept { return {current_, top_}; }
    template <class T> [[nodiscard]] T* push() {
        static_assert(std::is_trivially_copyable_v<T> && alignof(T) <= alignof(std::max_align_t));
        if (static_cast<std::size_t>(end_ - top_) < stride<T>) [[unlikely]]
            next_block(stride<T>);
        auto* place = top_;
        top_ += stride<T>;
        return ::new (static_cast<void*>(place)) T();
    }
    /// Copies the n elements pushed since `from` into `to` and pops them.
    template <class T> void pop_into(mark from, T* to, std::size_t n) noexcept {
        if (from.block == current_) [[likely]] {
            copy_packed<T>(from.top, to, n);
        } else {
            gather(from, reinterpret_cast<std::byte*>(to), n, sizeof(T), stride<T>);
        }
        pop(from);
    }
    void pop(mark from) noexcept {
        current_ = from.block;
        top_ = from.top;
        end_ = blocks_[current_].bytes.get() + blocks_[current_].size;
    }
    /// Pops everything. Keeps one block as large as all together, so that a steady state allocates
    /// nothing.
    void reset() noexcept;
    [[nodiscard]] std::size_t capacity() const noexcept;
    /// Pops everything and keeps the first block only.
    void release() noexcept;

private:
    static constexpr std::size_t grain = alignof(std::max_align_t);
    template <class T>
    static constexpr std::size_t stride = (sizeof(T) + grain - 1) / grain * grain;

    template <class T>
    static void copy_packed(const std::byte* from, T* to, std::size_t n) noexcept {
        if constexpr (stride<T> == sizeof(T)) {
            if (n != 0) std::memcpy(static_cast<void*>(to), from, n * sizeof(T));
        } else {
            for (std::size_t i = 0; i < n; ++i) {
                std::memcpy(static_cast<void*>(to + i), from + i * stride<T>, sizeof(T));
            }
        }
    }
    [[gnu::noinline]] void next_block(std::size_t bytes);
    [[gnu::noinline]] void gather(mark from, std::byte* to, std::size_t n, std::size_t size,
                                  std::size_t step) const noexcept;

    struct block {
        std::unique_ptr<std::byte[]> bytes;
        std::size_t size;
        std::byte* used; ///< where pushing stopped when the next block was begun
    };
    std::byte* top_ = nullptr;
    std::byte* end_ = nullptr;
    std::size_t current_ = 0;
    std::vector<block> blocks_;
};

} // namespace headrace
