// SPDX-License-Identifier: BSL-1.0
#include "virtual_time.hpp"

#include <headrace/app.hpp>
#include <headrace/http.hpp>
#include <headrace/idempotency.hpp>
#include <headrace/layers/dead_letter.hpp>
#include <headrace/layers/retry.hpp>
#include <headrace/layers/sinks/memory.hpp>
#include <headrace/sources/eventbridge.hpp>
#include <headrace/sources/raw.hpp>
#include <headrace/sources/s3.hpp>
#include <headrace/sources/schedule.hpp>
#include <headrace/sources/sns.hpp>
#include <headrace/sources/sqs.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/invoke.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;
using idempotency::key;
using idempotency::key_at;
using idempotency::key_header;
using idempotency::memory_store;
using idempotency::natural_key;
using idempotency::options;
using testing::invoke;
using testing::sqs_batch;
using testing::sqs_message;

namespace {

using texts = std::vector<std::string>;

struct order {
    std::uint64_t id = 0;
    std::optional<std::string_view> note;
    static void wire(auto& self, auto&& field) {
        field("id", self.id).required();
        field("note", self.note);
    }
};

struct receipt {
    std::uint64_t order = 0;
    int charge = 0;
    static void wire(auto& self, auto&& field) {
        field("order", self.order);
        field("charge", self.charge);
    }
};

// Loses replies and makes calls fail.
class unreliable final : public idempotency::store {
public:
    enum class trouble : std::uint8_t { none, before, lost_reply };
    std::function<trouble(std::string_view)> trouble_of = [](std::string_view) {
        return trouble::none;
    };

    result<idempotency::claim_answer> claim(const context& ctx,
                                            const idempotency::claim_request& r) override {
        return through<idempotency::claim_answer>(ctx, "claim",
                                                  [&] { return inner.claim(ctx, r); });
    }
    result<idempotency::write_answer> end(const context& ctx, const idempotency::identity& id,
                                          idempotency::owner_id owner,
                                          const idempotency::ending& how) override {
        return through<idempotency::write_answer>(ctx, "end",
                                                  [&] { return inner.end(ctx, id, owner, how); });
    }
    result<idempotency::write_answer> renew(const context& ctx, const idempotency::identity& id,
                                            idempotency::owner_id owner, time_point lease,
                                            time_point expires) override {
        return through<idempotency::write_answer>(
            ctx, "renew", [&] { return inner.renew(ctx, id, owner, lease, expires); });
    }
    result<idempotency::write_answer> reconcile(const context& ctx, const idempotency::identity& id,
                                                std::uint64_t fence,
                                                const idempotency::ending& how) override {
        return through<idempotency::write_answer>(
            ctx, "reconcile", [&] { return inner.reconcile(ctx, id, fence, how); });
    }
    result<std::optional<idempotency::record>> find(const context& ctx,
                                                    const idempotency::identity& id) override {
        return inner.find(ctx, id);
    }
    std::function<void(const context&)> takes = [](const context&) {};
    memory_store inner;
    texts calls;

private:
    template <class T, class Call>
    result<T> through(const context& ctx, std::string_view name, Call call) {
        calls.emplace_back(name);
        takes(ctx);
        const auto what = trouble_of(name);
        if (what == trouble::before) return error::transient("the store cannot be reached");
        auto answer = call();
        if (what == trouble::lost_reply) return error::transient("the reply was lost");
        return answer;
    }
};

} // namespace

// ---- around records -----------------------------------------------------------------------------

TEST_CASE("a record that was handled is not handled again, and its neighbours are") {
    memory_store seen;
    texts handled;
    int failures = 1;
    app orders;
    orders.on(sqs::queue("orders"), chain{idempotent{seen}}, [&](const sqs::message& m) -> outcome {
        handled.emplace_back(m.message_id);
        if (m.message_id == "b" && failures-- > 0) return outcome::retry();
        return outcome();
    });
    const auto batch = sqs_batch("orders")
                           .message(sqs_message{.id = "a"})
                           .message(sqs_message{.id = "b"})
                           .message(sqs_message{.id = "c"});
    testing::world w;
    CHECK(invoke(orders, batch, w).failed_records() == texts{"b"});
    CHECK(invoke(orders, batch, w).failed_records().empty());
    CHECK(handled == texts{"a", "b", "c", "b"});
    CHECK(seen.size() == 3);
}

TEST_CASE("what throws is released and tried again") {
    memory_store seen;
    int tries = 0;
    app orders;
    orders.on(sqs::queue("orders"), chain{idempotent{seen}}, [&] {
        if (++tries == 1) throw std::runtime_error("once");
    });
    testing::world w;
    CHECK(invoke(orders, sqs_batch().message("x"), w).failed_records() == texts{"message-0"});
    CHECK(invoke(orders, sqs_batch().message("x"), w).failed_records().empty());
    CHECK(tries == 2);
}

TEST_CASE("one claim covers all tries of a retry inside") {
    unreliable seen;
    int tries = 0;
    app orders;
    orders.on(sqs::queue("orders"), chain{idempotent{seen}, retry{}},
              [&]() -> outcome { return ++tries < 3 ? outcome::retry() : outcome(); });
    testing::world w;
    CHECK(invoke(orders, sqs_batch().message("x"), w).failed_records().empty());
    CHECK(tries == 3);
    CHECK(seen.calls == texts{"claim", "end"});
}

