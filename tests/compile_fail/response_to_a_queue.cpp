// SPDX-License-Identifier: BSL-1.0
// expect: only http:: routes can answer with an http::response
#include <headrace/app.hpp>
#include <headrace/http/response.hpp>
#include <headrace/sources/sqs.hpp>

using namespace headrace;

http::response answer(const sqs::message&);
void listen(const sqs::message&);

void use() {
    app a;
    a.on(sqs::queue("orders"), listen);
#ifndef HAPPY
    a.on(sqs::queue("orders"), answer); // offending line
#endif
}
