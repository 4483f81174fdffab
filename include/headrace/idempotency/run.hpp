// SPDX-License-Identifier: BSL-1.0
#pragma once

// Do it once, around any callable inside of a handler: run<T>(store, operation, f, context).

#include <headrace/base/context.hpp>
#include <headrace/base/detail/sha256.hpp>
#include <headrace/base/result.hpp>
#include <headrace/idempotency/canonical.hpp>
#include <headrace/idempotency/operation.hpp>
#include <headrace/idempotency/store.hpp>
#include <headrace/idempotency/transaction.hpp>
#include <headrace/json/decode.hpp>

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace headrace::idempotency {

/// Which operation run() is to do once: its name and the values that tell it from others of that
/// name, each a text, a number, a bool or a type that can be written as JSON.
///   operation{"charge", o->id}
///   operation{"mail", now.downstream_key("mail")}
///   operation{"charge", o->id}.asked_for(*o)      // the same key with another order is refused
class operation {
public:
    template <class... Values>
    explicit operation(std::string_view name, const Values&... values) : name_(name) {
        values_.array(sizeof...(Values));
        (add_key(values), ...);
    }
    /// What the operation is asked to do, for the fingerprint that is compared.
    template <class T> [[nodiscard]] operation asked_for(const T& payload) && {
        canonical bytes;
        add(bytes, payload);
        fingerprint_ = detail::sha256_hex(bytes.bytes());
        return std::move(*this);
    }

    [[nodiscard]] std::string_view name() const noexcept { return name_; }
    /// The canonical bytes of the array of the values.
    [[nodiscard]] std::string_view values() const noexcept { return values_.bytes(); }
    /// Empty: everything is the same.
    [[nodiscard]] const std::string& fingerprint() const noexcept { return fingerprint_; }
    /// Errors: invalid, if a value is missing (an empty optional or text, or nothing but these):
    /// operations that differ only in it would share a key.
    [[nodiscard]] const result<void>& readable() const noexcept { return readable_; }

private:
    template <class V> void add_key(const V& value) {
        if constexpr (requires { value.has_value(); }) {
            if (!value.has_value()) return miss();
            add_key(*value);
        } else if constexpr (std::is_convertible_v<const V&, std::string_view>) {
            if (std::string_view(value).empty()) return miss();
            values_.text(value);
        } else {
            add(values_, value);
        }
    }
    template <class V> void add(canonical& to, const V& value) {
        if constexpr (std::same_as<V, bool>)
            to.boolean(value);
        else if constexpr (std::integral<V>)
            to.integer(value);
        else if constexpr (std::is_convertible_v<const V&, std::string_view>)
            to.text(value);
        else
            add_json(to, encode(value));
    }
    void add_json(canonical& to, std::string_view json);
    void miss();

    std::string name_;
    canonical values_;
    std::string fingerprint_;
    result<void> readable_;
};

/// What run() calls this operation in its store: for reconcile() and store::find(). Of the options
/// the version and the tenant count, of the context tenant_id. Precondition: what.readable().
[[nodiscard]] identity identity_of(const operation& what, const context& ctx,
                                   const options& how = {});

} // namespace headrace::idempotency

