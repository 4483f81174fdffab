// SPDX-License-Identifier: BSL-1.0
// expect: path, query and header take std::string_view, std::string, numbers, bool and enumerations
// with names
#include <headrace/app.hpp>
#include <headrace/http.hpp>

#include <optional>

using namespace headrace;

struct customer {
    int number = 0;
};

enum class colour { red, blue };

int main() {
    app orders;
    orders.on(http::get("/orders/{id}"), [](path<"id", int>) {});
#ifndef HAPPY
    orders.on(http::get("/a/{id}"), [](path<"id", colour>) {});                 // offending line
    orders.on(http::get("/b"), [](query<"id", customer>) {});                   // offending line
    orders.on(http::get("/c"), [](header<"x-id", std::optional<customer>>) {}); // offending line
#endif
}
