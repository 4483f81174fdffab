// SPDX-License-Identifier: BSL-1.0

#include "allocations.hpp"

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

// Each thread counts on its own, since an atomic counter would weigh on what is measured.
std::atomic<std::uint64_t> by_ended_threads = 0;
thread_local constinit std::uint64_t by_this_thread = 0;

struct end_of_thread {
    ~end_of_thread() { by_ended_threads += by_this_thread; }
};

void count() {
    if (by_this_thread++ != 0) return;
    [[maybe_unused]] static thread_local const end_of_thread noticed;
}

void* counted(std::size_t size) {
    count();
    if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
    throw std::bad_alloc();
}

void* counted(std::size_t size, std::align_val_t alignment) {
    count();
    const auto unit = static_cast<std::size_t>(alignment);
    if (void* memory = std::aligned_alloc(unit, (size + unit - 1) / unit * unit)) return memory;
    throw std::bad_alloc();
}

} // namespace

std::uint64_t headrace::bench::allocation_count() noexcept {
    return by_ended_threads + by_this_thread;
}

// The other forms of new and delete call these.
void* operator new(std::size_t size) { return counted(size); }
void* operator new(std::size_t size, std::align_val_t alignment) {
    return counted(size, alignment);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
