// SPDX-License-Identifier: BSL-1.0
// expect: http::path, query and header take
// expect: see docs/howto/handlers.md
#include <headrace/app.hpp>
#include <headrace/http.hpp>

using namespace headrace;

int main() {
    app orders;
    orders.on(http::get("/orders"), [](http::query<"id", std::vector<int>>) {});
#ifndef HAPPY
    orders.on(http::get("/{id}"), [](http::path<"id", std::vector<int>>) {}); // offending line
#endif
}
