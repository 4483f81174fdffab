// SPDX-License-Identifier: BSL-1.0
#pragma once

// A value or the error that took its place: std::expected's names for C++20.

#include <headrace/error.hpp>

#include <exception>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace headrace {

/// What result::value() throws when there is no value.
class failure : public std::exception {
public:
    explicit failure(headrace::error e);
    [[nodiscard]] const char* what() const noexcept override { return what_.c_str(); }
    [[nodiscard]] const headrace::error& error() const noexcept { return error_; }

private:
    headrace::error error_;
    std::string what_;
};

[[noreturn]] void throw_failure(const headrace::error& e);

/// A T, or the error that took its place. Spelled like std::expected<T, error>.
/// An error converts to any result, so `return error::invalid("...")` is how a function fails.
template <class T> class [[nodiscard]] result {
public:
    using value_type = T;
    using error_type = headrace::error;

    result()
        requires std::is_default_constructible_v<T>
        : state_(std::in_place_index<0>) {}
    template <class U = T>
        requires(std::is_constructible_v<T, U> && !std::is_same_v<std::remove_cvref_t<U>, result>
                 && !std::is_same_v<std::remove_cvref_t<U>, headrace::error>)
    explicit(!std::is_convertible_v<U, T>) result(U&& value)
        : state_(std::in_place_index<0>, std::forward<U>(value)) {}
    result(headrace::error e) : state_(std::in_place_index<1>, std::move(e)) {}

    [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }

    /// Precondition for these: has_value().
    T& operator*() & noexcept { return *std::get_if<0>(&state_); }
    const T& operator*() const& noexcept { return *std::get_if<0>(&state_); }
    T&& operator*() && noexcept { return std::move(*std::get_if<0>(&state_)); }
    T* operator->() noexcept { return std::get_if<0>(&state_); }
    const T* operator->() const noexcept { return std::get_if<0>(&state_); }

    /// Precondition: !has_value().
    headrace::error& error() & noexcept { return *std::get_if<1>(&state_); }
    const headrace::error& error() const& noexcept { return *std::get_if<1>(&state_); }
    headrace::error&& error() && noexcept { return std::move(*std::get_if<1>(&state_)); }

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
        if (has_value()) return std::invoke(std::forward<F>(f), *std::move(*this));
        return next(std::move(*this).error());
    }
    template <class F> [[nodiscard]] auto transform(F&& f) && {
        using next = result<std::remove_cvref_t<std::invoke_result_t<F, T&&>>>;
        if (has_value()) return next(std::invoke(std::forward<F>(f), *std::move(*this)));
        return next(std::move(*this).error());
    }
    template <class F> [[nodiscard]] result or_else(F&& f) && {
        if (has_value()) return std::move(*this);
        return std::invoke(std::forward<F>(f), std::move(*this).error());
    }

    friend bool operator==(const result&, const result&) = default;

private:
    void check() const {
        if (!has_value()) throw_failure(error());
    }
    std::variant<T, headrace::error> state_;
};

/// Success without a value, or an error.
template <> class [[nodiscard]] result<void> {
public:
    using value_type = void;
    using error_type = headrace::error;

    result() noexcept = default;
    result(headrace::error e) : error_(std::move(e)) {}

    [[nodiscard]] bool has_value() const noexcept { return !error_; }
    explicit operator bool() const noexcept { return has_value(); }
    const headrace::error& error() const& noexcept { return *error_; }
    headrace::error&& error() && noexcept { return std::move(*error_); }
    void value() const {
        if (error_) throw_failure(*error_);
    }
    template <class F> [[nodiscard]] auto and_then(F&& f) && {
        using next = std::remove_cvref_t<std::invoke_result_t<F>>;
        if (has_value()) return std::invoke(std::forward<F>(f));
        return next(std::move(*this).error());
    }

    friend bool operator==(const result&, const result&) = default;

private:
    std::optional<headrace::error> error_;
};

template <class> inline constexpr bool is_result_v = false;
template <class T> inline constexpr bool is_result_v<result<T>> = true;

} // namespace headrace
