// SPDX-License-Identifier: BSL-1.0
// expect: a member of http::path_of<T> is one text
// expect: see docs/howto/handlers.md
#include <headrace/app.hpp>
#include <headrace/http.hpp>

#include <optional>
#include <vector>

using namespace headrace;

struct place {
    int order = 0;
    std::optional<int> line;
    std::vector<int> parts;
    static void wire(auto& self, auto&& field) {
        field("order", self.order);
#ifndef HAPPY
        field("line", self.line);   // offending line
        field("parts", self.parts); // offending line
#endif
    }
};

int main() {
    app shop;
    shop.on(http::get("/{order}/{line}/{parts}"), [](http::path_of<place>) {});
}
