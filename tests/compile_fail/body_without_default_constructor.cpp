// SPDX-License-Identifier: BSL-1.0
// expect: the T of body<T> cannot be read from JSON: give it a default constructor
#include <headrace/app.hpp>
#include <headrace/sources/sqs.hpp>

using namespace headrace;

struct order {
#ifdef HAPPY
    order() = default;
#endif
    explicit order(int number) : id(number) {}
    int id = 0;
    static void wire(auto& self, auto&& field) { field("id", self.id); }
};

int main() {
    app orders;
    orders.on(sqs::queue("orders"), [](body<order>) {}); // offending line
}
