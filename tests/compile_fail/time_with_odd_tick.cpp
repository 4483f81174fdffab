// SPDX-License-Identifier: BSL-1.0
// expect: a time's tick is a multiple of a second, or a part of it down to a nanosecond
// expect: see docs/reference/json/time.md
#include <headrace/json/decode.hpp>
#include <headrace/json/time.hpp>

using thirds = std::chrono::duration<long, std::ratio<1, 3>>;
using frames = std::chrono::duration<long, std::ratio<1001, 30000>>;

int main() {
    (void)headrace::encode(std::chrono::sys_time<thirds>());
#ifndef HAPPY
    (void)headrace::encode(std::chrono::sys_time<frames>()); // offending line
#endif
}
