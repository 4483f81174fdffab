// SPDX-License-Identifier: BSL-1.0
// expect: these layers stand in the wrong order
// expect: limit, retry, breaker, timeout, chaos
#include <headrace/layers/bulkhead.hpp>
#include <headrace/layers/circuit_breaker.hpp>
#include <headrace/layers/retry.hpp>
#include <headrace/layers/timeout.hpp>
#include <headrace/routing/use.hpp>

using namespace headrace;

int main() {
    circuit_breaker breaker;
    bulkhead places;
    chain good{use{places}, retry{}, use{breaker}, timeout{std::chrono::seconds(2)}};
    (void)good;
#ifndef HAPPY
    chain bad{timeout{std::chrono::seconds(2)}, retry{}, use{breaker}}; // offending line
    (void)bad;
#endif
}
