// SPDX-License-Identifier: BSL-1.0
// expect: the store of idempotent{store} is borrowed and shared: it has a name
// expect: see docs/howto/idempotency.md
#include <headrace/app.hpp>
#include <headrace/idempotency.hpp>
#include <headrace/idempotency/stores/sqlite.hpp>
#include <headrace/sources/sqs.hpp>

using namespace headrace;

int main() {
    idempotency::memory_store seen;
    const idempotency::key_at key{"/id"};
    chain good{idempotent{seen}};
    chain also{idempotent{seen, key, {.version = 2}}};
    (void)good;
    (void)also;
#ifndef HAPPY
    chain a{idempotent{idempotency::memory_store{}}};       // offending line
    chain b{idempotent{idempotency::open("memory:"), key}}; // offending line
    chain c{
        idempotent{idempotency::sqlite_store{"orders.db"}, key, {.version = 2}}}; // offending line
    app orders;
    orders.on(sqs::queue("orders"), a, [](const sqs::message&) {});
    (void)b;
    (void)c;
#endif
}
