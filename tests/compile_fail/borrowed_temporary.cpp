// SPDX-License-Identifier: BSL-1.0
// expect: what is borrowed has a name and outlives the app
#include <headrace/app.hpp>
#include <headrace/idempotency.hpp>
#include <headrace/layers/circuit_breaker.hpp>
#include <headrace/layers/dead_letter.hpp>
#include <headrace/layers/sinks/memory.hpp>
#include <headrace/routing/use.hpp>

using namespace headrace;

struct ledger {};
struct mail {};
struct no_sink {};

int main() {
    ledger books;
    memory_sink rejected;
    app orders{chain{dead_letter{rejected}}};
    orders.provide(books).provide<"audit">(books);
#ifndef HAPPY
    using idempotency::memory_store;
    orders.provide(ledger());                                             // offending line
    orders.provide<"audit">(mail());                                      // offending line
    app a{chain{dead_letter{memory_sink()}}};                             // offending line
    app b{chain{dead_letter{no_sink(), {.raw_payloads = true}}}};         // offending line
    app c{chain{use{circuit_breaker()}}};                                 // offending line
    app d{chain{idempotent{idempotency::transactional{memory_store()}}}}; // offending line
#endif
}
