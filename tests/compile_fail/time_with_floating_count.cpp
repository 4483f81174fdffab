// SPDX-License-Identifier: BSL-1.0
// expect: a time with a floating-point count has no exact text; use an integer duration
// expect: see docs/reference/json/time.md
#include <headrace/json/decode.hpp>
#include <headrace/json/time.hpp>

using seconds = std::chrono::duration<double>;

int main() {
    (void)headrace::encode(std::chrono::sys_seconds());
#ifndef HAPPY
    (void)headrace::encode(std::chrono::sys_time<seconds>()); // offending line
#endif
}
