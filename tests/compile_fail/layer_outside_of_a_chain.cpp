// SPDX-License-Identifier: BSL-1.0
// expect: the layers of a route stand in a chain
// expect: see docs/howto/middleware.md
#include <headrace/app.hpp>
#include <headrace/sources/sqs.hpp>

using namespace headrace;

int main() {
    app orders;
#ifndef HAPPY
    orders.on(sqs::queue("orders"), access_log{}, [](const sqs::message&) {}); // offending line
#endif
}
