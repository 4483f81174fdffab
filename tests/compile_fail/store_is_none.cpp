// SPDX-License-Identifier: BSL-1.0
// expect: idempotent{store, key} takes an idempotency::store, or idempotency::transactional{store}
#include <headrace/idempotency.hpp>

using namespace headrace;

struct ledger {};

int main() {
    idempotency::memory_store seen;
    chain good{idempotent{seen}};
    (void)good;
#ifndef HAPPY
    ledger books;
    chain bad{idempotent{books}}; // offending line
    (void)bad;
#endif
}
