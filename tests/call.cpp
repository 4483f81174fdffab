// SPDX-License-Identifier: BSL-1.0
#include <headrace/call.hpp>

#include "fakes.hpp"

#include <doctest/doctest.h>

using namespace headrace;

namespace {
struct letter {
    int n;
};
struct parcel {
    int n;
};
} // namespace

TEST_CASE("a call finds what its source has offered, by type") {
    fakes::world w;
    const letter a{1};
    CHECK(w.call.find<letter>() == nullptr);
    w.call.offer(a);
    CHECK(w.call.find<letter>() == &a);
    CHECK(w.call.find<parcel>() == nullptr);
}

TEST_CASE("a record sees what the calls around it offer, its own first") {
    fakes::world w;
    const letter outer{1};
    const letter inner{2};
    const parcel only_outside{3};
    w.call.offer(outer);
    w.call.offer(only_outside);
    call record(call::inside{w.call});
    CHECK(record.find<letter>() == &outer);
    record.offer(inner);
    CHECK(record.find<letter>() == &inner);
    CHECK(record.find<parcel>() == &only_outside);
    CHECK(w.call.find<letter>() == &outer);
}

TEST_CASE("a record inherits source, id and attempt, but not the route") {
    fakes::world w;
    w.call.set_source("sqs");
    w.call.set_record_id("m1");
    w.call.set_attempt(4);
    w.call.set_route("sqs queue orders");
    call inner(call::inside{w.call});
    CHECK(inner.scope() == scope::record);
    CHECK(inner.source() == "sqs");
    CHECK(inner.record_id() == "m1");
    CHECK(inner.attempt() == 4);
    CHECK(inner.route().empty());
    CHECK(&inner.context() == &w.context);
    CHECK(&inner.memory() == &w.memory);
    inner.set_source("s3");
    CHECK(w.call.source() == "sqs");
}

TEST_CASE("a call without a body has an empty one") {
    fakes::world w;
    REQUIRE(w.call.body());
    CHECK(w.call.body()->empty());
    CHECK(w.call.attempt() == 1);
    CHECK(w.call.scope() == scope::invocation);
    CHECK(w.call.http_request() == nullptr);
}