namespace headrace::detail {

/// What run() is to do, without its type.
struct operation_body {
    void* object;
    outcome (*run)(void* object, const idempotency::current& now, const context& own);
    type_id store_type = nullptr; ///< of transactional{}, with its store
    void* store = nullptr;
    bool returns_nothing = false;
};

/// The result's JSON.
[[nodiscard]] result<std::string> run_operation(idempotency::store& in,
                                                const idempotency::operation& what,
                                                operation_body body, const context& ctx,
                                                const idempotency::options& how);

template <class T> consteval bool can_be_kept() {
    constexpr bool can_be_read = std::is_void_v<T> || makeable<T>;
    static_assert(can_be_read, "the T of run<T> cannot be read from JSON: give it a default "
                               "constructor and a wire list, or specialise headrace::codec<T>"
                               "  see docs/howto/types.md");
    return can_be_read;
}

/// Of a result that is there, but no T.
[[nodiscard]] error unreadable_kept(error why, const idempotency::store& in,
                                    const idempotency::operation& what, const context& ctx,
                                    const idempotency::options& how);

template <class T>
auto decode_kept(const result<std::string>& json, const idempotency::store& in,
                 const idempotency::operation& what, const context& ctx,
                 const idempotency::options& how) {
    if constexpr (std::is_void_v<T>) {
        return json ? result<void>() : result<void>(json.error());
    } else if constexpr (!can_be_kept<T>()) {
        return result<T>(error::bug("it cannot be read"));
    } else {
        if (!json) return result<decoded<T>>(json.error());
        auto read = decode<T>(*json);
        if (read) return read;
        return result<decoded<T>>(unreadable_kept(std::move(read).error(), in, what, ctx, how));
    }
}

template <class F>
decltype(auto) call_body(F& f, const idempotency::current& now, const context& own) {
    using idempotency::current;
    constexpr bool with_both = std::is_invocable_v<F&, const current&, const context&>;
    constexpr bool with_current = std::is_invocable_v<F&, const current&>;
    constexpr bool with_context = std::is_invocable_v<F&, const context&>;
    constexpr bool callable = with_both || with_current || with_context || std::is_invocable_v<F&>;
    static_assert(callable, "run() calls f(), f(current), f(const context&) or f(current, const "
                            "context&); with transactional{store} it calls f(transaction<Store>)"
                            "  see docs/howto/idempotency.md");
    if constexpr (with_both)
        return f(now, own);
    else if constexpr (with_current)
        return f(now);
    else if constexpr (with_context)
        return f(own);
    else if constexpr (callable)
        return f();
}

template <class T, class F> outcome outcome_of_nothing(F f) {
    constexpr bool right = std::is_void_v<T>;
    static_assert(right, "run<T>(...) does something that returns a T or a result<T>; what returns "
                         "nothing is run<void>(...)  see docs/howto/idempotency.md");
    f();
    return {};
}

template <class T, class R> outcome outcome_of_body(R&& made) {
    using plain = std::remove_cvref_t<R>;
    if constexpr (is_result_v<plain>) {
        if (!made) return outcome(std::forward<R>(made).error());
        if constexpr (std::is_same_v<plain, result<void>>)
            return outcome_of_nothing<T>([] {});
        else
            return outcome_of_body<T>(*std::forward<R>(made));
    } else if constexpr (std::same_as<plain, error>) {
        return outcome(std::forward<R>(made));
    } else {
        constexpr bool right = std::same_as<plain, T>;
        static_assert(right, "run<T>(...) does something that returns a T or a result<T>"
                             "  see docs/howto/idempotency.md");
        if constexpr (right && readable<T>) return outcome(json_reply{encode(made)});
    }
}

} // namespace headrace::detail

namespace headrace::idempotency {

/// Does f once for each operation, as idempotent{} does it with a handler, and gives back what the
/// store has kept of its result, decoded: on the first call and on every later one alike. f returns
/// a T or a result<T>, which can be written and read as JSON, and may take `current` (attempt,
/// downstream keys) and a `const context&`, whose stop signal asks when the operation is lost.
/// A T with views may borrow from what outlives f, not from f.
///   auto charged = idempotency::run<receipt>(seen, idempotency::operation{"charge", o->id},
///                                            [&] { return bank.charge(*o); }, ctx);
///   if (!charged) return charged.error();
/// run<void> is for what returns nothing, a void or a result<void>, and gives a result<void>.
/// Errors: those of f; conflict with `after` while another attempt is at work (when_in_progress
/// says whether to wait before; defer is the same as reject); invalid (422) for another payload;
/// permanent for an operation that is unknown, or whose result was too long to be kept; those of
/// the store, which become transient where their class would reject a record. Thread-safe if f is.
template <class T, class F>
[[nodiscard]] auto run(store& in, const operation& what, F f, const context& ctx,
                       const options& how = {}) {
    const auto body = [](void* object, const current& now, const context& own) -> outcome {
        auto& call = *static_cast<F*>(object);
        if constexpr (std::is_void_v<decltype(detail::call_body(call, now, own))>)
            return detail::outcome_of_nothing<T>([&] { detail::call_body(call, now, own); });
        else
            return detail::outcome_of_body<T>(detail::call_body(call, now, own));
    };
    return detail::decode_kept<T>(
        detail::run_operation(
            in, what, {.object = &f, .run = body, .returns_nothing = std::is_void_v<T>}, ctx, how),
        in, what, ctx, how);
}

/// The same in one transaction with what f does in the store's database: f takes the
/// transaction<S> and returns what its run() or commit() has returned.
template <class T, class S, class F>
[[nodiscard]] auto run(transactional<S> in, const operation& what, F f, const context& ctx,
                       const options& how = {}) {
    const auto body = [](void* object, const current& now, const context&) -> outcome {
        return (*static_cast<F*>(object))(*now.template transaction_in<S>());
    };
    return detail::decode_kept<T>(
        detail::run_operation(in.get(), what,
                              {&f, body, detail::id_of<S>, &in.get(), std::is_void_v<T>}, ctx, how),
        in.get(), what, ctx, how);
}

} // namespace headrace::idempotency
