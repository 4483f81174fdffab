// SPDX-License-Identifier: BSL-1.0
// expect: a value that can be written as JSON: give a struct a wire list
#include <headrace/app.hpp>
#include <headrace/http.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

using namespace headrace;

struct customer {
    int number = 0;
};

struct order {
    int id = 0;
    static void wire(auto& self, auto&& field) { field("id", self.id); }
};

result<std::vector<customer>> customers();

int main() {
    app orders;
    orders.on(http::get("/a"), [] { return std::vector<order>(); });
#ifndef HAPPY
    orders.on(http::get("/b"), [] { return customer(); });                        // offending line
    orders.on(http::get("/c"), [] { return std::vector<customer>(); });           // offending line
    orders.on(http::get("/d"), [] { return std::optional<customer>(); });         // offending line
    orders.on(http::get("/e"), [] { return std::map<std::string, customer>(); }); // offending line
    orders.on(http::get("/f"), customers);                                        // offending line
#endif
}
