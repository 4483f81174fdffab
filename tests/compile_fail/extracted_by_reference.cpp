// SPDX-License-Identifier: BSL-1.0
// expect: extracted parameters are taken by value or const reference
// expect: see docs/howto/handlers.md
#include <headrace/app.hpp>
#include <headrace/sources/sqs.hpp>

using namespace headrace;

int main() {
    app orders;
    orders.on(sqs::queue("a"), [](body<std::string_view>, const body<raw_json>&) {});
#ifndef HAPPY
    orders.on(sqs::queue("b"), [](body<std::string_view>&) {}); // offending line
#endif
}
