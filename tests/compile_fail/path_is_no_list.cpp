// SPDX-License-Identifier: BSL-1.0
// expect: path, query and header take
// expect: see docs/howto/handlers.md
#include <headrace/app.hpp>
#include <headrace/http.hpp>

using namespace headrace;

int main() {
    app orders;
    orders.on(http::get("/orders"), [](query<"id", std::vector<int>>) {});
#ifndef HAPPY
    orders.on(http::get("/orders/{id}"), [](path<"id", std::vector<int>>) {}); // offending line
#endif
}
