// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which benchmarks are there? Each function registers families under names FAMILY/EVENT. It stands
// in the file of its name: where `./dev bench --against` cannot compile one with another commit's
// library, the others are left.

namespace headrace::bench {

void register_decode();      ///< index, recognise, decode, decode+access
void register_recognise();   ///< recognise-many: with 170 sources, beside those of today
void register_dispatch();    ///< dispatch: a whole invocation, from bytes to bytes
void register_chain();       ///< chain: the layers around a handler
void register_route();       ///< route: HTTP paths to routes
void register_batch();       ///< batch: the engine around handlers of records
void register_resilience();  ///< resilience: retries, breakers, limits around a handler
void register_idempotency(); ///< idempotency: keys, claims and replays

} // namespace headrace::bench
