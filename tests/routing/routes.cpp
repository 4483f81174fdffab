// SPDX-License-Identifier: BSL-1.0
#include <headrace/http.hpp>
#include <headrace/layers/access_log.hpp>
#include <headrace/layers/deadline_guard.hpp>
#include <headrace/routing/routes.hpp>
#include <headrace/sources/raw.hpp>
#include <headrace/sources/s3.hpp>
#include <headrace/sources/schedule.hpp>
#include <headrace/sources/sns.hpp>
#include <headrace/sources/sqs.hpp>

#include "fakes.hpp"

#include <doctest/doctest.h>

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

using namespace headrace;

static_assert(matcher<sqs::queue_matcher> && matcher<sns::topic_matcher>);
static_assert(matcher<s3::bucket_matcher> && matcher<schedule::schedule_matcher>);
static_assert(matcher<http::route_matcher>);
static_assert(matcher<raw::matcher> && matcher<raw::any_payload>);
static_assert(!matcher<std::string> && !matcher<const char*> && !matcher<int>);
static_assert(!std::is_copy_constructible_v<routes> && std::is_move_constructible_v<routes>);

namespace {

struct ledger {};

routes queues() {
    routes all;
    all.on(sqs::queue("orders"), [](const sqs::message&, deps<ledger&>) {})
        .on(sqs::queue("returns"), chain{access_log{}, deadline_guard{}},
            [](const sqs::message&) { return outcome::drop(); })
        .on(http::get("/orders/{id}"), [](http::path<"id">) {});
    return all;
}

} // namespace

TEST_CASE("routes keep what build() and the routing table have to know") {
    auto all = queues();
    const auto& entries = all.entries();
    REQUIRE(entries.size() == 3);
    CHECK(entries[0].text == "sqs queue orders");
    CHECK(entries[0].layers.empty());
    REQUIRE(entries[0].needs.all().size() == 1);
    CHECK(entries[0].needs.all()[0].type == detail::id_of<ledger>);
    CHECK(entries[1].text == "sqs queue returns");
    REQUIRE(entries[1].layers.size() == 2);
    CHECK(entries[1].layers[0].name == "access_log");
    CHECK(entries[1].layers[0].phase == phase::observe);
    CHECK(entries[1].layers[1].name == "deadline_guard");
    CHECK(!entries[1].layers[1].per_invocation);
    CHECK(entries[2].text == "http GET /orders/{id}");
    CHECK(entries[2].needs.all()[0].name == "id");
}

TEST_CASE("a route's service is its layers around its handler") {
    auto all = queues();
    fakes::world w;
    const sqs::message m;
    w.call.offer(m);
    CHECK(all.entries()[1].service(w.call).verdict() == verdict::drop);
    CHECK(w.log.lines.size() == 1);
}

TEST_CASE("a matcher is asked through its erased form as it is itself") {
    auto all = queues();
    const auto erased = [&](std::size_t i) -> const detail::ranked_matcher& {
        return static_cast<const detail::ranked_matcher&>(*all.entries()[i].takes);
    };
    const auto& takes = erased(0);
    sqs::message m;
    m.event_source_arn = "arn:aws:sqs:eu-central-1:123456789012:orders";
    CHECK(takes.subject() == detail::id_of<sqs::message>);
    CHECK(takes.type() == detail::id_of<sqs::queue_matcher>);
    CHECK(takes.matches(&m));
    CHECK(!erased(1).matches(&m));
    CHECK(takes.describe() == "sqs queue orders");
    CHECK(takes.overlaps(takes.self()));
    CHECK(takes.covers(takes.self()));
    CHECK(!takes.overlaps(erased(1).self()));
    CHECK(takes.rank() == erased(1).rank());
}
