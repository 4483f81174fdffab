// SPDX-License-Identifier: BSL-1.0
#pragma once

// Who closes a file descriptor? The object that holds it.

#include <unistd.h>

#include <utility>

namespace headrace::detail {

/// An open file descriptor, or none.
class descriptor {
public:
    descriptor() noexcept = default;
    explicit descriptor(int number) noexcept : number_(number) {}
    descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    descriptor& operator=(descriptor&& other) noexcept {
        descriptor old(std::exchange(number_, std::exchange(other.number_, -1)));
        return *this;
    }
    ~descriptor() {
        if (number_ >= 0) ::close(number_);
    }

    [[nodiscard]] int get() const noexcept { return number_; }
    explicit operator bool() const noexcept { return number_ >= 0; }

private:
    int number_ = -1;
};

} // namespace headrace::detail
