// SPDX-License-Identifier: BSL-1.0
// expect: this handler parameter cannot be made
// expect: see docs/howto/handlers.md
#include <headrace/app.hpp>
#include <headrace/sources/sqs.hpp>

using namespace headrace;

routes queues() {
    routes all;
    all.on(sqs::queue("orders"), [](const sqs::message&) {});
#ifndef HAPPY
    all.on(sqs::queue("returns"), [](int) {}); // offending line
#endif
    return all;
}

int main() {
    app orders;
    orders.add(queues());
}
