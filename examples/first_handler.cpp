// SPDX-License-Identifier: BSL-1.0
// What is the smallest function? `./dev run first_handler` is its command-line tool.
#include <headrace/app.hpp>
#include <headrace/http.hpp>
#include <headrace/main.hpp>

using namespace headrace;

int main(int argc, char** argv) {
    app hello;
    hello.on(http::get("/hello/{name}"),
             [](http::path<"name"> name) { return "Hello, " + std::string(*name) + "!\n"; });
    return headrace::main(hello, argc, argv);
}
