// SPDX-License-Identifier: BSL-1.0
// The program of README.md.
#include <headrace/app.hpp>
#include <headrace/http.hpp>
#include <headrace/main.hpp>
#include <headrace/sources/sqs.hpp>

using namespace headrace;

struct order {
    std::uint64_t id = 0;
    std::string_view customer;
    static void wire(auto& self, auto&& field) {
        field("id", self.id).required();
        field("customer", self.customer);
    }
};

int main(int argc, char** argv) {
    app shop{chain{access_log{}, deadline_guard{}}};
    shop.on(sqs::queue("orders"),
            [](body<order> o, const context& c) { c.log.info("charged", "order", o->id); });
    shop.on(http::get("/orders/{id}"), [](http::path<"id", std::uint64_t> id) {
        return order{id, "Ada"};
    });
    return headrace::main(shop, argc, argv);
}
