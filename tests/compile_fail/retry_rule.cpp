// SPDX-License-Identifier: BSL-1.0
// expect: a retry takes a retry_policy, or a callable that is const and says how long to wait
// expect: see docs/howto/resilience.md
#include <headrace/layers/retry.hpp>

using namespace headrace;

int main() {
    retry good{{.tries = 2}};
    (void)good;
#ifndef HAPPY
    retry bad{5}; // offending line
    (void)bad;
#endif
}
