// SPDX-License-Identifier: BSL-1.0
#pragma once

// An exception of a library is no bug of ours: which error is it?

#include <headrace/base/detail/caught.hpp>
#include <headrace/base/error.hpp>
#include <headrace/base/result.hpp>
#include <headrace/routing/detail/attempt.hpp>
#include <headrace/routing/middleware.hpp>

#include <concepts>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace headrace {

namespace detail {

/// Nested exceptions that are looked into.
inline constexpr int deepest_nesting = 8;

template <class E, class F> consteval bool check_classifier() {
    constexpr bool answers = requires(const F& f, const E& thrown) {
        { f(thrown) } -> std::convertible_to<std::optional<error>>;
    };
    static_assert(answers, "on_exception<E>(f) calls f(const E&), which returns an error, or "
                           "std::optional<error> where it may not know; f is const"
                           "  see docs/howto/resilience.md");
    return answers;
}

// A failure carries an error already; a rule for all exceptions leaves it alone.
template <class E> bool is_classified(const E& thrown) noexcept {
    if constexpr (std::is_polymorphic_v<E> && !std::is_base_of_v<failure, E>) {
        return dynamic_cast<const failure*>(&thrown) != nullptr;
    } else {
        return false;
    }
}

/// What `classify` says of the exception that is being handled, or of those that are nested in it.
template <class E, class F>
std::optional<error> classify_current(const F& classify, int depth = 0) {
    try {
        throw;
    } catch (const E& thrown) {
        if (is_classified(thrown)) return std::nullopt;
        std::optional<error> said = classify(thrown);
        if (said && said->type.empty()) said->type = caught_error().type;
        if (said) return said;
    } catch (...) {}
    if (depth == deepest_nesting) return std::nullopt;
    try {
        throw;
    } catch (const std::nested_exception& outer) {
        if (outer.nested_ptr() == nullptr) return std::nullopt;
        try {
            outer.rethrow_nested();
        } catch (...) {
            return classify_current<E>(classify, depth + 1);
        }
    } catch (...) {}
    return std::nullopt;
}

} // namespace detail

/// Made by on_exception().
template <class E, class F> class exception_rule {
    static_assert(detail::check_classifier<E, F>());

public:
    constexpr explicit exception_rule(F classify) : classify_(std::move(classify)) {}

    outcome operator()(call& c, auto&& next) const {
        return run(c.context(), [&]() -> outcome { return next(c); });
    }
    /// Runs f(const context&) or f(): a result, an outcome, or a value that becomes a result.
    template <class Work> detail::ran<Work> run(const context& ctx, Work&& f) const {
        try {
            return detail::attempt(f, ctx);
        } catch (...) {
            if (auto said = detail::classify_current<E>(classify_)) {
                return detail::ran<Work>(*std::move(said));
            }
            throw;
        }
    }

private:
    F classify_;
};

/// A layer that turns exceptions of type E, or derived from it, or of that type and nested in
/// another one, into the error that f(const E&) returns: so a retry, a breaker and the source's
/// table see something transient or permanent, and not a bug. f may return std::optional<error>,
/// and nullopt lets the exception pass; so does everything else that is thrown. `error::type` is
/// the name of the exception's type, unless f sets it. f is called by several threads at once.
///
/// It belongs inside of the layers that act on the error, so that they see it; several may stand in
/// a chain, and the innermost that knows the exception decides. A headrace::failure carries an
/// error already and passes, unless E is failure itself. Works around any callable as well.
///   const auto deadlocks = on_exception<sql::deadlock>([](const sql::deadlock& e) {
///       return error::transient(e.what());
///   });
///   orders.on(sqs::queue("orders"), chain{retry{}, deadlocks}, ...);
///   auto rows = deadlocks.run(ctx, [&] { return db.query("..."); });
template <class E, class F> [[nodiscard]] constexpr exception_rule<E, F> on_exception(F f) {
    return exception_rule<E, F>(std::move(f));
}

} // namespace headrace