TEST_CASE("each source has a key of its own") {
    memory_store seen;
    std::multiset<std::string> handled;
    app all{chain{idempotent{seen}}};
    const auto note = [&](const call& c) { handled.emplace(c.route()); };
    all.on(sqs::queue("orders*"), note);
    all.on(sns::topic("orders"), note);
    all.on(s3::bucket("uploads"), note);
    all.on(schedule::rule("nightly"), note);
    all.on(eventbridge::event_matcher("shop", "Paid"), note);
    all.on(raw::any, note);
    const auto fifo = [](std::string_view id, std::string_view deduplication) {
        return R"({"Records":[{"messageId":")" + std::string(id)
               + R"(","body":"x","attributes":{"MessageGroupId":"g","MessageDeduplicationId":")"
               + std::string(deduplication)
               + R"("},"eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:eu-central-1:123456789012:orders.fifo"}]})";
    };
    const auto object = testing::s3_notification("uploads").created("in/a.csv").json();
    struct row {
        std::string_view what;
        std::string first;
        std::string second;
        bool same;
    };
    const row rows[] = {
        {"the same message", sqs_batch("orders").message(sqs_message{.id = "m1"}).json(),
         sqs_batch("orders").message(sqs_message{.id = "m1", .deliveries = 2}).json(), true},
        {"another message", sqs_batch("orders").message(sqs_message{.id = "m2"}).json(),
         sqs_batch("orders").message(sqs_message{.id = "m3"}).json(), false},
        {"a message of a FIFO queue", fifo("f1", "d1"), fifo("f1", "d1"), true},
        {"a deduplication id comes again in another group", fifo("f2", "d2"), fifo("f3", "d2"),
         false},
        {"an object, by itself and in a message", object,
         testing::sns_notification("uploads").message(object).json(), true},
        {"a payload without marker: the request id", R"({"job":1})", R"({"job":1})", true},
    };
    for (const auto& r : rows) {
        CAPTURE(r.what);
        testing::world w;
        handled.clear();
        CHECK(invoke(all, r.first, w).succeeded());
        CHECK(invoke(all, r.second, w).succeeded());
        CHECK(handled.size() == (r.same ? 1 : 2));
    }
}

TEST_CASE("a member of the body, or a place in it, can be the key") {
    memory_store seen;
    int handled = 0;
    app orders;
    orders.on(sqs::queue("members"), chain{idempotent{seen, key(&order::id)}}, [&] { ++handled; });
    orders.on(sqs::queue("notes"), chain{idempotent{seen, key(&order::note)}}, [&] { ++handled; });
    orders.on(sqs::queue("places"), chain{idempotent{seen, key_at{"/order/id"}}},
              [&] { ++handled; });
    const auto deliver = [&](std::string_view queue, std::string_view first,
                             std::string_view second) {
        handled = 0;
        const auto a = invoke(orders, sqs_batch(std::string(queue)).message(first));
        const auto b = invoke(orders, sqs_batch(std::string(queue)).message(second));
        CHECK(a.failed_records().empty());
        return std::pair(handled, b.failed_records().empty());
    };
    CHECK(deliver("members", R"({"id":1})", R"({"id":1})") == std::pair(1, true));
    CHECK(deliver("members", R"({"id":2})", R"({ "id" : 2 })") == std::pair(1, true));
    CHECK(deliver("members", R"({"id":3})", R"({"id":4})") == std::pair(2, true));
    CHECK(deliver("members", R"({"id":5})", R"({"id":5,"note":"other"})") == std::pair(1, false));
    CHECK(deliver("notes", R"({"id":1,"note":"n"})", R"({"id":1})") == std::pair(1, false));
    CHECK(deliver("places", R"({"order":{"id":7}})", R"({"order":{"id":7}})")
          == std::pair(1, true));
    CHECK(deliver("places", R"({"order":{"id":8}})", R"({"order":{"id":"8"}})")
          == std::pair(2, true));
    CHECK(deliver("places", R"({"order":{"id":9}})", R"({"order":{"id":null}})")
          == std::pair(1, false));
}

TEST_CASE(
    "the deduplication id of a FIFO message can be the key, in its group, whatever SQS calls it") {
    memory_store seen;
    int handled = 0;
    app orders;
    orders.on(sqs::queue("orders*"), chain{idempotent{seen, idempotency::key_deduplication_id{}}},
              [&] { ++handled; });
    const auto deliver = [&](std::string_view message, std::string_view group, std::string_view id,
                             std::string_view body) {
        const auto reply = invoke(
            orders,
            R"({"Records":[{"messageId":")" + std::string(message) + R"(","body":")"
                + std::string(body) + R"(","attributes":{"MessageGroupId":")" + std::string(group)
                + R"(","MessageDeduplicationId":")" + std::string(id)
                + R"("},"eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:eu-central-1:123456789012:orders.fifo"}]})");
        return std::pair(handled, reply.failed_records().empty());
    };
    CHECK(deliver("m1", "g", "d", "x") == std::pair(1, true));
    CHECK(deliver("m2", "g", "d", "x") == std::pair(1, true));
    CHECK(deliver("m3", "other", "d", "x") == std::pair(2, true));
    CHECK(deliver("m4", "g", "d2", "x") == std::pair(3, true));
    CHECK(deliver("m5", "g", "d", "another body") == std::pair(3, false));
    const auto nameless = invoke(orders, sqs_batch("orders").message("x"));
    CHECK(nameless.failed_records().size() == 1);
    CHECK(handled == 3);
}

