// SPDX-License-Identifier: BSL-1.0
// expect: dependencies are asked for by reference: deps<ledger&>
// expect: see docs/howto/dependencies.md
#include <headrace/app.hpp>
#include <headrace/sources/sqs.hpp>

using namespace headrace;

struct ledger {};

int main() {
    app orders;
    orders.on(sqs::queue("a"),
              [](deps<ledger&>, deps<const ledger*>, deps<keyed<"a", ledger&>>) {});
#ifndef HAPPY
    orders.on(sqs::queue("b"), [](deps<ledger>) {});             // offending line
    orders.on(sqs::queue("c"), [](deps<keyed<"a", ledger>>) {}); // offending line
#endif
}
