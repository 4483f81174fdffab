// SPDX-License-Identifier: BSL-1.0
// expect: these layers stand in the wrong order
// expect: see docs/howto/middleware.md
#include <headrace/app.hpp>
#include <headrace/sources/sqs.hpp>

using namespace headrace;

int main() {
    app orders{chain{deadline_guard{}}};
    orders.on(sqs::queue("a"), chain{deadline_guard{}}, [](const sqs::message&) {});
#ifndef HAPPY
    orders.on(sqs::queue("b"), chain{access_log{}}, [](const sqs::message&) {}); // offending line
#endif
}
