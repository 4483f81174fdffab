// SPDX-License-Identifier: BSL-1.0
#include <headrace/app.hpp>
#include <headrace/http.hpp>
#include <headrace/routing/routing_table.hpp>
#include <headrace/sources/sns.hpp>
#include <headrace/sources/sqs.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/invoke.hpp>

#include <doctest/doctest.h>

#include <utility>

using namespace headrace;

namespace {

constexpr auto nothing = [](const call&) {};

struct layer {
    outcome operator()(call& c, auto&& next) const { return next(c); }
};

sqs::message message_of(std::string_view queue_arn) {
    sqs::message m;
    m.event_source_arn = queue_arn;
    return m;
}

} // namespace

TEST_CASE("the router tells which subjects have routes") {
    app with_queue;
    with_queue.on(sqs::queue("orders"), nothing);
    router& orders = with_queue;
    REQUIRE(orders.build());
    const auto& table = orders.built();
    CHECK(table.has_routes_for(detail::id_of<sqs::message>));
    CHECK(!table.has_routes_for(detail::id_of<sns::notification>));
    CHECK(table.fallback() == nullptr);
    CHECK(table.index(detail::id_of<http::routed_request>) == nullptr);
    const auto m = message_of("arn:aws:sqs:eu-central-1:123456789012:orders");
    CHECK(table.find(detail::id_of<sqs::message>, &m) == &table.route(0));
}

TEST_CASE("the table stays where it is when its app is moved") {
    app first;
    first.on(sqs::queue("*"), nothing).on(sqs::queue("orders"), nothing);
    REQUIRE(first.build());
    const auto& table = first.built();
    const app second(std::move(first));
    CHECK(&second.built() == &table);
    CHECK(table.find(message_of("arn:aws:sqs:eu-central-1:123456789012:orders"))
          == &table.route(1));
    CHECK(table.find(message_of("arn:aws:sqs:eu-central-1:123456789012:other")) == &table.route(0));
}

TEST_CASE("there is no call for layers that are not there") {
    const auto base_of = [](auto orders) {
        orders.on(sqs::queue("orders"), nothing);
        REQUIRE(orders.build());
        const auto& base = orders.built().base();
        return std::pair(base.around_invocation != nullptr, base.around_record != nullptr);
    };
    CHECK(base_of(app()) == std::pair(false, false));
    CHECK(base_of(app{chain{layer{}}}) == std::pair(false, true));
    CHECK(base_of(app{chain{per_invocation{layer{}}}}) == std::pair(true, false));
    CHECK(base_of(app{chain{per_invocation{layer{}}, layer{}}}) == std::pair(true, true));
}
