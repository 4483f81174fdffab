// SPDX-License-Identifier: BSL-1.0
#include <headrace/http/request.hpp>
#include <headrace/routing/call.hpp>
#include <headrace/sources/http/v2.hpp>
#include <headrace/sources/s3.hpp>
#include <headrace/sources/sqs.hpp>

#include "fakes.hpp"

#include <doctest/doctest.h>

#include <string>
#include <tuple>
#include <type_traits>

using namespace headrace;

namespace {
struct letter {
    int n;
};
struct parcel {
    int n;
};
template <int> struct item {
    int n = 0;
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

TEST_CASE("a call holds as many objects as it is offered") {
    fakes::world w;
    const std::tuple<item<0>, item<1>, item<2>, item<3>, item<4>, item<5>, item<6>> all{};
    const auto offer_all = [](call& c, const auto& objects) {
        std::apply([&](const auto&... each) { (c.offer(each), ...); }, objects);
    };
    const auto holds_all = [](const call& c, const auto& objects) {
        return std::apply(
            [&](const auto&... each) {
                return ((c.find<std::remove_cvref_t<decltype(each)>>() == &each) && ...);
            },
            objects);
    };
    offer_all(w.call, all);
    CHECK(holds_all(w.call, all));
    CHECK(w.call.find<letter>() == nullptr);
    const call record(call::inside{w.call});
    CHECK(holds_all(record, all));

    // An attempt replaces its own, and the call sees it when it takes over what that has found.
    const auto others = all;
    call again(call::again{w.call, w.context});
    offer_all(again, others);
    CHECK(holds_all(again, others));
    CHECK(holds_all(w.call, all));
    w.call.found() = again.found();
    CHECK(holds_all(w.call, others));
}

TEST_CASE("an attempt beside others has its own request also among many objects") {
    fakes::world w;
    const http::v2::event event;
    const http::request request(event, w.memory);
    const std::tuple<item<0>, item<1>, item<2>, item<3>, item<4>> all{};
    std::apply([&](const auto&... each) { (w.call.offer(each), ...); }, all);
    w.call.offer(request);
    w.call.offer(request);
    workspace own;
    const call beside(call::again{w.call, w.context}, own);
    CHECK(beside.find<http::request>() == beside.find<http::request>());
    CHECK(beside.find<http::request>() != &request);
    CHECK(beside.find<item<4>>() == &std::get<4>(all));
    CHECK(w.call.find<http::request>() == &request);
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
    w.call.found().source = &sqs::event::about;
    w.call.found().identifier = "m1";
    w.call.found().attempt = 4;
    w.call.found().route = "sqs queue orders";
    call inner(call::inside{w.call});
    CHECK(inner.scope() == scope::record);
    CHECK(inner.source() == "sqs");
    CHECK(inner.record_id() == "m1");
    CHECK(inner.attempt() == 4);
    CHECK(inner.route().empty());
    CHECK(&inner.context() == &w.context);
    CHECK(&inner.memory() == &w.memory);
    inner.found().source = &s3::event::about;
    CHECK(w.call.source() == "sqs");
}

TEST_CASE("a call without a body has an empty one") {
    fakes::world w;
    REQUIRE(w.call.body());
    CHECK(w.call.body()->empty());
    CHECK(w.call.attempt() == 1);
    CHECK(w.call.scope() == scope::invocation);
    CHECK(w.call.find<http::request>() == nullptr);
}

TEST_CASE("a further attempt sees what the call sees, under a context of its own") {
    fakes::world w;
    const letter offered{1};
    call record(call::inside{w.call});
    record.offer(offered);
    record.found().source = &sqs::event::about;
    record.found().route = "sqs queue orders";
    record.found().identifier = "m1";
    record.found().attempt = 3;
    record.found().body = raw_json("17");
    context own = w.context;
    own.try_number = 2;
    call again(call::again{record, own});
    CHECK(&again.context() == &own);
    CHECK(&again.memory() == &w.memory);
    CHECK(again.find<letter>() == &offered);
    CHECK(again.source() == "sqs");
    CHECK(again.route() == "sqs queue orders");
    CHECK(again.record_id() == "m1");
    CHECK(again.attempt() == 3);
    CHECK(again.scope() == scope::record);
    CHECK(again.body()->text() == "17");
    const parcel later{2};
    again.offer(later);
    CHECK(record.find<parcel>() == nullptr);
    again.found().route = "sqs queue other";
    record.found() = again.found();
    CHECK(record.find<parcel>() == &later);
    CHECK(record.route() == "sqs queue other");
    CHECK(&record.context() == &w.context);
}

TEST_CASE("an attempt beside others works its request out in its own workspace") {
    fakes::world w;
    http::v2::event event;
    event.raw_path = "/orders/17";
    event.raw_query_string = "a=%31&b=2";
    const http::request request(event, w.memory);
    w.call.offer(request);
    w.call.offer(request);
    workspace own;
    call beside(call::again{w.call, w.context}, own);
    REQUIRE(beside.find<http::request>() != nullptr);
    CHECK(beside.find<http::request>() != &request);
    CHECK(beside.find<http::request>() == beside.find<http::request>());
    CHECK(w.call.find<http::request>() == &request);
    CHECK(&beside.memory() == &own);
    CHECK(beside.find<http::request>()->path() == "/orders/17");
    const auto used = w.memory.capacity();
    CHECK(beside.find<http::request>()->query().first("a") == "1");
    CHECK(w.memory.capacity() == used);
}

TEST_CASE("who is behind a call is whom the door names, until a layer says otherwise") {
    fakes::world w;
    CHECK_FALSE(w.call.principal());
    http::v2::event event;
    auto& signer = event.request_context.authorizer.emplace().iam.emplace();
    signer.user_arn = "arn:aws:iam::1:user/ada";
    const http::request request(event, w.memory);
    w.call.offer(request);
    CHECK(w.call.principal() == principal{"iam", "arn:aws:iam::1:user/ada"});
    std::string name = "bob";
    w.call.set_principal({"api_key", name, "shop"});
    name = "eve";
    const principal bob{"api_key", "bob", "shop"};
    CHECK(w.call.principal() == bob);
    w.call.set_principal({});
    CHECK_FALSE(w.call.principal());
    w.call.set_principal(bob);

    // Everything inside sees it, and what is set inside is seen there.
    call record(call::inside{w.call});
    CHECK(record.principal() == bob);
    workspace own;
    call beside(call::again{w.call, w.context}, own);
    CHECK(beside.principal() == bob);
    call again(call::again{w.call, w.context});
    CHECK(again.principal() == bob);
    again.set_principal({"api_key", "carl"});
    CHECK(w.call.principal() == bob);
    w.call.found() = again.found();
    CHECK(w.call.principal() == principal{"api_key", "carl"});
    CHECK(record.principal() == principal{"api_key", "carl"});
    record.set_principal({"signer", "dora"});
    CHECK(record.principal() == principal{"signer", "dora"});
    CHECK(w.call.principal() == principal{"api_key", "carl"});
}

TEST_CASE("whom a layer around has set comes before whom the door names") {
    fakes::world w;
    w.call.set_principal({"tunnel", "t1"});
    http::v2::event event;
    event.request_context.authorizer.emplace().iam.emplace().user_arn = "arn:aws:iam::1:user/ada";
    const http::request request(event, w.memory);
    call inner(call::inside{w.call});
    inner.offer(request);
    CHECK(inner.principal() == principal{"tunnel", "t1"});
}
