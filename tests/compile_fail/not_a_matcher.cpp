// SPDX-License-Identifier: BSL-1.0
// expect: the first argument of on() is a matcher
// expect: see docs/howto/routing.md
#include <headrace/app.hpp>
#include <headrace/sources/sqs.hpp>

using namespace headrace;

int main() {
    app orders;
    routes more;
#ifndef HAPPY
    orders.on("orders", [](const sqs::message&) {}); // offending line
    more.on("orders", [](const sqs::message&) {});   // offending line
#endif
}
