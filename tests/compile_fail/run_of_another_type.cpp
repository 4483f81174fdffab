// SPDX-License-Identifier: BSL-1.0
// expect: run<T>(...) does something that returns a T or a result<T>
#include <headrace/idempotency.hpp>

using namespace headrace;
using idempotency::run;

void handle(idempotency::store& seen, const context& ctx) {
    const idempotency::operation what{"op"};
    (void)run<int>(
        seen, what, []() -> result<int> { return 1; }, ctx);
#ifndef HAPPY
    const auto f = [] { return "1"; };
    (void)run<int>(seen, what, f, ctx); // offending line
#endif
}
