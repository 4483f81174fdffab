// SPDX-License-Identifier: BSL-1.0
#pragma once

// Who owns an object whose type is known no more?

#include <type_traits>
#include <utility>

namespace headrace::detail {

/// Owns an object of any type, or nothing. Moves, and never copies.
class any_object {
public:
    any_object() noexcept = default;
    template <class T>
        requires(!std::is_same_v<T, any_object>)
    explicit any_object(T object)
        : object_(new T(std::move(object))),
          destroy_([](void* o) noexcept { delete static_cast<T*>(o); }) {}
    any_object(any_object&& other) noexcept
        : object_(std::exchange(other.object_, nullptr)), destroy_(other.destroy_) {}
    any_object& operator=(any_object other) noexcept {
        std::swap(object_, other.object_);
        std::swap(destroy_, other.destroy_);
        return *this;
    }
    ~any_object() {
        if (object_ != nullptr) destroy_(object_);
    }
    [[nodiscard]] void* get() const noexcept { return object_; }

private:
    void* object_ = nullptr;
    void (*destroy_)(void*) noexcept = nullptr;
};

} // namespace headrace::detail