// ---- around requests ----------------------------------------------------------------------------

TEST_CASE("an HTTP request is answered again as it was the first time, by its Idempotency-Key") {
    memory_store seen;
    int charges = 0;
    app shop{chain{idempotent{seen, key_header{"Idempotency-Key"}}}};
    shop.on(http::post("/orders"), [&](body<order> o) { return receipt{o->id, ++charges}; });
    shop.on(http::post("/pages"), [&] {
        ++charges;
        return http::text(201, std::string("\x00\xFF page", 7))
            .header("X-Page", "1")
            .cookie("a=b; Path=/");
    });
    const auto send = [&](std::string_view path, std::string_view idempotency_key,
                          std::uint64_t id) {
        auto request = testing::post(std::string(path)).caller("ada").body(order{id, {}});
        if (!idempotency_key.empty()) {
            request.header("idempotency-key", std::string(idempotency_key));
        }
        return invoke(shop, request);
    };
    const auto first = send("/orders", "k1", 1);
    CHECK(first.status() == 200);
    CHECK(first.body() == R"({"order":1,"charge":1})");
    CHECK(send("/orders", "k1", 1).text() == first.text());
    CHECK(send("/orders", "k1", 2).status() == 422); // another payload
    CHECK(send("/orders", "k2", 1).body() == R"({"order":1,"charge":2})");
    CHECK(send("/orders", "", 1).status() == 400);
    CHECK(charges == 2);
    const auto page = send("/pages", "k1", 1); // another route: another operation
    CHECK(page.status() == 201);
    CHECK(page.body() == std::string("\x00\xFF page", 7));
    CHECK(page.cookies() == texts{"a=b; Path=/"});
    CHECK(send("/pages", "k1", 1).text() == page.text());
    CHECK(charges == 3);
}

TEST_CASE("a failure is tried again unless it is one to be remembered") {
    for (const bool remembered : {false, true}) {
        CAPTURE(remembered);
        memory_store seen;
        int runs = 0;
        error why;
        app shop;
        shop.on(http::post("/orders"),
                chain{idempotent{seen, key_header{"Idempotency-Key"},
                                 options{.remember_failures = remembered}}},
                [&]() -> outcome {
                    ++runs;
                    return why;
                });
        const auto status = [&](error e, std::string k) {
            why = std::move(e);
            const auto request =
                testing::post("/orders").caller("ada").header("Idempotency-Key", k);
            return invoke(shop, request).status();
        };
        CHECK(status(error::invalid("no such article"), "a") == 422);
        CHECK(status(error::transient("busy"), "a") == (remembered ? 422 : 503));
        CHECK(runs == (remembered ? 1 : 2));
        CHECK(status(error::transient("busy"), "b") == 503);
        CHECK(status(error::permanent("never"), "b") == 500);
        CHECK(runs == (remembered ? 3 : 4));
    }
}

// ---- several attempts ---------------------------------------------------------------------------

TEST_CASE("whoever comes while another attempt is at work is told so, waits or comes later") {
    using idempotency::when_in_progress;
    struct row {
        when_in_progress busy;
        verdict said;
    };
    const row rows[] = {{when_in_progress::reject, verdict::retry},
                        {when_in_progress::defer, verdict::defer}};
    for (const auto& r : rows) {
        CAPTURE(static_cast<int>(r.busy));
        memory_store seen;
        fakes::virtual_world w;
        w.context.deadline = w.time.now() + 20s;
        options how{.operation = "op", .busy = r.busy};
        w.call.found().identifier = "r1";
        how.terms.lease = 5s;
        idempotent layer{seen, natural_key{}, how};
        int inner = 0;
        outcome second;
        const auto first = layer(w.call, [&](call&) -> outcome {
            second = layer(w.call, [&](call&) {
                ++inner;
                return outcome();
            });
            return outcome();
        });
        CHECK(first.verdict() == verdict::ok);
        CHECK(inner == 0);
        CHECK(second.verdict() == r.said);
        if (r.busy == when_in_progress::reject) {
            REQUIRE(second.error() != nullptr);
            CHECK(second.error()->http_status == 409);
            CHECK(second.error()->after == 7s); // the lease and the margin
        }
        if (r.busy == when_in_progress::defer) CHECK(second.until() == w.time.now() + 7s);
    }
}

TEST_CASE("whoever waits gets the result of the attempt that was at work, whose lease is renewed") {
    memory_store seen;
    fakes::virtual_world w;
    w.context.deadline = w.time.now() + 60s;
    w.call.found().identifier = "r1";
    options how{.operation = "op", .busy = idempotency::when_in_progress::wait};
    how.terms.lease = 5s;
    const idempotent layer{seen, natural_key{}, how};
    int runs = 0;
    const auto work = [&](call& c) -> outcome {
        ++runs;
        if (!c.context().sleep_until(w.time.now() + 30s)) return error::cancelled("stopped");
        return json_reply{"17"};
    };
    context other = w.context;
    workspace memory;
    outcome first;
    auto task = w.time.start([&] {
        call beside(other, memory, w.objects);
        beside.found().identifier = "r1";
        first = layer(beside, work);
    });
    w.time.work_for(1s);
    const auto second = layer(w.call, work);
    task.reset();
    CHECK(runs == 1);
    REQUIRE(second.reply().get_if<json_reply>() != nullptr);
    CHECK(second.reply().get_if<json_reply>()->text == "17");
    CHECK(first.reply() == second.reply());
    CHECK(w.time.steady() >= 30s);
    CHECK(w.time.steady() < 32s);
}

