// SPDX-License-Identifier: BSL-1.0
// expect: what returns nothing is run<void>(...)
#include <headrace/idempotency.hpp>

using namespace headrace;
using idempotency::run;

void handle(idempotency::store& seen, const context& ctx) {
    const idempotency::operation what{"op"};
    const auto f = [] {};
    (void)run<void>(seen, what, f, ctx);
#ifndef HAPPY
    (void)run<int>(seen, what, f, ctx); // offending line
#endif
}
