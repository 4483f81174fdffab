// SPDX-License-Identifier: BSL-1.0
// expect: events and records are handed out by const reference or by value
// expect: see docs/howto/handlers.md
#include <headrace/app.hpp>
#include <headrace/sources/sqs.hpp>

using namespace headrace;

int main() {
    app orders;
    orders.on(sqs::queue("a"), [](const sqs::message&, sqs::event) {});
#ifndef HAPPY
    orders.on(sqs::queue("b"), [](sqs::message&) {}); // offending line
#endif
}
