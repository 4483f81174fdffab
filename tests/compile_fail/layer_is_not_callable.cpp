// SPDX-License-Identifier: BSL-1.0
// expect: a layer is callable as  outcome(call&, auto&& next)
// expect: check_layer
// expect: see docs/howto/middleware.md
#include <headrace/app.hpp>

using namespace headrace;

struct announce {
#ifndef HAPPY
    outcome operator()(call&) const { return {}; }
#else
    outcome operator()(call& c, auto&& next) const { return next(c); }
#endif
};

int main() {
    app orders{chain{announce{}, access_log{}}}; // offending line
}
