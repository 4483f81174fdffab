// SPDX-License-Identifier: BSL-1.0
// expect: a body is JSON or a form
// expect: see docs/howto/handlers.md
#include <headrace/app.hpp>
#include <headrace/http.hpp>

using namespace headrace;

struct order {
    int id = 0;
    static void wire(auto& self, auto&& field) { field("id", self.id); }
};

int main() {
    app shop;
    shop.on(http::post("/a"),
            [](http::form<order>, body<std::string_view>) {}); // to check a signature
    shop.on(http::post("/b"), [](result<http::form<order>>, result<body<order>>) {});
#ifndef HAPPY
    shop.on(http::post("/c"), [](http::form<order>, body<order>) {});    // offending line
    shop.on(http::post("/d"), [](body<raw_json>, http::form<order>) {}); // offending line
#endif
}
