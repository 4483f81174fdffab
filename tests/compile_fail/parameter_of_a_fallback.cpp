// SPDX-License-Identifier: BSL-1.0
// expect: this handler parameter cannot be made
// expect: see docs/howto/handlers.md
#include <headrace/app.hpp>
#include <headrace/sources/sqs.hpp>

using namespace headrace;

int main() {
    app orders;
    orders.fallback([](const call&, const context&) {});
#ifndef HAPPY
    orders.fallback([](const sqs::message&) {}); // offending line
#endif
}
