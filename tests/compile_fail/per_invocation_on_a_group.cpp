// SPDX-License-Identifier: BSL-1.0
// expect: per_invocation{} layers stand in the app's base chain
// expect: see docs/howto/middleware.md
#include <headrace/app.hpp>
#include <headrace/http.hpp>

using namespace headrace;

routes admin() {
    routes all;
    all.on(http::get("/users"), [] {});
    return all;
}

int main() {
    app orders;
    orders.add(chain{access_log{}}, admin());
#ifndef HAPPY
    orders.add(chain{per_invocation{access_log{}}}, admin()); // offending line
#endif
}
