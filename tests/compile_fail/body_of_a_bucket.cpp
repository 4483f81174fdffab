// SPDX-License-Identifier: BSL-1.0
// expect: this handler parameter does not belong to this route's source
// expect: see docs/howto/handlers.md
#include <headrace/app.hpp>
#include <headrace/sources/s3.hpp>

using namespace headrace;

int main() {
    app orders;
    orders.on(s3::bucket("uploads"), [](const s3::record&) {});
#ifndef HAPPY
    orders.on(s3::bucket("uploads"), [](body<std::string_view>) {}); // offending line
#endif
}
