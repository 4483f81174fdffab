// SPDX-License-Identifier: BSL-1.0
// The ways in which libraries for idempotency are known to break, one by one.
// docs/why/idempotency.md has the list: what each is, what is done about it, and which test shows
// it.
#include "virtual_time.hpp"

#include <headrace/app.hpp>
#include <headrace/http.hpp>
#include <headrace/idempotency.hpp>
#include <headrace/layers/dead_letter.hpp>
#include <headrace/layers/sinks/memory.hpp>
#include <headrace/sources/raw.hpp>
#include <headrace/sources/sqs.hpp>
#include <headrace/sources/sqs/visibility.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/invoke.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;
namespace idem = headrace::idempotency;
using idem::memory_store;
using idem::when_in_progress;
using testing::invoke;
using testing::sqs_batch;
using testing::sqs_message;

namespace {

using texts = std::vector<std::string>;

struct order {
    std::uint64_t id = 0;
    std::string_view customer;
    std::optional<std::uint64_t> number;
    static void wire(auto& self, auto&& field) {
        field("id", self.id).required();
        field("customer", self.customer);
        field("number", self.number);
    }
};

struct pair {
    std::optional<std::uint64_t> first;
    std::optional<std::string_view> second;
    static void wire(auto& self, auto&& field) {
        field("first", self.first);
        field("second", self.second);
    }
};

struct with_pair {
    pair both;
    static void wire(auto& self, auto&& field) { field("both", self.both); }
};

// A place where time passes only when it is told to, for one operation.
struct fixture {
    testing::world w;
    context ctx = w.make_context(20s);
    memory_store seen;
    idem::identity id{"key", "payload"};
    idem::terms terms{.lease = 5s};

    idem::decision begin(idem::store& in) {
        auto said = idem::begin(in, id, terms, ctx);
        REQUIRE(said);
        return *std::move(said);
    }
    idem::attempt attempt(idem::store& in) {
        auto said = begin(in);
        REQUIRE(std::holds_alternative<idem::attempt>(said));
        return std::get<idem::attempt>(std::move(said));
    }
};

// Whoever charges, and remembers keys as banks do.
struct bank {
    std::set<std::string> keys = {};
    int charges = 0;
    void charge(const std::string& key) {
        if (keys.insert(key).second) ++charges;
    }
};

std::string repeated(const std::string& text, std::string_view from, std::string_view to) {
    std::string out = text;
    const auto at = out.find(from);
    REQUIRE(at != std::string::npos);
    return out.replace(at, from.size(), to);
}

} // namespace

TEST_CASE("H2: what throws after its effect runs again with the same key for whoever it calls, or "
          "is parked") {
    for (const auto mode : {idem::mode::at_least_once, idem::mode::at_most_once}) {
        CAPTURE(static_cast<int>(mode));
        memory_store seen;
        bank b;
        int runs = 0;
        idem::options how;
        how.terms.mode = mode;
        app orders;
        orders.on(sqs::queue("orders"), chain{idempotent{seen, idem::natural_key{}, how}},
                  [&](idem::current now) {
                      b.charge(now.downstream_key("charge"));
                      if (++runs == 1) throw std::runtime_error("after the effect");
                  });
        testing::world w;
        const auto batch = sqs_batch("orders").message("x");
        CHECK_FALSE(invoke(orders, batch, w).failed_records().empty());
        const auto second = invoke(orders, batch, w).failed_records();
        CHECK(second.empty() == (mode == idem::mode::at_least_once));
        CHECK(runs == (mode == idem::mode::at_least_once ? 2 : 1));
        CHECK(b.charges == 1);
    }
}

TEST_CASE_FIXTURE(fixture, "H6: a straggler that fails takes nobody's claim, and no result") {
    auto straggler = attempt(seen);
    w.clock.advance(7s + 1ms);
    auto successor = attempt(seen);
    CHECK_FALSE(straggler.release(ctx));
    CHECK_FALSE(straggler.park(ctx));
    CHECK_FALSE(straggler.fail(ctx, "{}"));
    CHECK(std::holds_alternative<idem::in_progress>(begin(seen)));
    REQUIRE(successor.complete(ctx, "done"));
    CHECK_FALSE(straggler.release(ctx));
    CHECK(std::get<idem::replay>(begin(seen)).result == "done");
}

