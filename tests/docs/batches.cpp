// SPDX-License-Identifier: BSL-1.0
// The code of docs/howto/batches.md.
#include <headrace/app.hpp>
#include <headrace/sources/sqs.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/invoke.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;

namespace {

struct order {
    time_point due;
    static void wire(auto& self, auto&& field) { field("due", self.due).required(); }
};

void describe_batches(app<>& orders) {
    orders.batches<sqs::event>(concurrency{8}, {.reserve = 1s});
    orders.on(sqs::queue("orders"), [](body<order> o, const context& ctx) -> outcome {
        if (!ctx.sleep_until(o->due)) return error::cancelled("out of time");
        return outcome::ok();
    });
}

} // namespace

TEST_CASE("the batches of the page: what is due in time is handled, the rest comes again") {
    app orders;
    describe_batches(orders);
    testing::world w;
    const auto reply = testing::invoke(orders,
                                       testing::sqs_batch("orders")
                                           .message(order{w.clock.now() + 2s})
                                           .message(order{w.clock.now() + 28s})
                                           .message(order{w.clock.now() + 29s}),
                                       w);
    CHECK(reply.failed_records() == std::vector<std::string>{"message-2"});
}
