// SPDX-License-Identifier: BSL-1.0
// expect: number_text<T> is for integers and double
// expect: see docs/reference/json/text.md
#include <headrace/json/text.hpp>

int main() {
    headrace::number_text<int> good("12");
    (void)good;
#ifndef HAPPY
    headrace::number_text<bool> bad("true"); // offending line
    (void)bad;
#endif
}