TEST_CASE_FIXTURE(fixture, "H9: clocks that differ by less than the margin take nothing over, and "
                           "more costs time, not safety") {
    auto first = attempt(seen);
    testing::world ahead;
    for (int i = 0; i < 9; ++i) (void)ahead.random.next(); // owners differ
    ahead.clock.advance(5s + terms.margin);
    auto theirs = ahead.make_context(1h);
    CHECK(std::holds_alternative<idem::in_progress>(*idem::begin(seen, id, terms, theirs)));
    ahead.clock.advance(1ms); // now it believes that the lease is over
    auto said = idem::begin(seen, id, terms, theirs);
    auto& second = std::get<idem::attempt>(*said);
    CHECK(second.fence() > first.fence());
    CHECK_FALSE(first.complete(ctx, "first"));
    CHECK(second.complete(theirs, "second"));
    CHECK(std::get<idem::replay>(begin(seen)).result == "second");

    // A clock that goes back: the fence still grows.
    id.key = "another";
    auto late = idem::begin(seen, id, terms, theirs);
    const auto fence = std::get<idem::attempt>(*late).fence();
    REQUIRE(std::get<idem::attempt>(*late).release(theirs));
    CHECK(attempt(seen).fence() > fence);
}

TEST_CASE_FIXTURE(fixture, "H10: the window counts from the end, and no claim expires under its "
                           "holder") {
    terms = {.window = 1min, .lease = 15min};
    ctx.deadline = w.clock.now() + 15min;
    auto mine = attempt(seen);
    const auto record = seen.find(ctx, id);
    REQUIRE(*record);
    CHECK((*record)->expires >= (*record)->lease_end + terms.margin + 24h);
    w.clock.advance(10min); // longer than the window
    CHECK(std::holds_alternative<idem::in_progress>(begin(seen)));
    REQUIRE(mine.complete(ctx, "done"));
    w.clock.advance(1min);
    CHECK(std::holds_alternative<idem::replay>(begin(seen)));
    w.clock.advance(1ms);
    CHECK(std::holds_alternative<idem::attempt>(begin(seen)));
}

TEST_CASE_FIXTURE(fixture, "H10: whose record somebody has deleted has lost the operation") {
    auto store = idem::open("memory:");
    auto mine = attempt(store);
    store = idem::open("memory:"); // deleted
    const auto said = mine.complete(ctx, "done");
    REQUIRE_FALSE(said);
    CHECK(said.error().kind == error_class::conflict);
}

TEST_CASE("H11: a message whose first delivery is still at work comes back when that is over") {
    struct fake_client final : sqs::visibility_client {
        result<void> change_visibility(std::span<const sqs::visibility_change> changes) override {
            for (const auto& each : changes) asked.push_back(each.timeout);
            return {};
        }
        std::vector<std::chrono::seconds> asked;
    } client;
    const sqs::visibility_backoff backoff(client);
    memory_store seen;
    idem::options how{.busy = when_in_progress::defer};
    how.terms.lease = 10s;
    int runs = 0;
    std::function<void()> meanwhile;
    app orders;
    orders.provide(backoff);
    orders.on(sqs::queue("orders"), chain{idempotent{seen, idem::natural_key{}, how}}, [&] {
        ++runs;
        if (meanwhile) std::exchange(meanwhile, {})();
    });
    const auto batch = sqs_batch("orders").message("x").json();
    testing::world w;
    testing::world beside;
    for (int i = 0; i < 9; ++i) (void)beside.random.next();
    texts left;
    meanwhile = [&] { left = invoke(orders, batch, beside).failed_records(); };
    CHECK(invoke(orders, batch, w).failed_records().empty());
    CHECK(left == texts{"message-0"});
    CHECK(client.asked == std::vector<std::chrono::seconds>{12s}); // the lease and the margin
    CHECK(runs == 1);
}

