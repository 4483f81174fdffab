// SPDX-License-Identifier: BSL-1.0
// expect: per_invocation{} layers run around all the others, so they come first
// expect: see docs/howto/middleware.md
#include <headrace/app.hpp>

using namespace headrace;

int main() {
    app good{chain{per_invocation{access_log{}}, access_log{}}};
#ifndef HAPPY
    app bad{chain{access_log{}, per_invocation{access_log{}}}}; // offending line
#endif
}
