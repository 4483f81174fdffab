// SPDX-License-Identifier: BSL-1.0
// expect: this handler parameter cannot be made
// expect: check_argument
// expect: see docs/howto/handlers.md
#include <headrace/app.hpp>
#include <headrace/sources/sqs.hpp>

using namespace headrace;

int main() {
    app orders;
    orders.on(sqs::queue("orders"), [](const sqs::message&) {});
#ifndef HAPPY
    orders.on(sqs::queue("orders"), [](const sqs::message&, bool) {}); // offending line
#endif
}
