// SPDX-License-Identifier: BSL-1.0
// expect: get<T>() names the one object of deps<...>
// expect: see docs/howto/dependencies.md
#include <headrace/app.hpp>
#include <headrace/sources/sqs.hpp>

using namespace headrace;

struct ledger {};
struct mail {};

int main() {
    app orders;
    orders.on(sqs::queue("orders"), [](deps<ledger&, keyed<"audit", ledger&>, mail*> d) {
        [[maybe_unused]] ledger& books = d.get<ledger>();
        [[maybe_unused]] ledger& audit = d.get<"audit">();
        [[maybe_unused]] mail* post = d.get<mail>();
#ifndef HAPPY
        static_cast<void>(d.get<const ledger>()); // offending line
        static_cast<void>(d.get<"archive">());    // offending line
#endif
    });
}
