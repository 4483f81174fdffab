// SPDX-License-Identifier: BSL-1.0
#pragma once

// How do several routes share one layer's state? By naming the one object.

#include <headrace/routing/middleware.hpp>

#include <utility>

namespace headrace {

/// A layer that stands for an object of yours: a circuit_breaker, bulkhead or rate_limit, or any
/// layer with state of your own. Copies of it, in any number of routes, are that object, which must
/// outlive the app; layers run in several threads at once.
///   circuit_breaker ledger_breaker;
///   orders.on(sqs::queue("orders"), chain{retry{}, use{ledger_breaker}}, ...);
///   orders.on(http::post("/orders"), chain{use{ledger_breaker}}, ...);
template <class Layer> class use {
public:
    static constexpr headrace::phase phase = detail::phase_of<Layer>();

    constexpr explicit use(Layer& shared) noexcept : shared_(&shared) {}

    outcome operator()(call& c, auto&& next) const
        requires middleware<Layer>
    {
        return (*shared_)(c, std::forward<decltype(next)>(next));
    }

private:
    Layer* shared_;
};
template <class Layer> use(Layer&) -> use<Layer>;

template <class Layer> class use<detail::unnamed<Layer>> : public detail::refused_layer {
    static_assert(detail::check_named<Layer>());

public:
    constexpr explicit use(Layer&&) noexcept {}
};
template <class Layer>
    requires detail::temporary_for<Layer, use>
use(Layer&&) -> use<detail::unnamed<Layer>>;

} // namespace headrace
