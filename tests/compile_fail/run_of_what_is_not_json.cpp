// SPDX-License-Identifier: BSL-1.0
// expect: the T of run<T> cannot be read from JSON
#include <headrace/idempotency.hpp>

using namespace headrace;
using idempotency::run;

struct plain {
    int number = 0;
};

void handle(idempotency::store& seen, const context& ctx) {
    const idempotency::operation what{"op"};
    (void)run<int>(
        seen, what, [] { return 1; }, ctx);
#ifndef HAPPY
    const auto f = [] { return plain(); };
    (void)run<plain>(seen, what, f, ctx); // offending line
#endif
}
