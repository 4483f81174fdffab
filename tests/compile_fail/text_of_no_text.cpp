// SPDX-License-Identifier: BSL-1.0
// expect: http::path, query and header take std::string_view, std::string, numbers, bool and
// enumerations with names
#include <headrace/app.hpp>
#include <headrace/http.hpp>

#include <optional>

using namespace headrace;

struct buyer {
    int number = 0;
};

enum class colour { red, blue };

int main() {
    app orders;
    orders.on(http::get("/orders/{id}"), [](http::path<"id", int>) {});
#ifndef HAPPY
    orders.on(http::get("/a/{id}"), [](http::path<"id", colour>) {});            // offending line
    orders.on(http::get("/b"), [](http::query<"id", buyer>) {});                 // offending line
    orders.on(http::get("/c"), [](http::header<"id", std::optional<buyer>>) {}); // offending line
#endif
}
