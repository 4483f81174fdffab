// SPDX-License-Identifier: BSL-1.0
// expect: a handler names its parameter types: no 'auto' parameters, no overloads
// expect: see docs/howto/handlers.md
#include <headrace/app.hpp>
#include <headrace/sources/sqs.hpp>

using namespace headrace;

struct receive {
    void operator()(const sqs::message&) const {}
#ifndef HAPPY
    void operator()(const sqs::event&) const {}
#endif
};

int main() {
    app orders;
    orders.on(sqs::queue("orders"), receive{}); // offending line
}
