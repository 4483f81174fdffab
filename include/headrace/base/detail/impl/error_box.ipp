// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/error_box.hpp>
#include <headrace/base/error.hpp>

namespace headrace::detail {

error_box::error_box(headrace::error&& e) : error_(new headrace::error(std::move(e))) {}

error_box::error_box(const error_box& other)
    : error_(other.error_ == nullptr ? nullptr : new headrace::error(*other.error_)) {}

void error_box::destroy() noexcept { delete error_; }

bool error_box::same(const error_box& other) const noexcept {
    if (error_ == nullptr || other.error_ == nullptr) return error_ == other.error_;
    return *error_ == *other.error_;
}

} // namespace headrace::detail
