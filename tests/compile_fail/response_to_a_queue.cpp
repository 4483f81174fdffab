// SPDX-License-Identifier: BSL-1.0
// expect: only http:: routes can answer with an http::response
#include <headrace/app.hpp>
#include <headrace/sqs.hpp>

using namespace headrace;

void use() {
    app a;
    a.on(sqs::queue("orders"), [](const sqs::message&) {});
#ifndef HAPPY
    a.on(sqs::queue("orders"),
         [](const sqs::message&) { return http::text(200, "no"); }); // offending line
#endif
}
