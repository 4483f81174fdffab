// SPDX-License-Identifier: BSL-1.0
#pragma once

// The program: a base chain, routes, the objects that handlers ask for, and the way from the bytes
// of an event to the bytes of its reply.

#include <headrace/base/detail/fixed_string.hpp>
#include <headrace/base/types.hpp>
#include <headrace/http/request_options.hpp>
#include <headrace/json/decode.hpp>
#include <headrace/layers/access_log.hpp>
#include <headrace/layers/deadline_guard.hpp>
#include <headrace/layers/timing.hpp>
#include <headrace/routing/extract.hpp>
#include <headrace/routing/handler.hpp>
#include <headrace/routing/middleware.hpp>
#include <headrace/routing/router.hpp>
#include <headrace/routing/routes.hpp>
#include <headrace/routing/settlement.hpp>
#include <headrace/routing/source.hpp>
#include <headrace/sources/every_source.hpp>

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace headrace {

namespace http {
class request;
}

namespace detail {

template <scope Scope, class... Layers> consteval bool has_layers_of(types<Layers...>) {
    return ((is_per_invocation<Layers> == (Scope == scope::invocation)) || ...);
}

template <class Base> erased_base erase_base(Base base) {
    erased_base out;
    if constexpr (is_chain<Base>) { // else the app says what is wrong
        out.unusable = unusable_layers<void>(base);
        out.object = any_object(std::move(base));
        using layers = typename Base::layers;
        if constexpr (has_layers_of<scope::invocation>(layers())) {
            out.around_invocation = [](void* o, call& c, service_ref inner) -> outcome {
                return static_cast<Base*>(o)->template operator()<scope::invocation>(c, inner);
            };
        }
        if constexpr (has_layers_of<scope::record>(layers())) {
            out.around_record = [](void* o, call& c, service_ref inner) -> outcome {
                return static_cast<Base*>(o)->template operator()<scope::record>(c, inner);
            };
        }
        out.layers = layers_of(layers());
    }
    return out;
}

// The base chain around a route's own layers around its handler: one call, inlined.
template <class Base, class Chain, class Service> struct composed {
    Base* base;
    Chain layers;
    Service service;
    outcome operator()(call& c) {
        const auto inner = [this](call& d) -> outcome { return layers(d, service); };
        return (*base)(c, inner);
    }
};

template <class E> consteval bool check_batches() {
    constexpr bool has_records = batch_event<E>;
    static_assert(has_records, "batches<E>() takes an event whose records are handled one by one: "
                               "sqs::event, sns::event, s3::event"
                               "  see docs/howto/batches.md");
    return has_records;
}

template <class E> consteval bool check_concurrency() {
    constexpr bool order_kept = order_of(E::about.family) != record_order::in_sequence;
    static_assert(order_kept, "the records of this source are handled in sequence, which several "
                              "at once would break; if their order does not matter, say "
                              "batches<E>(concurrency{8}, unordered_ok)"
                              "  see docs/howto/batches.md");
    return order_kept;
}

} // namespace detail

/// An app over a base chain that runs around every record (and, for per_invocation layers, around
/// every invocation). Register everything, then hand it to headrace::main or headrace::run.
///   app orders{chain{access_log{}, deadline_guard{}}};
///   orders.provide(books);
///   orders.on(sqs::queue("orders"), [](body<order> o, deps<ledger&> d) -> outcome { ... });
/// After build() it is immutable; handlers and layers may run in several threads at once.
/// A function can return it; what it borrows (provide(), the stores and sinks of layers) outlives
/// it there, too. It is not moved while it handles something, and what was moved from takes no
/// routes.
template <class Base = chain<>> class app final : public router {
    static_assert(detail::is_chain<Base>,
                  "an app stands over a chain: app orders{chain{access_log{}, deadline_guard{}}}"
                  "  see docs/howto/middleware.md");

public:
    app()
        requires std::is_default_constructible_v<Base>
        : app(Base()) {}
    explicit app(Base base) : router(detail::erase_base(std::move(base)), detail::every_source) {}

    /// Adds a route: what it takes, optionally layers around it, and the handler.
    template <class M, class F> app& on(M takes, F handler) {
        return on(std::move(takes), chain<>(), std::move(handler));
    }
    template <class M, class Chain, class F> app& on(M takes, Chain layers, F handler) {
        if constexpr (detail::check_route<M, Chain, F>()) {
            using bound = decltype(detail::bind<M>(std::move(handler)));
            if constexpr (!std::is_void_v<bound>
                          && detail::check_phases_of(typename Base::layers{},
                                                     typename Chain::layers{})) {
                add_entry(detail::entry_of(std::move(takes), std::move(layers), std::move(handler),
                                           [this](Chain around, bound inner) {
                                               return detail::composed<Base, Chain, bound>{
                                                   base_layers(), std::move(around),
                                                   std::move(inner)};
                                           }));
            }
        }
        return *this;
    }

    /// Adds the routes of another source file behind the base chain, as a group if wanted: under a
    /// path, with layers around each of them, or with both. From the outside in, the layers are
    /// those of the base chain, of the group, of a group in it, and of the route.
    ///   orders.add(http_routes());
    ///   orders.add("/admin", chain{authenticate{}}, admin_routes());
    app& add(routes group) { return add_group({}, chain<>(), std::move(group)); }
    app& add(path_prefix under, routes group) {
        return add_group(under.text(), chain<>(), std::move(group));
    }
    template <class Chain>
        requires(!std::is_convertible_v<Chain, const char*>)
    app& add(Chain layers, routes group) {
        return add_group({}, std::move(layers), std::move(group));
    }
    template <class Chain> app& add(path_prefix under, Chain layers, routes group) {
        return add_group(under.text(), std::move(layers), std::move(group));
    }

    /// How the batches of an event type are handled; one record after the other where this says
    /// nothing.
    ///   orders.batches<sqs::event>({.all_failed = when_all_failed::fail});
    ///   orders.batches<sqs::event>(concurrency{8});      // FIFO: groups beside each other
    template <class E> app& batches(batch_options options) {
        if constexpr (detail::check_batches<E>()) {
            set_option(detail::id_of<E>, detail::any_object(batch_policy{.options = options}));
        }
        return *this;
    }
    template <class E> app& batches(concurrency workers, batch_options options = {}) {
        if constexpr (detail::check_batches<E>() && detail::check_concurrency<E>()) {
            set_option(detail::id_of<E>,
                       detail::any_object(batch_policy{workers.most, false, options}));
        }
        return *this;
    }
    /// The same where the order of the records, which the source promises, does not matter.
    template <class E>
    app& batches(concurrency workers, unordered_ok_t, batch_options options = {}) {
        if constexpr (detail::check_batches<E>()) {
            set_option(detail::id_of<E>,
                       detail::any_object(batch_policy{workers.most, true, options}));
        }
        return *this;
    }

    /// How requests are read where their events do not say it.
    ///   orders.requests({.stage = http::stage_in_path::yes});
    app& requests(const http::request_options& options) {
        set_option(detail::id_of<http::request>, detail::any_object(options));
        return *this;
    }

    /// What takes the records and requests that no route takes. It can ask for call, context,
    /// workspace and dependencies.
    template <class F> app& fallback(F handler) {
        using matcher_type = detail::fallback_matcher;
        using bound = decltype(detail::bind<matcher_type>(std::move(handler)));
        if constexpr (!std::is_void_v<bound>) {
            set_fallback(
                {nullptr,
                 {},
                 {},
                 &bound::needs,
                 detail::erased_service(detail::composed<Base, chain<>, bound>{
                     base_layers(), chain<>(), detail::bind<matcher_type>(std::move(handler))})},
                detail::all_operations());
        }
        return *this;
    }

    /// Makes an object available to handlers that ask for deps<T&> or deps<const T&>. The app
    /// borrows it: it must outlive the app. Handlers of several threads share it.
    template <class T> app& provide(T& object) {
        add_dependency(dependencies::entry_for(object));
        return *this;
    }
    /// The same for those that ask for deps<keyed<"key", T&>>: several objects have one type.
    ///   orders.provide<"audit">(audit_books);
    template <detail::fixed_string Key, class T> app& provide(T& object) {
        add_dependency(dependencies::entry_for(object, Key.view()));
        return *this;
    }
    template <class T>
        requires(!std::is_reference_v<T>)
    app& provide(T&&) {
        detail::check_named<T>();
        return *this;
    }
    template <detail::fixed_string Key, class T>
        requires(!std::is_reference_v<T>)
    app& provide(T&&) {
        detail::check_named<T>();
        return *this;
    }

private:
    template <class Chain> app& add_group(std::string_view prefix, Chain layers, routes group) {
        if constexpr (detail::check_group<Chain>()) {
            if constexpr (detail::check_phases_of(typename Base::layers{},
                                                  typename Chain::layers{})) {
                using shared = detail::shared_chain<Chain>;
                using composed = detail::composed<Base, shared, detail::erased_service>;
                detail::put_together(group.entries(), prefix, std::move(layers),
                                     [this](const shared& around, detail::erased_service inner) {
                                         return composed{base_layers(), around, std::move(inner)};
                                     });
                for (auto& entry : group.entries()) add_entry(std::move(entry));
            }
        }
        return *this;
    }
    Base* base_layers() noexcept { return static_cast<Base*>(base_object()); }
};

app() -> app<chain<>>;
template <class... Layers> app(chain<Layers...>) -> app<chain<Layers...>>;

} // namespace headrace
