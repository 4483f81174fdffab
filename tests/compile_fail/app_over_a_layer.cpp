// SPDX-License-Identifier: BSL-1.0
// expect: an app stands over a chain
// expect: see docs/howto/middleware.md
#include <headrace/app.hpp>

using namespace headrace;

int main() {
    app good{chain{access_log{}}};
#ifndef HAPPY
    app bad{access_log{}}; // offending line
#endif
}