TEST_CASE("H12: where a shard would spin, a duplicate waits as long as there is time") {
    memory_store seen;
    idem::options how{.operation = "op", .busy = when_in_progress::wait};
    const idempotent layer{seen, idem::natural_key{}, how};
    fakes::virtual_world w;
    w.call.found().identifier = "r1";
    w.context.deadline = w.time.now() + 60s;
    outcome first;
    context other = w.context;
    workspace memory;
    auto task = w.time.start([&] {
        call beside(other, memory, w.objects);
        beside.found().identifier = "r1";
        first = layer(beside, [&](call&) -> outcome {
            w.time.work_for(30s);
            return json_reply{"1"};
        });
    });
    w.time.work_for(1s);
    const auto never = [](call&) { return outcome(json_reply{"2"}); };
    w.context.deadline = w.time.now() + 10s; // too early for the end of the first
    const auto hasty = layer(w.call, never);
    REQUIRE(hasty.error() != nullptr);
    CHECK(hasty.error()->kind == error_class::conflict);
    CHECK(w.time.steady() > 9s); // it did not spin
    CHECK(w.time.steady() < 11s);
    w.context.deadline = w.time.now() + 60s;
    const auto patient = layer(w.call, never);
    task.reset();
    CHECK(first.succeeded());
    CHECK(patient.reply() == first.reply());
}

TEST_CASE("H13: the key is made once, before the handler, whatever it does to what it got") {
    struct counting_key {
        int* times;
        result<bool> operator()(const call& c, idem::canonical& to) const {
            ++*times;
            return idem::key(&order::id)(c, to);
        }
    };
    memory_store seen;
    int times = 0;
    texts handled;
    app orders;
    orders.on(sqs::queue("orders"), chain{idempotent{seen, counting_key{&times}}},
              [&](body<order> o, call& c) {
                  handled.push_back(std::to_string(o->id));
                  o.value.id = 2;
                  c.found().body = raw_json(R"({"id":2})");
              });
    testing::world w;
    for (const auto* const each : {R"({"id":1})", R"({"id":1})", R"({"id":2})"}) {
        CHECK(invoke(orders, sqs_batch("orders").message(each), w).failed_records().empty());
    }
    CHECK(handled == texts{"1", "2"});
    CHECK(times == 3);
    CHECK(seen.size() == 2);
}

TEST_CASE("H14: layers and operations share a store without sharing anything else") {
    memory_store seen;
    int outer = 0;
    int inner = 0;
    app orders;
    const auto add = [&](const char* queue, idem::options how) {
        orders.on(sqs::queue(queue), chain{idempotent{seen, idem::key(&order::id), std::move(how)}},
                  [&](const context& ctx) -> outcome {
                      ++outer;
                      const auto made =
                          idem::run<int>(seen, idem::operation{"inner", 1}, [&] { return ++inner; },
                                         ctx, {.version = 7});
                      return made ? outcome() : outcome(made.error());
                  });
    };
    add("a", {.operation = "first"});
    add("b", {.operation = "second", .version = 2, .tenant = "blue"});
    testing::world w;
    for (int delivery = 1; delivery <= 2; ++delivery) {
        for (const auto* const queue : {"a", "b"}) {
            const auto batch = sqs_batch(queue).message(R"({"id":1})");
            CHECK(invoke(orders, batch, w).failed_records().empty());
        }
    }
    CHECK(outer == 2);
    CHECK(inner == 1);
    CHECK(seen.size() == 3);
}

