// SPDX-License-Identifier: BSL-1.0
// expect: these layers stand in the wrong order
// expect: see docs/howto/middleware.md
#include <headrace/app.hpp>

using namespace headrace;

int main() {
    app good{chain{access_log{}, deadline_guard{}}};
#ifndef HAPPY
    app bad{chain{deadline_guard{}, access_log{}}}; // offending line
#endif
}
