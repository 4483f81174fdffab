// SPDX-License-Identifier: BSL-1.0
// expect: the records of this source are handled in sequence, which several at once would break
// expect: batches<E>(concurrency{8}, unordered_ok)
// expect: see docs/howto/batches.md
#include <headrace/app.hpp>

using namespace headrace;

struct clicks {
    static constexpr record_order order = record_order::in_sequence;
};

int main() {
    app good;
    good.batches<clicks>({}).batches<clicks>(concurrency{8}, unordered_ok);
#ifndef HAPPY
    good.batches<clicks>(concurrency{8}); // offending line
#endif
}
