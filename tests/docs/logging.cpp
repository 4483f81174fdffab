// SPDX-License-Identifier: BSL-1.0
// The code of docs/howto/logging.md.
#include <headrace/app.hpp>
#include <headrace/sqs.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/invoke.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>

using namespace headrace;

namespace {

struct order {
    std::uint64_t id = 0;
    static void wire(auto& self, auto&& field) { field("id", self.id).required(); }
};

void reconcile(const logger& log, std::chrono::milliseconds took) {
    log.info("reconciled", "took", took);
}

} // namespace

TEST_CASE("logging.md: members of a line") {
    app orders;
    orders.on(sqs::queue("orders"), [](body<order> o, const context& c) {
        c.log.info("charged", "order", o->id, "cents", 1290, "again", false);
    });
    testing::world w;
    (void)testing::invoke(orders, testing::sqs_batch().message(order{17}), w);
    CHECK(w.log.contains(R"("message":"charged","record":"message-0","order":17)"));
    CHECK(w.log.contains(R"("cents":1290,"again":false})"));
}

TEST_CASE("logging.md: a logger by itself") {
    testing::world w;
    reconcile(logger(w.log, w.clock), std::chrono::milliseconds(3));
    CHECK(w.log.contains(R"("message":"reconciled","took":3.000})"));
}
