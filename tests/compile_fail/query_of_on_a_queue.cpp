// SPDX-License-Identifier: BSL-1.0
// expect: this handler parameter does not belong to this route's source
// expect: see docs/howto/handlers.md
#include <headrace/app.hpp>
#include <headrace/http.hpp>
#include <headrace/sources/sqs.hpp>

using namespace headrace;

struct paging {
    int page = 1;
    static void wire(auto& self, auto&& field) { field("page", self.page); }
};

int main() {
    app shop;
    shop.on(http::get("/orders"), [](http::query_of<paging>) {});
#ifndef HAPPY
    shop.on(sqs::queue("a"), [](http::query_of<paging>) {}); // offending line
    shop.on(sqs::queue("b"), [](http::form<paging>) {});     // offending line
    shop.on(sqs::queue("c"), [](http::path_of<paging>) {});  // offending line
#endif
}
