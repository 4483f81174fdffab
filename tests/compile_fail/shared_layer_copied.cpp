// SPDX-License-Identifier: BSL-1.0
// expect: it is shared: chain{use{breaker}}
#include <headrace/layers/circuit_breaker.hpp>
#include <headrace/routing/use.hpp>

using namespace headrace;

int main() {
    circuit_breaker breaker;
    chain good{use{breaker}};
    (void)good;
#ifndef HAPPY
    chain bad{breaker}; // offending line
    (void)bad;
#endif
}
