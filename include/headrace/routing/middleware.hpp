// SPDX-License-Identifier: BSL-1.0
#pragma once

// Layers around a handler. A layer is any callable outcome(call&, auto&& next); chain{a, b, c} runs
// them in reading order, the only order there is, and inlines away.

#include <headrace/base/types.hpp>
#include <headrace/routing/call.hpp>
#include <headrace/routing/outcome.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace headrace {

/// What a layer can expect of `next`: the archetype that every layer is checked against, alone.
struct any_next {
    outcome operator()(call&) const;
};

/// A layer. Code before `next(c)` runs on the way in, code after it on the way out; a layer that
/// does not call `next` answers itself, one that calls it again retries. One that knows already
/// that it cannot work says so: an optional `result<void> usable() const` is asked when the layer
/// is registered, and its error is one of build()'s mistakes; besides it, one of a route may have
/// `template <class Matcher> result<void> usable_on() const`.
///   struct announce {
///       outcome operator()(call& c, auto&& next) const {
///           c.context().log.info("begin", "source", c.source());
///           return next(c);
///       }
///   };
template <class M>
concept middleware = requires(M& m, call& c, any_next next) {
    { m(c, next) } -> std::same_as<outcome>;
};

/// Where a layer belongs. A chain's layers go outwards in: their phases must not fall.
/// Layers of the user's own have no phase and may stand anywhere.
enum class phase : std::uint8_t {
    none,
    observe,     ///< logs, metrics: sees everything
    dead_letter, ///< where rejected records go
    fallback,    ///< another answer for a failure
    deadline,    ///< does not start what cannot end in time
    idempotency, ///< one claim covers all attempts
    limit,       ///< rate limits and bulkheads
    retry,       ///< and hedges
    breaker,     ///< sees every attempt
    timeout,     ///< of one attempt
    chaos,       ///< faults for tests
};

/// Runs a layer of the base chain once around the whole invocation instead of around each record.
/// Such layers come first in the base chain.
template <class M> struct per_invocation {
    M layer;
};
template <class M> per_invocation(M) -> per_invocation<M>;

namespace detail {

/// Stands in for the type of what a layer was to borrow and cannot: a temporary, a store that is
/// none. Such a layer is a refused_layer with a message, so that the message is all that is said.
template <class T> struct unnamed {};
struct refused_layer {
    outcome operator()(call& c, auto&& next) const { return next(c); }
};
template <class T, template <class...> class Of> inline constexpr bool is_a = false;
template <class... A, template <class...> class Of> inline constexpr bool is_a<Of<A...>, Of> = true;
/// A temporary where an Of borrows an object; another Of is copied.
template <class T, template <class...> class Of>
concept temporary_for = !std::is_reference_v<T> && !is_a<std::remove_const_t<T>, Of>;

template <class T> consteval bool check_named() {
    constexpr bool has_a_name = std::is_lvalue_reference_v<T>;
    static_assert(has_a_name, "what is borrowed has a name and outlives the app, and this is a "
                              "temporary: not  dead_letter{memory_sink{}}  but  memory_sink "
                              "rejected;  and then  dead_letter{rejected}"
                              "  see docs/howto/middleware.md");
    return true; // one mistake, one message
}

template <class> inline constexpr bool is_per_invocation = false;
template <class M> inline constexpr bool is_per_invocation<per_invocation<M>> = true;

template <class Layer> struct without_scope {
    using type = Layer;
};
template <class M> struct without_scope<per_invocation<M>> {
    using type = M;
};

template <class Layer> constexpr phase phase_of() {
    if constexpr (is_per_invocation<Layer>) {
        return phase_of<typename without_scope<Layer>::type>();
    } else if constexpr (requires {
                             { Layer::phase } -> std::convertible_to<headrace::phase>;
                         }) {
        return Layer::phase;
    } else {
        return headrace::phase::none;
    }
}

template <class M>
concept layer_shaped = requires(M& m, call& c, any_next next) { m(c, next); };

// True even where a message was given: one mistake, one message.
template <std::size_t Position, class Layer> consteval bool check_layer() {
    using layer = typename without_scope<Layer>::type;
    constexpr bool callable = layer_shaped<layer>;
    static_assert(callable, "a layer is callable as  outcome(call&, auto&& next)  (its position "
                            "and type are in the 'check_layer<position, type>' line)"
                            "  see docs/howto/middleware.md");
    if constexpr (callable) {
        constexpr bool answers = middleware<layer>;
        static_assert(answers, "a layer returns an outcome: the one that next returned or one of "
                               "its own (its position and type are in the 'check_layer<position, "
                               "type>' line)  see docs/howto/middleware.md");
    }
    return true;
}

// Layers around an invocation and layers around a record are two sequences.
template <class... Layers> consteval bool phases_in_order() {
    phase last[] = {phase::none, phase::none};
    bool fine = true;
    [[maybe_unused]] const auto next = [&](phase p, bool outer) {
        if (p == phase::none) return;
        if (p < last[outer]) fine = false;
        last[outer] = p;
    };
    (next(phase_of<Layers>(), is_per_invocation<Layers>), ...);
    return fine;
}

template <class... Layers> consteval bool per_invocation_first() {
    bool ended = false;
    bool fine = true;
    [[maybe_unused]] const auto next = [&](bool outer) {
        if (outer && ended) fine = false;
        if (!outer) ended = true;
    };
    (next(is_per_invocation<Layers>), ...);
    return fine;
}

template <class... Layers> consteval bool check_phases() {
    constexpr bool fine = phases_in_order<Layers...>();
    static_assert(
        fine, "these layers stand in the wrong order; from the outside in it is: observe, "
              "dead_letter, fallback, deadline, idempotency, limit, retry, breaker, timeout, chaos"
              "  see docs/howto/middleware.md");
    return fine;
}

} // namespace detail