TEST_CASE("H15: a key that is missing, or has nothing in it, is refused, and zero is a key") {
    memory_store seen;
    app orders;
    orders.on(sqs::queue("ids"), chain{idempotent{seen, idem::key(&order::id)}}, [] {});
    orders.on(sqs::queue("texts"), chain{idempotent{seen, idem::key(&order::customer)}}, [] {});
    orders.on(sqs::queue("optional"), chain{idempotent{seen, idem::key(&order::number)}}, [] {});
    orders.on(sqs::queue("pairs"), chain{idempotent{seen, idem::key(&with_pair::both)}}, [] {});
    orders.on(sqs::queue("places"), chain{idempotent{seen, idem::key_at{"/at"}}}, [] {});
    struct row {
        const char* queue;
        const char* body;
        bool has_key;
    };
    const row rows[] = {{"ids", R"({"id":0})", true},
                        {"ids", R"({"id":null})", false},
                        {"ids", R"({})", false},
                        {"texts", R"({"id":1})", false},
                        {"texts", R"({"id":1,"customer":""})", false},
                        {"texts", R"({"id":1,"customer":"c"})", true},
                        {"optional", R"({"id":1})", false},
                        {"optional", R"({"id":1,"number":0})", true},
                        {"pairs", R"({})", false},
                        {"pairs", R"({"both":{"first":null,"second":null}})", false},
                        {"pairs", R"({"both":{"second":""}})", false},
                        {"pairs", R"({"both":{"first":0}})", true},
                        {"places", R"({})", false},
                        {"places", R"({"at":null})", false},
                        {"places", R"({"at":""})", false},
                        {"places", R"({"at":[null,null]})", false},
                        {"places", R"({"at":[{"a":[]},""]})", false},
                        {"places", R"({"at":[null,false]})", true},
                        {"places", R"({"at":0})", true}};
    for (const auto& r : rows) {
        CAPTURE(r.queue);
        CAPTURE(r.body);
        const auto left = invoke(orders, sqs_batch(r.queue).message(r.body)).failed_records();
        CHECK(left.empty() == r.has_key);
    }
    testing::world w;
    const auto ctx = w.make_context();
    const auto named = [&](const idem::operation& what) {
        return idem::run<int>(
                   seen, what, [] { return 1; }, ctx)
            .has_value();
    };
    CHECK_FALSE(named(idem::operation{"op", ""}));
    CHECK_FALSE(named(idem::operation{"op", 1, std::optional<int>()}));
    CHECK_FALSE(named(idem::operation{"op", 1, pair{}}));
    CHECK(named(idem::operation{"op", 0}));
    CHECK(named(idem::operation{"op", std::optional<int>(0)}));
}

TEST_CASE("H15: whoever runs what has no key says so, and remembers nothing") {
    memory_store seen;
    int runs = 0;
    app orders;
    orders.on(sqs::queue("orders"),
              chain{idempotent{seen, idem::key(&order::number),
                               idem::options{.keyless = idem::when_keyless::run}}},
              [&] { ++runs; });
    for (int i = 0; i < 2; ++i) {
        const auto batch = sqs_batch("orders").message(R"({"id":1})");
        CHECK(invoke(orders, batch).failed_records().empty());
    }
    CHECK(runs == 2);
    CHECK(seen.size() == 0);
}

TEST_CASE("H17: with remember_failures a poisoned message is handled once and rejected each time") {
    memory_store seen;
    memory_sink rejected;
    int runs = 0;
    app orders{chain{dead_letter{rejected}}};
    orders.on(
        sqs::queue("orders"),
        chain{idempotent{seen, idem::natural_key{}, idem::options{.remember_failures = true}}},
        [&]() -> outcome {
            ++runs;
            return error::permanent("poison");
        });
    testing::world w;
    for (int i = 0; i < 3; ++i) {
        CHECK(invoke(orders, sqs_batch("orders").message("x"), w).failed_records().empty());
    }
    CHECK(runs == 1);
    REQUIRE(rejected.size() == 3);
}

TEST_CASE("H18: a reply of null is one, and not none") {
    memory_store seen;
    app plain;
    app once;
    const auto null = []() -> outcome { return json_reply{"null"}; };
    plain.on(http::post("/null"), null);
    once.on(http::post("/null"), chain{idempotent{seen, idem::key_header{"k"}}}, null);
    const auto request = testing::post("/null").caller("ada").header("k", "1");
    const auto expected = invoke(plain, request).text();
    CHECK(invoke(once, request).text() == expected);
    CHECK(invoke(once, request).text() == expected);
}