TEST_CASE("H4: an attempt whose lease could not be renewed is asked to stop when it is lost") {
    bool returns = false; // does the store come back before the attempt ends?
    SUBCASE("the store says that it is lost") { returns = true; }
    SUBCASE("the store cannot be reached") {}
    unreliable seen;
    bool reachable = true;
    seen.trouble_of = [&](std::string_view name) {
        return reachable || name != "renew" ? unreliable::trouble::none
                                            : unreliable::trouble::before;
    };
    fakes::virtual_world w;
    w.context.deadline = w.time.now() + 60s;
    w.call.found().identifier = "r1";
    options how{.operation = "op"};
    how.terms.lease = 6s;
    const idempotent layer{seen, natural_key{}, how};
    outcome second;
    const auto first = layer(w.call, [&](call& c) -> outcome {
        reachable = false;
        w.time.work_for(9s);
        second = layer(w.call, [](call&) { return outcome(json_reply{"2"}); });
        reachable = returns;
        const bool slept = c.context().sleep_until(w.time.now() + 30s);
        CHECK_FALSE(slept);
        return json_reply{"1"};
    });
    CHECK(second.succeeded());
    CHECK(first.reply() == second.reply()); // H5: what was there stays, and is the answer
    CHECK(w.log.lines.back().find("an operation was lost") != std::string::npos);
}

namespace {

// A layer whose leases end long before the deadline, and whose store renews none.
struct without_renewals {
    without_renewals() {
        w.context.deadline = w.time.now() + 60s;
        w.call.found().identifier = "r1";
        seen.trouble_of = [](std::string_view name) {
            return name == "renew" ? unreliable::trouble::before : unreliable::trouble::none;
        };
    }
    fakes::virtual_world w;
    unreliable seen;
    options how{.operation = "op", .terms{.lease = 6s}};
    idempotent<natural_key> layer{seen, natural_key{}, how};
    time_point begun = w.time.now();
};

} // namespace

