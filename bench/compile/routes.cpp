// SPDX-License-Identifier: BSL-1.0
// What a user writes: a type, one source, two routes.

#include <headrace/app.hpp>
#include <headrace/sources/sqs.hpp>

#include <cstdint>
#include <string_view>

namespace {

struct order {
    std::uint64_t id = 0;
    std::string_view customer;
    static void wire(auto& self, auto&& field) {
        field("id", self.id).required();
        field("customer", self.customer);
    }
};

struct ledger {
    std::uint64_t booked = 0;
};

} // namespace

int main() {
    using namespace headrace;
    ledger books;
    app orders{chain{access_log{}, deadline_guard{}}};
    orders.provide(books);
    orders.on(sqs::queue("orders"), [](body<order> o, deps<ledger&> d) -> outcome {
        if (o->customer.empty()) return outcome::reject("an order without a customer");
        d->booked = o->id;
        return {};
    });
    orders.on(sqs::queue("orders-dead"), [](const sqs::message& m, const context& ctx) {
        ctx.log.warn("given up", "message", m.message_id);
    });
    return orders.build() ? 0 : 1;
}
