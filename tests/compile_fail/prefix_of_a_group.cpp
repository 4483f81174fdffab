// SPDX-License-Identifier: BSL-1.0
// expect: a_prefix_starts_with_a_slash
// expect: a_prefix_does_not_end_with_a_slash
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
    orders.add("/admin", admin());
#ifndef HAPPY
    orders.add("admin", admin());   // offending line
    orders.add("/admin/", admin()); // offending line
#endif
}
