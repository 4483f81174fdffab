// SPDX-License-Identifier: BSL-1.0
// What do layers cost around a handler? Empty ones, so that only the passing on is measured.
// The floor of all is the handler alone, through a pointer.
//   chain/0         as a route of an app without layers: one erased call
//   chain/5         three layers of the app and two of the route
//   chain/5-routes  the same from a `routes`: two erased calls

#include "measure.hpp"
#include "suites.hpp"

#include <headrace/app.hpp>
#include <headrace/sources/sqs.hpp>

#include <benchmark/benchmark.h>

#include <utility>

namespace headrace::bench {

namespace {

// Types of their own, as real layers are.
template <int> struct empty_layer {
    outcome operator()(call& c, auto&& next) const { return next(c); }
};
auto three_layers() { return chain{empty_layer<1>{}, empty_layer<2>{}, empty_layer<3>{}}; }
auto two_layers() { return chain{empty_layer<4>{}, empty_layer<5>{}}; }

outcome handle(const sqs::message& m) {
    benchmark::DoNotOptimize(m.message_id.data());
    return {};
}

void through(benchmark::State& state, router& app) {
    if (!app.build()) return state.SkipWithError("the app has mistakes");
    const auto world = system_platform();
    const context ctx(world, logger(world.log, world.clock, log_level::off));
    workspace memory;
    sqs::message m;
    call c(ctx, memory, app.built().objects());
    c.offer(m);
    const auto& route = app.built().route(0);
    auto* handler = &handle;
    benchmark::DoNotOptimize(handler); // from here on it may be any function
    measure_against(
        state, [&] { benchmark::DoNotOptimize(handler(m).verdict()); },
        [&] { benchmark::DoNotOptimize(route.service(c).verdict()); });
}

void without_layers(benchmark::State& state) {
    app one;
    one.on(sqs::queue("orders"), [](const sqs::message& m) { return handle(m); });
    through(state, one);
}

void five_layers(benchmark::State& state) {
    app one{three_layers()};
    one.on(sqs::queue("orders"), two_layers(), [](const sqs::message& m) { return handle(m); });
    through(state, one);
}

void five_layers_in_routes(benchmark::State& state) {
    routes elsewhere;
    elsewhere.on(sqs::queue("orders"), two_layers(),
                 [](const sqs::message& m) { return handle(m); });
    app one{three_layers()};
    one.add(std::move(elsewhere));
    through(state, one);
}

} // namespace

void register_chain() {
    add("chain/0", without_layers);
    add("chain/5", five_layers);
    add("chain/5-routes", five_layers_in_routes);
}

} // namespace headrace::bench
