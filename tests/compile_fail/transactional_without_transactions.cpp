// SPDX-License-Identifier: BSL-1.0
// expect: this store cannot put the end of an operation into a transaction of the user's
#include <headrace/app.hpp>
#include <headrace/idempotency.hpp>
#include <headrace/idempotency/stores/sqlite.hpp>
#include <headrace/sources/sqs.hpp>

using namespace headrace;

int main() {
    app orders;
    idempotency::sqlite_store file("orders.db");
    orders.on(sqs::queue("orders"), chain{idempotent{idempotency::transactional{file}}}, [] {});
#ifndef HAPPY
    idempotency::memory_store memory;
    orders.on(sqs::queue("others"),
              chain{idempotent{idempotency::transactional{memory}}}, // offending line
              [] {});
#endif
}
