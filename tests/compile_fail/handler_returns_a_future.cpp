// SPDX-License-Identifier: BSL-1.0
// expect: a handler returns void, outcome, http::response, error, result<T> of these
// expect: see docs/howto/handlers.md
#include <headrace/app.hpp>
#include <headrace/http/response.hpp>
#include <headrace/sources/sqs.hpp>

#include <future>

using namespace headrace;

#ifndef HAPPY
std::future<int> later(const sqs::message&);
#endif

int main() {
    app orders;
#ifndef HAPPY
    orders.on(sqs::queue("orders"), later); // offending line
#endif
}
