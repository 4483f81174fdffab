// SPDX-License-Identifier: BSL-1.0
#pragma once

// Where do errors live that may not be there? On the heap: what can fail stays small, and what
// becomes of errors is compiled once.

#include <utility>

namespace headrace {

struct error;

namespace detail {

/// Owns an error, or nothing.
class error_box {
public:
    error_box() noexcept = default;
    explicit error_box(headrace::error&& e);
    error_box(const error_box& other);
    error_box(error_box&& other) noexcept : error_(std::exchange(other.error_, nullptr)) {}
    error_box& operator=(error_box other) noexcept {
        std::swap(error_, other.error_);
        return *this;
    }
    ~error_box() {
        if (error_ != nullptr) destroy();
    }
    [[nodiscard]] headrace::error* get() const noexcept { return error_; }
    [[nodiscard]] headrace::error& operator*() const noexcept { return *error_; }
    [[nodiscard]] headrace::error* operator->() const noexcept { return error_; }
    friend bool operator==(const error_box& a, const error_box& b) noexcept { return a.same(b); }

private:
    void destroy() noexcept;
    [[nodiscard]] bool same(const error_box& other) const noexcept;
    headrace::error* error_ = nullptr;
};

} // namespace detail
} // namespace headrace
