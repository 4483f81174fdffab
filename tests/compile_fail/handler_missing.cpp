// SPDX-License-Identifier: BSL-1.0
// expect: the last argument of on() is the handler
// expect: see docs/howto/routing.md
#include <headrace/app.hpp>
#include <headrace/sources/sqs.hpp>

using namespace headrace;

int main() {
    app orders;
#ifndef HAPPY
    orders.on(sqs::queue("orders"), chain{access_log{}}); // offending line
#endif
}