TEST_CASE("H18: the first reply and every later one are the same bytes") {
    struct odd {
        double tenth = 0.1;
        double large = 1e300;
        double negative_zero = -0.0;
        std::optional<int> absent;
        std::string text = "Größe \u20AC \"quoted\"\n";
        std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
        static constexpr auto wire() {
            return fields(field("tenth", &odd::tenth), field("large", &odd::large),
                          field("negative_zero", &odd::negative_zero),
                          field("absent", &odd::absent), field("text", &odd::text),
                          field("most", &odd::most));
        }
    };
    memory_store seen;
    int runs = 0;
    const idem::key_header sent{"k", idem::callers::everybody{}}; // a load balancer knows nobody
    app shop{chain{idempotent{seen, sent}}};
    shop.on(http::post("/value"), [&] { return ++runs, odd(); });
    shop.on(http::post("/nothing"), [&] { ++runs; });
    shop.on(http::post("/text"), [&] { return ++runs, std::string("plain \xC3\xBC"); });
    shop.on(http::post("/empty"), [&] { return ++runs, std::string(); });
    shop.on(http::post("/null"), [&]() -> outcome { return ++runs, json_reply{"null"}; });
    shop.on(http::post("/drop"), [&]() -> outcome { return ++runs, outcome::drop(); });
    shop.on(http::post("/response"), [&] {
        return ++runs, http::text(202, std::string("\0\xFF", 2))
                           .header("x-a", "1")
                           .header("x-a", "2")
                           .cookie("a=b")
                           .cookie("c=d");
    });
    for (const auto* const path :
         {"/value", "/nothing", "/text", "/empty", "/null", "/drop", "/response"}) {
        CAPTURE(path);
        for (const auto door : {http::door::v2, http::door::rest, http::door::alb}) {
            const auto request = testing::post(path).through(door).header(
                "k", std::to_string(static_cast<int>(door)));
            const auto first = invoke(shop, request).text();
            CHECK_FALSE(first.empty());
            const int before = runs;
            CHECK(invoke(shop, request).text() == first);
            CHECK(invoke(shop, request).text() == first);
            CHECK(runs == before);
        }
    }
    app jobs{chain{idempotent{seen}}};
    jobs.on(raw::any, [&] { return ++runs, odd(); });
    testing::world w;
    const auto first = invoke(jobs, "{}", w).text();
    CHECK(first.find(R"("tenth":0.1)") != std::string::npos);
    CHECK(invoke(jobs, "{}", w).text() == first);
}

TEST_CASE("H19: what outlives invocations is known by the name of its execution") {
    memory_store seen;
    int runs = 0;
    app jobs;
    jobs.on(raw::when("/job", "close"), chain{idempotent{seen, idem::key_at{"/execution"}}},
            [&] { ++runs; });
    for (int invocation = 0; invocation < 3; ++invocation) { // a world of its own: later, elsewhere
        testing::world w;
        w.clock.advance(invocation * 8h);
        const auto event =
            R"({"job":"close","execution":"arn:aws:states:eu-central-1:1:x:day-17"})";
        CHECK(invoke(jobs, event, w).succeeded());
    }
    CHECK(runs == 1);
}

