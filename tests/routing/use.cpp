// SPDX-License-Identifier: BSL-1.0
#include <headrace/routing/use.hpp>

#include "virtual_time.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace headrace;

namespace {

struct counter {
    static constexpr headrace::phase phase = headrace::phase::observe;
    counter() = default;
    counter(const counter&) = delete;
    counter& operator=(const counter&) = delete;
    int calls = 0;
    outcome operator()(call& c, auto&& next) {
        ++calls;
        return next(c);
    }
};
struct without_phase {
    outcome operator()(call& c, auto&& next) const { return next(c); }
};

} // namespace

static_assert(middleware<use<counter>> && use<counter>::phase == phase::observe);
static_assert(middleware<use<const without_phase>> && use<without_phase>::phase == phase::none);
static_assert(!middleware<use<std::string>>);

TEST_CASE("copies of a layer that uses an object are that object") {
    fakes::world w;
    counter all;
    chain one{use{all}};
    chain other = one;
    const auto handler = [](call&) { return outcome(); };
    CHECK(one(w.call, handler).succeeded());
    CHECK(other(w.call, handler).succeeded());
    CHECK(chain{use{all}, use{all}}(w.call, handler).succeeded());
    CHECK(all.calls == 4);
}
