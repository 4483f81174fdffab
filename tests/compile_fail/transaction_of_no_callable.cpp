// SPDX-License-Identifier: BSL-1.0
// expect: a transaction runs f(sqlite3* db), where f returns a result<T>
#include <headrace/app.hpp>
#include <headrace/idempotency.hpp>
#include <headrace/idempotency/stores/sqlite.hpp>
#include <headrace/sources/sqs.hpp>

using namespace headrace;
using idempotency::sqlite_store;

int main() {
    app orders;
    sqlite_store file("orders.db");
    orders.on(sqs::queue("orders"), chain{idempotent{idempotency::transactional{file}}},
              [](idempotency::transaction<sqlite_store> tx) -> outcome {
#ifndef HAPPY
                  return tx.run([](int) { return 1; }); // offending line
#endif
                  return tx.run([](sqlite3*) -> result<int> { return 1; });
              });
}