TEST_CASE("H20: operations differ by name and version, not by function or alias") {
    memory_store seen;
    texts handled;
    app shop;
    const auto add = [&](auto takes, std::string name, std::uint32_t version) {
        shop.on(std::move(takes),
                chain{idempotent{seen, idem::key_at{"/id"},
                                 idem::options{.operation = std::move(name), .version = version}}},
                [&](const http::request& r) { handled.emplace_back(r.path()); });
    };
    add(http::post("/charge"), "charge", 1);
    add(http::post("/refund"), "refund", 1);
    add(http::post("/charge-2"), "charge", 2);
    testing::world w;
    for (const auto* const path : {"/charge", "/refund", "/charge-2", "/charge"}) {
        CHECK(invoke(shop, testing::post(path).caller("ada").body(R"({"id":1})"), w).status()
              == 204);
    }
    CHECK(handled == texts{"/charge", "/refund", "/charge-2"});

    fakes::world here;
    int runs = 0;
    const idempotent layer{seen, idem::natural_key{}, idem::options{.operation = "op"}};
    here.context.request_id = "request";
    for (const std::string_view arn :
         {"arn:aws:lambda:r:1:function:a:blue", "arn:aws:lambda:r:1:function:a:green"}) {
        here.context.function_arn = arn;
        CHECK(layer(here.call, [&](call&) { return ++runs, outcome(); }).succeeded());
    }
    CHECK(runs == 1);
}

TEST_CASE("H21: keys are SHA-256, and neither tenants nor callers share them") {
    fakes::world here;
    memory_store seen;
    const idempotent layer{seen, idem::natural_key{}, idem::options{.operation = "op"}};
    here.context.request_id = "request";
    std::set<std::string> keys;
    for (const std::string_view tenant : {"", "blue", "green", "blue"}) {
        here.context.tenant_id = tenant;
        (void)layer(here.call, [&](call& c) {
            keys.insert(c.find<idem::current>()->id().key);
            return outcome();
        });
    }
    CHECK(keys.size() == 3);
    for (const auto& key : keys) {
        CHECK(key.size() == 64);
        CHECK(key.find_first_not_of("0123456789abcdef") == std::string::npos);
    }

    int runs = 0;
    app shop;
    shop.on(http::post("/orders"), chain{idempotent{seen, idem::key_header{"k"}}}, [&] { ++runs; });
    const auto of = [&](std::string_view who) {
        const auto plain = testing::post("/orders").header("k", "1").json();
        return invoke(shop, repeated(plain, R"("requestContext":{)",
                                     R"("requestContext":{"authorizer":{"jwt":{"claims":)"
                                     R"({"iss":"https://id","sub":")"
                                         + std::string(who) + R"("},"scopes":null}},)"));
    };
    CHECK(of("ada").status() == 204);
    CHECK(of("bob").status() == 204);
    CHECK(of("ada").status() == 204);
    CHECK(runs == 2);
}

// ---- the page -----------------------------------------------------------------------------------

TEST_CASE("the page about the holes names each, and only tests that exist") {
    namespace fs = std::filesystem;
    const auto read = [](const fs::path& file) {
        std::ifstream in(file, std::ios::binary);
        return std::string{std::istreambuf_iterator<char>(in), {}};
    };
    const auto here = fs::path(HEADRACE_SOURCE_DIR) / "tests/idempotency";
    const auto page = read(fs::path(HEADRACE_SOURCE_DIR) / "docs/why/idempotency.md");
    REQUIRE_FALSE(page.empty());
    std::map<std::string, std::string> rows; // by hole
    for (std::size_t at = page.find("\n| H"); at != std::string::npos;
         at = page.find("\n| H", at + 1)) {
        const auto row = page.substr(at + 3, page.find('\n', at + 1) - at - 3);
        rows[row.substr(0, row.find(' '))] = row;
    }
    for (int n = 1; n <= 23; ++n) {
        const auto hole = "H" + std::to_string(n);
        CAPTURE(hole);
        REQUIRE(rows.contains(hole));
        const auto& row = rows[hole];
        int tests = 0;
        for (auto at = row.find('`'); at != std::string::npos; at = row.find('`', at + 1)) {
            const auto end = row.find('`', at + 1);
            REQUIRE(end != std::string::npos);
            const auto name = row.substr(at + 1, end - at - 1);
            at = end;
            if (!name.ends_with(".cpp")) continue;
            CAPTURE(name);
            const auto labelled = read(here / name);
            const bool has = labelled.find(hole + ":") != std::string::npos
                             || labelled.find(hole + ", H") != std::string::npos;
            CHECK(has);
            ++tests;
        }
        CHECK(tests > 0);
    }
    CHECK(rows.size() == 23);
}
