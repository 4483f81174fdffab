// SPDX-License-Identifier: BSL-1.0
// expect: it is shared: chain{use{breaker}}
#include <headrace/circuit_breaker.hpp>
#include <headrace/use.hpp>

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
