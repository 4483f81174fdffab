// SPDX-License-Identifier: BSL-1.0
// expect: a handler names its parameter types: no 'auto' parameters, no overloads
// expect: see docs/howto/handlers.md
#include <headrace/app.hpp>
#include <headrace/sources/sqs.hpp>

using namespace headrace;

int main() {
    app orders;
#ifndef HAPPY
    orders.on(sqs::queue("orders"), [](const auto&) {}); // offending line
#endif
}
