// SPDX-License-Identifier: BSL-1.0
// expect: a fallback takes a const callable of the error, or of the call and the error
// expect: see docs/howto/resilience.md
#include <headrace/layers/fallback.hpp>

using namespace headrace;

int main() {
    fallback good{[](const error& e) -> outcome { return e; }};
    (void)good;
#ifndef HAPPY
    fallback bad{[]() -> outcome { return {}; }}; // offending line
    (void)bad;
#endif
}
