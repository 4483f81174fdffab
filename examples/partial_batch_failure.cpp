// SPDX-License-Identifier: BSL-1.0
// What becomes of a bad message in a batch? It fails alone: the others are done, and only this one
// is delivered again. The queue's event source mapping must have ReportBatchItemFailures on.
//   ./dev run partial_batch_failure events sqs-batch > ten.json
//   ./dev run partial_batch_failure invoke ten.json
#include <headrace/app.hpp>
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
    app orders;
    orders.on(sqs::queue("orders"), [](body<order> o, const context& c) -> outcome {
        // Not reached by a body that is no order: that is a failure of its record already.
        if (o->customer.empty()) return outcome::reject("an order without a customer");
        c.log.info("packed", "order", o->id);
        return outcome::ok();
    });
    return headrace::main(orders, argc, argv);
}
