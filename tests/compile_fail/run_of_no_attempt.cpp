// SPDX-License-Identifier: BSL-1.0
// expect: run(ctx, f) calls f(const context&) or f()
// expect: see docs/howto/resilience.md
#include <headrace/layers/timeout.hpp>

using namespace headrace;

int answer(const context& ctx) {
    return timeout{std::chrono::seconds(2)}.run(ctx, [] { return 17; }).value_or(0);
}
int main() {
#ifndef HAPPY
    extern const context& ctx;
    (void)timeout{std::chrono::seconds(2)}.run(ctx, [](call&) { return 17; }); // offending line
#endif
}
