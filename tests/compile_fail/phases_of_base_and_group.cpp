// SPDX-License-Identifier: BSL-1.0
// expect: these layers stand in the wrong order
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
    app orders{chain{deadline_guard{}}};
    orders.add("/admin", chain{deadline_guard{}}, admin());
#ifndef HAPPY
    orders.add("/admin", chain{access_log{}}, admin()); // offending line
#endif
}
