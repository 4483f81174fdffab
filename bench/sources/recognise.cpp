// SPDX-License-Identifier: BSL-1.0
// What does it cost to know 170 sources? They are those of the test; the floor is recognise(),
// which knows the real ones.

#include "events.hpp"
#include "measure.hpp"
#include "sources/many_sources.hpp"
#include "suites.hpp"

#include <headrace/json/workspace.hpp>
#include <headrace/sources/detail/scanner.hpp>
#include <headrace/sources/recognise.hpp>

#include <benchmark/benchmark.h>

namespace headrace::bench {

namespace {

constexpr auto many = detail::recognise::table_of<many_sources::list>;

void recognise_among_many(benchmark::State& state, const measured_event& e) {
    workspace memory;
    const auto d = memory.load(e.json);
    if (!d) return state.SkipWithError("not indexed");
    const auto among = [&] { return detail::recognise::scanner<many>(*d).run(d->index); };
    if (among() == detail::recognise::no_source) return state.SkipWithError("not recognised");
    measure_against(
        state, [&] { benchmark::DoNotOptimize(recognise(*d)); },
        [&] { benchmark::DoNotOptimize(among()); });
}

} // namespace

void register_recognise() {
    for (const auto& e : events()) {
        add("recognise-many/" + e.name,
            [&e](benchmark::State& state) { recognise_among_many(state, e); });
    }
}

} // namespace headrace::bench