TEST_CASE_FIXTURE(without_renewals, "H4: an attempt is asked to stop when its lease is over, "
                                    "however slow its renewals are") {
    // Every exchange with the server takes four seconds, or what the caller has left.
    seen.takes = [&](const context& own) {
        w.time.work_for(std::min<std::chrono::nanoseconds>(3'900ms, own.remaining()));
    };
    time_point asked;
    (void)layer(w.call, [&](call& c) -> outcome {
        CHECK_FALSE(c.context().sleep_until(w.time.now() + 30s));
        asked = w.time.now();
        return error::cancelled("asked to");
    });
    CHECK(asked - begun < 6s + how.terms.margin);
}

TEST_CASE_FIXTURE(without_renewals,
                  "an operation that has ended waits for no renewal that is tried again") {
    w.numbers.last = std::uint64_t(1) << 63; // the waits are half of the longest
    const auto o = layer(w.call, [&](call&) -> outcome {
        w.time.work_for(2s + 1ms); // the first renewal has failed
        return json_reply{"1"};
    });
    CHECK(o.succeeded());
    CHECK(w.time.now() - begun < 2s + 5ms);
}

TEST_CASE("where no deadline is known a lease is renewed until the operation has ended") {
    memory_store seen;
    fakes::virtual_world w;
    w.context.deadline.reset();
    w.call.found().identifier = "r1";
    options how{.operation = "op"};
    how.terms.lease = 5s;
    const idempotent layer{seen, natural_key{}, how};
    outcome second;
    const auto first = layer(w.call, [&](call& c) -> outcome {
        CHECK(c.context().sleep_until(w.time.now() + 20s));
        second = layer(w.call, [](call&) { return outcome(json_reply{"2"}); });
        return json_reply{"1"};
    });
    CHECK(first.succeeded());
    REQUIRE(second.error() != nullptr);
    CHECK(second.error()->kind == error_class::conflict);
}

TEST_CASE("H4, H5: a straggler gets the result of whoever took over, and changes nothing") {
    memory_store seen;
    testing::world w;
    context ctx = w.make_context(30s);
    const idempotency::identity id{"key", "payload"};
    idempotency::terms t{.lease = 5s};
    auto first = idempotency::begin(seen, id, t, ctx);
    REQUIRE(first);
    auto& straggler = std::get<idempotency::attempt>(*first);
    w.clock.advance(7s);
    CHECK(std::holds_alternative<idempotency::in_progress>(*idempotency::begin(seen, id, t, ctx)));
    w.clock.advance(1ms);
    auto second = idempotency::begin(seen, id, t, ctx);
    auto& successor = std::get<idempotency::attempt>(*second);
    CHECK(successor.number() == 2);
    CHECK(successor.fence() > straggler.fence());
    CHECK_FALSE(straggler.renew(ctx, w.clock.now() + 5s));
    const auto early = straggler.complete(ctx, "first");
    REQUIRE_FALSE(early);
    CHECK(early.error().kind == error_class::conflict);
    CHECK_FALSE(straggler.release(ctx)); // H6: and ends nobody else's claim
    CHECK(std::holds_alternative<idempotency::in_progress>(*idempotency::begin(seen, id, t, ctx)));
    CHECK(successor.complete(ctx, "second")->result == "second");
    CHECK(straggler.complete(ctx, "first")->result == "second");
    const auto third = idempotency::begin(seen, id, t, ctx);
    CHECK(std::get<idempotency::replay>(*third).result == "second");
}

TEST_CASE("H7, H8: an attempt knows its own writes when their replies were lost") {
    unreliable seen;
    testing::world w;
    context ctx = w.make_context(30s);
    int lost = 1;
    seen.trouble_of = [&](std::string_view) {
        return lost-- > 0 ? unreliable::trouble::lost_reply : unreliable::trouble::none;
    };
    const idempotency::identity id{"key", "payload"};
    auto begun = idempotency::begin(seen, id, {}, ctx);
    REQUIRE(begun);
    REQUIRE(std::holds_alternative<idempotency::attempt>(*begun));
    lost = 2;
    CHECK(std::get<idempotency::attempt>(*begun).complete(ctx, "done")->result == "done");
    CHECK(seen.calls == texts{"claim", "claim", "end", "end", "end"});
}

TEST_CASE("H3: what was done but could not be kept is said so, loudly") {
    unreliable seen;
    seen.trouble_of = [&](std::string_view name) {
        return name == "end" ? unreliable::trouble::before : unreliable::trouble::none;
    };
    std::optional<error> why;
    const auto look = [&](call& c, auto&& next) -> outcome {
        outcome o = next(c);
        if (o.error() != nullptr) why = *o.error();
        return o;
    };
    app orders;
    orders.on(sqs::queue("orders"), chain{look, idempotent{seen}}, [] {});
    testing::world w;
    CHECK(invoke(orders, sqs_batch().message("x"), w).failed_records() == texts{"message-0"});
    CHECK(w.log.contains("an operation was done, but that could not be kept"));
    REQUIRE(why);
    CHECK(why->code == errc::unrecorded);
    CHECK(why->kind == error_class::transient);
}

TEST_CASE("H3: what was done is noted although the store was away, while there is time") {
    struct row {
        std::chrono::seconds away;
        bool kept;
    };
    for (const auto& [away, kept] : {row{3s, true}, row{9s, true}, row{11s, false}}) {
        CAPTURE(away.count());
        fakes::virtual_world w;
        unreliable seen;
        w.context.deadline = w.time.now() + 10s;
        retry_budget spent(retry_prices{.tokens = 0});
        w.context.retries = &spent;
        std::stop_source asked;
        w.context.stop = asked.get_token();
        w.call.found().identifier = "r1";
        const auto back = w.time.now() + away;
        seen.trouble_of = [&](std::string_view name) {
            return name == "end" && w.time.now() < back ? unreliable::trouble::before
                                                        : unreliable::trouble::none;
        };
        const idempotent layer{seen, natural_key{}, options{.operation = "op"}};
        const auto first = layer(w.call, [&](call&) -> outcome {
            asked.request_stop(); // as deadline_guard{} does, and the handler ends well
            return json_reply{"1"};
        });
        CHECK(first.succeeded() == kept);
        const auto second = layer(w.call, [](call&) { return outcome(json_reply{"2"}); });
        CHECK((second.reply() == any_reply(json_reply{"1"})) == kept);
    }
}

TEST_CASE("a claim whose replies were all lost is taken back") {
    for (const auto mode : {idempotency::mode::at_least_once, idempotency::mode::at_most_once}) {
        unreliable seen;
        testing::world w;
        const context ctx = w.make_context(30s);
        seen.trouble_of = [](std::string_view name) {
            return name == "claim" ? unreliable::trouble::lost_reply : unreliable::trouble::none;
        };
        const idempotency::identity id{"key", ""};
        CHECK_FALSE(idempotency::begin(seen, id, {.mode = mode}, ctx));
        seen.trouble_of = [](std::string_view) { return unreliable::trouble::none; };
        const auto next = idempotency::begin(seen, id, {.mode = mode}, ctx);
        REQUIRE(next);
        CHECK(std::holds_alternative<idempotency::attempt>(*next));
    }
}

TEST_CASE("nothing begins when the time is over") {
    memory_store seen;
    testing::world w;
    context ctx = w.make_context(30s);
    w.clock.advance(30s);
    const auto late = idempotency::begin(seen, {"key", ""}, {}, ctx);
    REQUIRE_FALSE(late);
    CHECK(late.error().kind == error_class::deadline);
    CHECK(seen.find(ctx, {"key", ""})->has_value() == false);
}

TEST_CASE("H6: a straggler that fails for good rejects nothing that another decides about") {
    enum class successor : std::uint8_t { at_work, done };
    for (const bool remember : {false, true}) {
        for (const auto other : {successor::at_work, successor::done}) {
            CAPTURE(remember);
            CAPTURE(static_cast<int>(other));
            memory_store seen;
            fakes::virtual_world w;
            w.context.deadline = w.time.now() + 5s; // so that nothing renews its lease
            w.call.found().identifier = "r1";
            const options how{.operation = "op", .remember_failures = remember};
            const idempotent layer{seen, natural_key{}, how};
            std::optional<idempotency::decision> beside;
            const auto o = layer(w.call, [&](call& c) -> outcome {
                const auto& mine = c.find<idempotency::current>()->id();
                w.time.work_for(10s); // frozen
                context later = w.context;
                later.deadline = w.time.now() + 60s;
                beside.emplace(*idempotency::begin(seen, mine, {}, later));
                auto& attempt = std::get<idempotency::attempt>(*beside);
                if (other == successor::done) CHECK(attempt.complete(later, R"({"json":2})"));
                return error::permanent("no such account");
            });
            const bool adopted = remember && other == successor::done;
            CHECK(o.verdict() == (adopted ? verdict::ok : verdict::retry));
            if (adopted) CHECK(o.reply() == any_reply(json_reply{"2"}));
        }
    }
}

TEST_CASE("a reply that is no JSON is a mistake of the program, not of the sender") {
    memory_store seen;
    app shop;
    shop.on(http::post("/"), chain{idempotent{seen, key_header{"k"}}},
            [] { return json_reply{"oops"}; });
    const auto request = testing::post("/").caller("ada").header("k", "1");
    for (int i = 0; i < 2; ++i) CHECK(invoke(shop, request).status() == 500);
}

TEST_CASE("a stored result that cannot be read names its store and its key") {
    class named final : public idempotency::store {
    public:
        explicit named(idempotency::store& in) : inner(in) {}
        [[nodiscard]] std::string name() const override { return "the drawer"; }
        result<idempotency::claim_answer> claim(const context& ctx,
                                                const idempotency::claim_request& r) override {
            last = r.id;
            return inner.claim(ctx, r);
        }
        result<idempotency::write_answer> end(const context& ctx, const idempotency::identity& id,
                                              idempotency::owner_id who,
                                              const idempotency::ending& how) override {
            return inner.end(ctx, id, who, how);
        }
        result<idempotency::write_answer> renew(const context& ctx, const idempotency::identity& id,
                                                idempotency::owner_id who, time_point a,
                                                time_point b) override {
            return inner.renew(ctx, id, who, a, b);
        }
        result<idempotency::write_answer> reconcile(const context& ctx,
                                                    const idempotency::identity& id,
                                                    std::uint64_t fence,
                                                    const idempotency::ending& how) override {
            return inner.reconcile(ctx, id, fence, how);
        }
        result<std::optional<idempotency::record>> find(const context& ctx,
                                                        const idempotency::identity& id) override {
            return inner.find(ctx, id);
        }
        idempotency::store& inner;
        idempotency::identity last;
    };
    memory_store memory;
    named seen(memory);
    fakes::virtual_world w;
    w.call.found().identifier = "r1";
    const auto says = [&](const error& e) {
        CHECK(e.kind == error_class::bug);
        CHECK(e.message.starts_with("the result of the operation " + seen.last.key
                                    + " in the drawer cannot be read: "));
    };
    const idempotent layer{seen, natural_key{}, options{.operation = "op"}};
    for (int i = 0; i < 2; ++i) { // at the first time, and when it comes again
        const auto o = layer(w.call, [](call&) { return outcome(json_reply{"oops"}); });
        REQUIRE(o.error() != nullptr);
        says(*o.error());
    }
    // By another version of the program, in the same words.
    const idempotency::operation what{"sum", 1};
    REQUIRE(idempotency::run<std::string>(
        seen, what, [] { return std::string("x"); }, w.context));
    const auto again = idempotency::run<int>(
        seen, what, [] { return 1; }, w.context);
    REQUIRE_FALSE(again);
    says(again.error());
    // The stores that ship, and those around others.
    CHECK(memory.name() == "the store in memory");
    CHECK(idempotency::cached_store(seen).name() == "the drawer");
    CHECK(idempotency::open("memory:").name() == "the store in memory");
    CHECK(idempotency::open("sqlite:orders.db").name() == "the SQLite file orders.db");
    CHECK(idempotency::open("redis://:secret@cache").name() == "Redis at cache port 6379");
    CHECK(idempotency::open("dynamodb:seen").name() == "the DynamoDB table seen");
    CHECK(idempotency::open("nowhere:secret").name() == "a store that was not opened");
}

TEST_CASE("at most once: an attempt that ended without a word is parked until it is reconciled") {
    const std::chrono::milliseconds times[] = {7s + 1ms, 24h * 40};
    for (const auto& [was_done, returns_after] :
         {std::pair(false, times[0]), {true, times[0]}, {false, times[1]}, {true, times[1]}}) {
        CAPTURE(was_done);
        memory_store seen;
        testing::world w;
        context ctx = w.make_context(30s);
        const idempotency::identity id{"key", ""};
        const idempotency::terms t{.mode = idempotency::mode::at_most_once, .lease = 5s};
        (void)idempotency::begin(seen, id, t, ctx); // crashes
        CHECK(std::holds_alternative<idempotency::in_progress>(
            *idempotency::begin(seen, id, t, ctx)));
        w.clock.advance(returns_after);
        ctx.deadline = w.clock.now() + 30s;
        const auto found = idempotency::begin(seen, id, t, ctx);
        REQUIRE(std::holds_alternative<idempotency::unknown>(*found));
        const auto fence = std::get<idempotency::unknown>(*found).fence;
        CHECK_FALSE(idempotency::reconcile(seen, id, fence + 1, {was_done, "told"}, t, ctx));
        CHECK(idempotency::reconcile(seen, id, fence, {was_done, "told"}, t, ctx));
        CHECK(idempotency::reconcile(seen, id, fence, {was_done, "told"}, t, ctx)); // lost reply
        const auto after = idempotency::begin(seen, id, t, ctx);
        if (was_done)
            CHECK(std::get<idempotency::replay>(*after).result == "told");
        else
            CHECK(std::holds_alternative<idempotency::attempt>(*after));
    }
}

TEST_CASE("results are forgotten when their window is over, and not before") {
    memory_store seen;
    testing::world w;
    context ctx = w.make_context(1h);
    const idempotency::identity id{"key", ""};
    const idempotency::terms t{.window = 10min, .lease = 1min};
    auto begun = idempotency::begin(seen, id, t, ctx);
    w.clock.advance(30s);
    CHECK(std::get<idempotency::attempt>(*begun).complete(ctx, "r"));
    w.clock.advance(10min);
    CHECK(std::holds_alternative<idempotency::replay>(*idempotency::begin(seen, id, t, ctx)));
    w.clock.advance(1ms);
    CHECK(std::get<idempotency::attempt>(*idempotency::begin(seen, id, t, ctx)).number() == 1);
}

TEST_CASE("a handler can know its attempt and derive keys for the operations that it calls") {
    memory_store seen;
    texts keys;
    std::vector<std::uint32_t> numbers;
    app orders;
    orders.on(sqs::queue("orders"), chain{idempotent{seen}},
              [&](idempotency::current now) -> outcome {
                  keys.push_back(now.downstream_key("charge"));
                  keys.push_back(now.downstream_key("mail"));
                  numbers.push_back(now.attempt_number());
                  return numbers.size() < 2 ? outcome::retry() : outcome();
              });
    testing::world w;
    (void)invoke(orders, sqs_batch().message("x"), w);
    (void)invoke(orders, sqs_batch().message("x"), w);
    CHECK(numbers == std::vector<std::uint32_t>{1, 2});
    CHECK(keys[0].size() == 64);
    CHECK(keys[0] != keys[1]);
    CHECK(keys[0] == keys[2]);
}

TEST_CASE("what can never work is one of the mistakes in the app") {
    memory_store seen;
    const options unprotected{.keyless = idempotency::when_keyless::run};
    const key_header from_caller{"k"};
    const auto handler = [](idempotency::current) {};
    app fine{chain{idempotent{seen, natural_key{}, unprotected}}};
    fine.on(sqs::queue("a"), handler);
    fine.on(http::post("/a"), handler);
    fine.on(sqs::queue("b"), chain{idempotent{seen, from_caller, unprotected}}, handler);
    fine.on(http::post("/b"), chain{idempotent{seen, from_caller}}, handler);
    fine.on(http::post("/c"), chain{idempotent{seen, key_at{"/id"}}}, handler);
    CHECK(fine.build());

    app bad;
    bad.on(sqs::queue("a"), handler);
    bad.on(http::post("/a"), chain{idempotent{seen}}, [] {});
    bad.on(sqs::queue("b"), chain{idempotent{seen, from_caller}}, [] {});
    bad.on(sqs::queue("c"), chain{idempotent{seen, key_at{"id"}}}, [] {});
    const auto said = bad.build();
    REQUIRE_FALSE(said);
    const auto& text = said.error().message;
    CAPTURE(text);
    CHECK(text.starts_with("4 mistakes in the app:"));
    for (const auto* const part :
         {"'sqs queue a' asks for what only an idempotent{} layer gives, and none stands around it",
          "HTTP requests have no natural_key{}", "only HTTP requests have headers",
          "a JSON pointer, which begins with '/'"}) {
        CHECK(text.find(part) != std::string::npos);
    }
}

TEST_CASE("H3: a reply that is too large is remembered as done") {
    memory_store seen;
    int runs = 0;
    app shop;
    shop.on(http::post("/"), chain{idempotent{seen, key_header{"k"}, options{.largest_reply = 64}}},
            [&] {
                ++runs;
                return http::text(200, std::string(100, 'x'));
            });
    const auto request = testing::post("/").caller("ada").header("k", "1");
    CHECK(invoke(shop, request).body() == std::string(100, 'x'));
    CHECK(invoke(shop, request).status() == 204);
    CHECK(runs == 1);
}

TEST_CASE("a store that fails says nothing about the record: it is never rejected") {
    class full final : public idempotency::store {
        result<idempotency::claim_answer> claim(const context&,
                                                const idempotency::claim_request&) override {
            return error::permanent("the disk is full");
        }
        result<idempotency::write_answer> end(const context&, const idempotency::identity&,
                                              idempotency::owner_id,
                                              const idempotency::ending&) override {
            throw std::runtime_error("no");
        }
        result<idempotency::write_answer> renew(const context&, const idempotency::identity&,
                                                idempotency::owner_id, time_point,
                                                time_point) override {
            throw std::runtime_error("no");
        }
        result<idempotency::write_answer> reconcile(const context&, const idempotency::identity&,
                                                    std::uint64_t,
                                                    const idempotency::ending&) override {
            throw std::runtime_error("no");
        }
        result<std::optional<idempotency::record>> find(const context&,
                                                        const idempotency::identity&) override {
            throw std::runtime_error("no");
        }
    } store;
    memory_sink rejected;
    app orders{chain{dead_letter{rejected}, idempotent{store}}};
    int runs = 0;
    orders.on(sqs::queue("orders"), [&] { ++runs; });
    CHECK(invoke(orders, sqs_batch().message("x")).failed_records() == texts{"message-0"});
    CHECK(runs == 0);
    CHECK(rejected.size() == 0);
}

TEST_CASE("a window for ever is one") {
    memory_store seen;
    testing::world w;
    context ctx = w.make_context(1h);
    const idempotency::identity id{"key", ""};
    const idempotency::terms t{.window = std::chrono::milliseconds::max(),
                               .lease = std::chrono::milliseconds::max()};
    ctx.deadline.reset();
    auto begun = idempotency::begin(seen, id, t, ctx);
    CHECK(std::holds_alternative<idempotency::in_progress>(*idempotency::begin(seen, id, t, ctx)));
    CHECK(std::get<idempotency::attempt>(*begun).complete(ctx, "r"));
    CHECK(std::holds_alternative<idempotency::replay>(*idempotency::begin(seen, id, t, ctx)));
}

TEST_CASE("a returned response that has failed is the reply, and the next request tries again") {
    for (const int status : {408, 425, 429, 500, 501, 502, 503, 504, 599}) {
        CAPTURE(status);
        memory_store seen;
        int runs = 0;
        app shop;
        shop.on(http::post("/"), chain{idempotent{seen, key_header{"k"}}}, [&] {
            return ++runs == 1
                       ? http::text(static_cast<std::uint16_t>(status), "no").header("x-why", "so")
                       : http::text(201, "made");
        });
        const auto request = testing::post("/").caller("ada").header("k", "1");
        const auto first = invoke(shop, request);
        CHECK(first.status() == status);
        CHECK(first.body() == "no");
        CHECK(first.header("x-why") == "so");
        for (int i = 0; i < 2; ++i) CHECK(invoke(shop, request).status() == 201);
        CHECK(runs == 2);
    }
}

TEST_CASE("a returned response with another status is done, and answered again") {
    for (const int status : {200, 302, 400, 404, 409, 422}) {
        CAPTURE(status);
        memory_store seen;
        int runs = 0;
        app shop;
        shop.on(http::post("/"), chain{idempotent{seen, key_header{"k"}}},
                [&] { return ++runs, http::text(static_cast<std::uint16_t>(status), "so"); });
        const auto request = testing::post("/").caller("ada").header("k", "1");
        for (int i = 0; i < 2; ++i) CHECK(invoke(shop, request).status() == status);
        CHECK(runs == 1);
    }
}

TEST_CASE("at most once a returned response is the answer whatever its status") {
    for (const int status : {201, 404, 429, 501, 503}) {
        CAPTURE(status);
        memory_store seen;
        testing::world w;
        options how;
        how.terms.mode = idempotency::mode::at_most_once;
        int runs = 0;
        app shop;
        shop.on(http::post("/"), chain{idempotent{seen, key_header{"k"}, how}}, [&] {
            return ++runs, http::text(static_cast<std::uint16_t>(status), "so").cookie("a=b");
        });
        const auto request = testing::post("/").caller("ada").header("k", "1");
        const auto first = invoke(shop, request, w);
        for (int i = 0; i < 2; ++i) {
            const auto again = invoke(shop, request, w);
            CHECK(again.status() == status);
            CHECK(again.text() == first.text());
        }
        CHECK(runs == 1);
        CHECK(!w.log.contains("until it is reconciled"));
    }
}

TEST_CASE("responses that have failed are kept where the options say so") {
    struct row {
        options how;
        int status;
        int runs;
    };
    const row rows[] = {
        {{.failed_responses = idempotency::failed_response::keep}, 503, 1},
        {{.failed_responses = idempotency::failed_response::keep}, 501, 1},
        {{.remember_failures = true}, 501, 1}, // it will not go away
        {{.remember_failures = true}, 503, 2},
    };
    for (const auto& [how, status, expected] : rows) {
        CAPTURE(status);
        memory_store seen;
        int runs = 0;
        app shop;
        shop.on(http::post("/"), chain{idempotent{seen, key_header{"k"}, how}},
                [&] { return ++runs, http::text(static_cast<std::uint16_t>(status), "so"); });
        const auto request = testing::post("/").caller("ada").header("k", "1");
        for (int i = 0; i < 2; ++i) {
            const auto reply = invoke(shop, request);
            CHECK(reply.status() == status);
            CHECK(reply.body() == "so");
        }
        CHECK(runs == expected);
    }
}

TEST_CASE("for ever is a length for leases and margins too, and a negative one is none") {
    constexpr auto for_ever = std::chrono::milliseconds::max();
    struct row {
        idempotency::terms terms;
        bool lapses; // a day later
    };
    const row rows[] = {
        {{.lease = for_ever, .margin = for_ever}, false},
        {{.lease = 1min, .margin = for_ever}, false},
        {{.lease = for_ever}, false},
        {{.lease = 1min, .margin = -for_ever}, true},
        {{.lease = -for_ever, .margin = -for_ever}, true},
    };
    for (const auto& [terms, lapses] : rows) {
        memory_store seen;
        testing::world w;
        context ctx = w.make_context(for_ever);
        ctx.deadline.reset();
        const idempotency::identity id{"key", ""};
        (void)idempotency::begin(seen, id, terms, ctx);
        w.clock.advance(24h);
        const auto next = idempotency::begin(seen, id, terms, ctx);
        CHECK(std::holds_alternative<idempotency::attempt>(*next) == lapses);
    }
    fakes::virtual_world w; // a lease for ever is renewed like any other
    memory_store seen;
    w.call.found().identifier = "r1";
    const idempotent layer{seen, natural_key{},
                           options{.operation = "op", .terms = {.lease = for_ever}}};
    const auto o = layer(w.call, [&](call& c) -> outcome {
        return c.context().sleep_for(24h) ? outcome() : error::cancelled("stopped");
    });
    CHECK(o.succeeded());
}
