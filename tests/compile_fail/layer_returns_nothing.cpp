// SPDX-License-Identifier: BSL-1.0
// expect: a layer returns an outcome: the one that next returned or one of its own
// expect: check_layer
// expect: see docs/howto/middleware.md
#include <headrace/app.hpp>

using namespace headrace;

struct announce {
#ifndef HAPPY
    void operator()(call& c, auto&& next) const { (void)next(c); }
#else
    outcome operator()(call& c, auto&& next) const { return next(c); }
#endif
};

int main() {
    app orders{chain{access_log{}, announce{}}}; // offending line
}
