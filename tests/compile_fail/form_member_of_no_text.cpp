// SPDX-License-Identifier: BSL-1.0
// expect: no text can be a member of this type
// expect: see docs/howto/handlers.md
#include <headrace/app.hpp>
#include <headrace/http.hpp>

#include <optional>

using namespace headrace;

struct address {
    std::string_view street;
    static void wire(auto& self, auto&& field) { field("street", self.street); }
};
struct order {
    int id = 0;
    std::optional<address> to;
    static void wire(auto& self, auto&& field) {
        field("id", self.id).required();
#ifndef HAPPY
        field("to", self.to); // offending line
#endif
    }
};

int main() {
    app shop;
    shop.on(http::post("/orders"), [](http::form<order>) {});
}
