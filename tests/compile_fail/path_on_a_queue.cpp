// SPDX-License-Identifier: BSL-1.0
// expect: this handler parameter does not belong to this route's source
// expect: see docs/howto/handlers.md
#include <headrace/app.hpp>
#include <headrace/http.hpp>
#include <headrace/sources/sqs.hpp>

using namespace headrace;

int main() {
    app orders;
    orders.on(http::get("/orders/{id}"), [](http::path<"id", int>) {});
#ifndef HAPPY
    orders.on(sqs::queue("orders"), [](http::path<"id", int>) {}); // offending line
#endif
}