/// Layers in the order in which they run. chain{a, b}: a sees the call first and the outcome last.
template <class... Layers> class chain {
    static_assert([]<std::size_t... I>(std::index_sequence<I...>) {
        return (detail::check_layer<I, Layers>() && ...);
    }(std::index_sequence_for<Layers...>{}));
    static_assert(detail::check_phases<Layers...>() || true); // it has said what is wrong
    static_assert(detail::per_invocation_first<Layers...>(),
                  "per_invocation{} layers run around all the others, so they come first"
                  "  see docs/howto/middleware.md");

public:
    using layers = types<Layers...>;

    constexpr explicit chain(Layers... each) : layers_(std::move(each)...) {}

    /// Runs the layers of one scope around `handler`.
    template <scope Scope = scope::record, class Handler>
    [[gnu::always_inline]] outcome operator()(call& c, Handler&& handler) {
        return run<0, Scope>(c, handler);
    }
    [[nodiscard]] constexpr std::tuple<Layers...>& each() noexcept { return layers_; }

private:
    template <std::size_t I, scope Scope, class Handler>
    [[gnu::always_inline]] outcome run(call& c, Handler& handler) {
        if constexpr (I == sizeof...(Layers)) {
            return handler(c);
        } else {
            using layer = std::tuple_element_t<I, std::tuple<Layers...>>;
            constexpr bool outer = detail::is_per_invocation<layer>;
            if constexpr (!middleware<typename detail::without_scope<layer>::type>) {
                return outcome(); // check_layer has said what is wrong with it
            } else if constexpr (outer != (Scope == scope::invocation)) {
                return run<I + 1, Scope>(c, handler);
            } else {
                const auto next = [&](call& inner) -> outcome {
                    return run<I + 1, Scope>(inner, handler);
                };
                if constexpr (outer)
                    return std::get<I>(layers_).layer(c, next);
                else
                    return std::get<I>(layers_)(c, next);
            }
        }
    }
    [[no_unique_address]] std::tuple<Layers...> layers_;
};

template <class... Layers> chain(Layers...) -> chain<Layers...>;

namespace detail {
template <class> inline constexpr bool is_chain = false;
template <class... Layers> inline constexpr bool is_chain<chain<Layers...>> = true;

template <class... A, class... B> consteval bool check_phases_of(types<A...>, types<B...>) {
    return check_phases<A..., B...>();
}
} // namespace detail

} // namespace headrace
