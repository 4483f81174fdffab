// SPDX-License-Identifier: BSL-1.0
// expect: the T of body<T> cannot be read from JSON
// expect: see docs/howto/handlers.md
#include <headrace/app.hpp>
#include <headrace/sources/sqs.hpp>

using namespace headrace;

struct order {
    int id = 0;
#ifdef HAPPY
    static void wire(auto& self, auto&& field) { field("id", self.id); }
#endif
};

int main() {
    app orders;
    orders.on(sqs::queue("orders"), [](body<order>) {}); // offending line
}
