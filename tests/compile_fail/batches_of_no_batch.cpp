// SPDX-License-Identifier: BSL-1.0
// expect: batches<E>() takes an event whose records are handled one by one
// expect: see docs/howto/batches.md
#include <headrace/app.hpp>
#include <headrace/sources/eventbridge.hpp>
#include <headrace/sources/sqs.hpp>

using namespace headrace;

int main() {
    app good;
    good.batches<sqs::event>({});
#ifndef HAPPY
    good.batches<eventbridge::event>({}); // offending line
#endif
}
