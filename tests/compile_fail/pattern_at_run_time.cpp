// SPDX-License-Identifier: BSL-1.0
// expect: the pattern of a route is a literal
// expect: http::pattern::parse(text)
#include <headrace/app.hpp>
#include <headrace/http.hpp>

#include <string>
#include <string_view>

using namespace headrace;

int main() {
    app orders;
    orders.on(http::get("/orders"), [] {});
#ifndef HAPPY
    const std::string path = "/orders/{id}";
    orders.on(http::get(path), [] {});                    // offending line
    orders.on(http::post(std::string_view(path)), [] {}); // offending line
    orders.on(http::put(path.c_str()), [] {});            // offending line
#endif
}
