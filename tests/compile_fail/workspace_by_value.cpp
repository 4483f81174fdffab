// SPDX-License-Identifier: BSL-1.0
// expect: the call and its workspace are taken by reference
// expect: see docs/howto/handlers.md
#include <headrace/app.hpp>
#include <headrace/sources/sqs.hpp>

using namespace headrace;

int main() {
    app orders;
    orders.on(sqs::queue("a"), [](call&, workspace&) {});
#ifndef HAPPY
    orders.on(sqs::queue("b"), [](workspace) {}); // offending line
#endif
}
