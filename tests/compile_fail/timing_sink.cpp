// SPDX-License-Identifier: BSL-1.0
// expect: timing{sink} calls  sink(const call&, const outcome&, std::chrono::nanoseconds)
#include <headrace/layers/timing.hpp>

using namespace headrace;

int main() {
    chain good{timing{[](const call&, const outcome&, std::chrono::nanoseconds) {}}};
    (void)good;
#ifndef HAPPY
    chain bad{timing{[](std::chrono::nanoseconds) {}}}; // offending line
    (void)bad;
#endif
}
