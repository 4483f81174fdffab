// SPDX-License-Identifier: BSL-1.0
// expect: key(&order::id) reads the body as an order and writes its id: both can be JSON
#include <headrace/idempotency.hpp>

using namespace headrace;

struct number {
    int value = 0;
};
struct order {
    int id = 0;
    number other;
    static void wire(auto& self, auto&& field) { field("id", self.id); }
};

int main() {
    idempotency::memory_store seen;
    chain good{idempotent{seen, idempotency::key(&order::id)}};
    (void)good;
#ifndef HAPPY
    chain a{idempotent{seen, idempotency::key(&number::value)}}; // offending line
    chain b{idempotent{seen, idempotency::key(&order::other)}};  // offending line
    (void)a;
    (void)b;
#endif
}
