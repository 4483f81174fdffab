// SPDX-License-Identifier: BSL-1.0
#include <headrace/layers/timing.hpp>
#include <headrace/sources/s3.hpp>

#include "fakes.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <type_traits>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;

TEST_CASE("the sink is told the call, the outcome and the duration") {
    fakes::world w;
    struct line {
        std::string source;
        headrace::verdict verdict;
        std::chrono::nanoseconds took;
        bool operator==(const line&) const = default;
    };
    std::vector<line> lines;
    chain layers{timing{[&](const call& c, const outcome& o, std::chrono::nanoseconds took) {
        lines.push_back({std::string(c.source()), o.verdict(), took});
    }}};
    w.call.found().source = &s3::event::about;
    const auto slow = [&](call&) {
        w.clock.advance(3ms);
        return outcome();
    };
    const auto failing = [](call&) { return outcome::reject("no"); };
    CHECK(layers(w.call, slow).succeeded());
    CHECK(!layers(w.call, failing).succeeded());
    CHECK(lines == std::vector<line>{{"s3", verdict::ok, 3ms}, {"s3", verdict::reject, 0ns}});
}

TEST_CASE("a sink may keep what it counts") {
    fakes::world w;
    std::chrono::nanoseconds total{};
    chain layers{timing{[&total, sum = 0ns](const call&, const outcome&, auto took) mutable {
        total = sum += took;
    }}};
    for (int i = 0; i < 3; ++i) {
        CHECK(layers(w.call, [&](call&) {
                  w.clock.advance(1s);
                  return outcome();
              }).succeeded());
    }
    CHECK(total == 3s);
}

static_assert(timing<void (*)(const call&, const outcome&, std::chrono::nanoseconds)>::phase
              == phase::observe);
