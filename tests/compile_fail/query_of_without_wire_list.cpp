// SPDX-License-Identifier: BSL-1.0
// expect: the T of http::query_of, form and path_of is a struct with a default constructor and a
// wire list expect: see docs/howto/handlers.md
#include <headrace/app.hpp>
#include <headrace/http.hpp>

using namespace headrace;

struct search {
    int page = 1;
};
struct paging {
    int page = 1;
    static void wire(auto& self, auto&& field) { field("page", self.page); }
};

int main() {
    app shop;
    shop.on(http::get("/a"), [](http::query_of<paging>) {});
#ifndef HAPPY
    shop.on(http::get("/b"), [](http::query_of<search>) {});      // offending line
    shop.on(http::get("/{page}"), [](http::path_of<int>) {});     // offending line
    shop.on(http::post("/b"), [](result<http::form<search>>) {}); // offending line
#endif
}
