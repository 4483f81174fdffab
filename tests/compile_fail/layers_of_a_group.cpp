// SPDX-License-Identifier: BSL-1.0
// expect: the layers of a group of routes stand in a chain
// expect: see docs/howto/routing.md
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
    orders.add("/admin", chain{access_log{}}, admin());
#ifndef HAPPY
    orders.add("/admin", access_log{}, admin()); // offending line
    orders.add(deadline_guard{}, admin());       // offending line
#endif
}
