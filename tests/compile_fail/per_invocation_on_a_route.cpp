// SPDX-License-Identifier: BSL-1.0
// expect: per_invocation{} layers stand in the app's base chain
// expect: see docs/howto/middleware.md
#include <headrace/app.hpp>
#include <headrace/sources/sqs.hpp>

using namespace headrace;

int main() {
    app orders;
    orders.on(sqs::queue("a"), chain{access_log{}}, [](const sqs::message&) {});
#ifndef HAPPY
    orders.on(sqs::queue("b"), // offending line
              chain{per_invocation{access_log{}}}, [](const sqs::message&) {});
#endif
}
