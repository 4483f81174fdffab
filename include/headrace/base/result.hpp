// SPDX-License-Identifier: BSL-1.0
#pragma once

// A value or the error that took its place: std::expected's names for C++20.

#include <headrace/base/detail/error_box.hpp>
#include <headrace/base/detail/precondition.hpp>
#include <headrace/base/error.hpp>

#include <exception>
#include <memory>
#include <new>
#include <string>
#include <type_traits>
#include <utility>

namespace headrace {

/// What result::value() throws when there is no value.
class failure : public std::exception {
public:
    explicit failure(headrace::error e);
    [[nodiscard]] const char* what() const noexcept override;
    [[nodiscard]] const headrace::error& error() const noexcept { return error_; }

private:
    headrace::error error_;
    std::string what_;
};

[[noreturn]] void throw_failure(const headrace::error& e);

namespace detail {

// std::invoke with one argument, without what <functional> costs.
template <class F, class T> decltype(auto) invoke(F&& f, T&& with) {
    if constexpr (std::is_member_object_pointer_v<std::remove_cvref_t<F>>)
        return (std::forward<T>(with).*f);
    else if constexpr (std::is_member_function_pointer_v<std::remove_cvref_t<F>>)
        return (std::forward<T>(with).*f)();
    else
        return std::forward<F>(f)(std::forward<T>(with));
}

} // namespace detail

/// A T, or the error that took its place. Spelled like std::expected<T, error>.
/// An error converts to any result, so `return error::invalid("...")` is how a function fails.
/// The error lives on the heap, so that a result is hardly larger than its T. What was moved from
/// may be assigned to and destroyed, nothing else.
/// A broken precondition ends the program with a sentence about it: always where an error is asked
/// for, and unless NDEBUG is defined where a value is.
template <class T> class [[nodiscard]] result {
public:
    using value_type = T;
    using error_type = headrace::error;

    result()
        requires std::is_default_constructible_v<T>
        : value_(), good_(true) {}
    template <class U = T>
        requires(std::is_constructible_v<T, U> && !std::is_same_v<std::remove_cvref_t<U>, result>
                 && !std::is_same_v<std::remove_cvref_t<U>, headrace::error>)
    explicit(!std::is_convertible_v<U, T>) result(U&& value)
        : value_(std::forward<U>(value)), good_(true) {}
    result(headrace::error e) : error_(std::move(e)), good_(false) {}

    result(const result& other)
        requires std::is_copy_constructible_v<T>
    {
        take(other);
    }
    result(result&& other) noexcept(std::is_nothrow_move_constructible_v<T>) {
        take(std::move(other));
    }
    result& operator=(const result& other)
        requires std::is_copy_constructible_v<T>
    {
        if (this != &other) *this = result(other);
        return *this;
    }
    result& operator=(result&& other) noexcept(std::is_nothrow_move_constructible_v<T>) {
        if (this == &other) return *this;
        drop();
        good_ = false;
        if constexpr (std::is_nothrow_move_constructible_v<T>) {
            take(std::move(other));
        } else {
            try {
                take(std::move(other));
            } catch (...) {
                ::new (static_cast<void*>(&error_)) detail::error_box();
                throw;
            }
        }
        return *this;
    }
    ~result() { drop(); }

    [[nodiscard]] bool has_value() const noexcept { return good_; }
    explicit operator bool() const noexcept { return has_value(); }

    /// Precondition for these: has_value().
    T& operator*() & noexcept { return expect_value(), value_; }
    const T& operator*() const& noexcept { return expect_value(), value_; }
    T&& operator*() && noexcept { return expect_value(), std::move(value_); }
    T* operator->() noexcept { return expect_value(), std::addressof(value_); }
    const T* operator->() const noexcept { return expect_value(), std::addressof(value_); }

    /// Precondition: !has_value().
    headrace::error& error() & noexcept { return expect_error(), *error_; }
    const headrace::error& error() const& noexcept { return expect_error(), *error_; }
    headrace::error&& error() && noexcept { return expect_error(), std::move(*error_); }

    /// The value, or throws failure.
    T& value() & { return check(), **this; }
    const T& value() const& { return check(), **this; }
    T&& value() && { return check(), *std::move(*this); }

    template <class U> [[nodiscard]] T value_or(U&& other) const& {
        return has_value() ? **this : static_cast<T>(std::forward<U>(other));
    }
    template <class U> [[nodiscard]] T value_or(U&& other) && {
        return has_value() ? *std::move(*this) : static_cast<T>(std::forward<U>(other));
    }

    template <class F> [[nodiscard]] auto and_then(F&& f) && {
        using next = std::remove_cvref_t<std::invoke_result_t<F, T&&>>;
        if (has_value()) return detail::invoke(std::forward<F>(f), *std::move(*this));
        return next(std::move(*this).error());
    }
    template <class F> [[nodiscard]] auto transform(F&& f) && {
        using next = result<std::remove_cvref_t<std::invoke_result_t<F, T&&>>>;
        if (has_value()) return next(detail::invoke(std::forward<F>(f), *std::move(*this)));
        return next(std::move(*this).error());
    }
    template <class F> [[nodiscard]] result or_else(F&& f) && {
        if (has_value()) return std::move(*this);
        return detail::invoke(std::forward<F>(f), std::move(*this).error());
    }

    friend bool operator==(const result& a, const result& b)
        requires requires(const T& value) { value == value; }
    {
        if (a.good_ != b.good_) return false;
        return a.good_ ? a.value_ == b.value_ : a.error_ == b.error_;
    }

private:
    void check() const {
        if (!has_value()) throw_failure(error());
    }
    void expect_value() const noexcept {
#ifndef NDEBUG
        if (!good_) [[unlikely]]
            detail::broken_precondition("the value of a result that is an error was asked for");
#endif
    }
    void expect_error() const noexcept {
        if (good_ || error_.get() == nullptr) [[unlikely]]
            detail::broken_precondition("the error of a result that has none was asked for");
    }
    // Where nothing is.
    template <class Other> void take(Other&& other) {
        if (other.good_)
            ::new (static_cast<void*>(std::addressof(value_))) T(std::forward<Other>(other).value_);
        else
            ::new (static_cast<void*>(&error_))
                detail::error_box(std::forward<Other>(other).error_);
        good_ = other.good_;
    }
    void drop() noexcept {
        if (good_)
            value_.~T();
        else
            error_.~error_box();
    }
    union {
        T value_;                 // NOLINT(readability-identifier-naming), private all the same
        detail::error_box error_; // NOLINT(readability-identifier-naming)
    };
    bool good_;
};

/// Success without a value, or an error.
template <> class [[nodiscard]] result<void> {
public:
    using value_type = void;
    using error_type = headrace::error;

    result() noexcept = default;
    result(headrace::error e) : error_(std::move(e)), good_(false) {}

    [[nodiscard]] bool has_value() const noexcept { return good_; }
    explicit operator bool() const noexcept { return has_value(); }
    /// Precondition: !has_value().
    const headrace::error& error() const& noexcept { return expect_error(), *error_; }
    headrace::error&& error() && noexcept { return expect_error(), std::move(*error_); }
    void value() const {
        if (!good_) throw_failure(error());
    }
    template <class F> [[nodiscard]] auto and_then(F&& f) && {
        using next = std::remove_cvref_t<std::invoke_result_t<F>>;
        if (has_value()) return std::forward<F>(f)();
        return next(std::move(*this).error());
    }

    friend bool operator==(const result&, const result&) = default;

private:
    void expect_error() const noexcept {
        if (error_.get() == nullptr) [[unlikely]]
            detail::broken_precondition("the error of a result that has none was asked for");
    }
    detail::error_box error_;
    bool good_ = true;
};

template <class> inline constexpr bool is_result_v = false;
template <class T> inline constexpr bool is_result_v<result<T>> = true;

} // namespace headrace
