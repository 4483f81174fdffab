// SPDX-License-Identifier: BSL-1.0
// The code of the pages in docs/reference/.
#include <headrace/base/types.hpp>
#include <headrace/sources/detail/scanner.hpp>
#include <headrace/sources/sqs/visibility.hpp>

#include "pages.hpp"

#include <headrace/headrace.hpp> // all names that a page could clash with
#include <headrace/testing/builders.hpp>
#include <headrace/testing/invoke.hpp>

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;

enum class colour { red, blue };
template <>
inline constexpr auto headrace::enum_names<colour> =
    std::array{headrace::enum_name{colour::red, "red"}, headrace::enum_name{colour::blue, "blue"}};

namespace {

using texts = std::vector<std::string>;

struct order {
    std::uint64_t id = 0;
    static void wire(auto& self, auto&& field) { field("id", self.id).required(); }
};

struct order_placed {
    std::uint64_t order = 0;
    static void wire(auto& self, auto&& field) { field("order", self.order).required(); }
};

struct receipt {
    std::uint64_t order = 0;
    std::string trace;
    static void wire(auto& self, auto&& field) {
        field("order", self.order);
        field("trace", self.trace);
    }
};

struct recount {
    int days = 0;
    static void wire(auto& self, auto&& field) { field("days", self.days).required(); }
};

struct total {
    int hours = 0;
    static void wire(auto& self, auto&& field) { field("hours", self.hours); }
};

struct settings {
    std::string table;
};

struct ledger {
    [[nodiscard]] static bool has(std::uint64_t id) { return id == 17; }
    [[nodiscard]] static receipt receipt_of(std::uint64_t id, std::string trace) {
        return {id, std::move(trace)};
    }
};

struct my_queues final : sqs::visibility_client {
    result<void> change_visibility(std::span<const sqs::visibility_change> changes) override;
};

std::vector<std::chrono::seconds> waits;

result<void> my_queues::change_visibility(std::span<const sqs::visibility_change> changes) {
    for (const auto& each : changes) waits.push_back(each.timeout);
    return {};
}

// What the text of the page's example says when it is decoded.
std::string first_problem(std::string_view json) {
    std::string said;
    const auto report = [&](std::string text) { said = std::move(text); };
    const auto handle = [&](const sqs::message& m) { said += std::string(m.message_id) + ' '; };
    [&] {
        const auto event = decode<sqs::event>(json);
        if (!event)
            return report(describe(event.error())); // "/Records/1/messageId: expected a string"
        for (const auto& message : (*event)->records) handle(message);
    }();
    return said;
}

struct line_place {
    std::uint64_t order = 0;
    int line = 0;
    static void wire(auto& self, auto&& field) {
        field("id", self.order);
        field("line", self.line);
    }
};
struct change {
    int amount = 1;
    std::optional<std::string_view> note;
    static void wire(auto& self, auto&& field) {
        field("amount", self.amount).required();
        field("note", self.note);
    }
};

} // namespace

TEST_CASE("decode.md: an event outside of an invocation") {
    CHECK(first_problem(R"({"Records":[{"messageId":"a"},{"messageId":"b"}]})") == "a b ");
    CHECK(first_problem(R"({"Records":[{"messageId":"a"},{"messageId":2}]})")
          == "/Records/1/messageId: expected a string");
}

TEST_CASE("sqs.md, kinesis.md, sns.md, s3.md, eventbridge.md, schedule.md, raw.md: routes") {
    texts done;
    const auto book = [&](std::uint64_t id, std::string_view record) {
        done.push_back(std::to_string(id) + ' ' + std::string(record));
    };
    const auto import = [&](std::string_view bucket, const form_key& key) {
        done.push_back(std::string(bucket) + ' ' + std::string(key.text()));
    };
    const auto ship = [&](std::uint64_t id, const iso_time&) {
        done.push_back("ship " + std::to_string(id));
    };
    const auto close_day = [&](const iso_time& time) { done.emplace_back(time.text()); };
    app orders;

    orders.on(sqs::queue("orders"), [&](body<order> o, const sqs::message& m) -> outcome {
        if (m.attributes.approximate_receive_count.value().value_or(1) > 3) return outcome::drop();
        book(o->id, m.message_id);
        return outcome::ok();
    });
    orders.on(kinesis::stream("orders"), [&](body<order> o, const kinesis::record& r) -> outcome {
        book(o->id, r.kinesis.sequence_number);
        return outcome::ok();
    });
    orders.on(sns::topic("orders"),
              [&](body<order> o, const sns::notification& n) { book(o->id, n.message_id); });
    orders.on(s3::bucket("uploads").created().prefix("in/").suffix(".csv"),
              [&](const s3::record& r) { import(r.s3.bucket.name, r.s3.object.key); });
    orders.on(eventbridge::source("com.example.orders").detail_type("Order Placed"),
              [&](body<order_placed> placed, const eventbridge::event& e) {
                  ship(placed->order, e.time);
              });
    orders.on(schedule::rule("nightly"), [&](const schedule::event& e) { close_day(e.time); });
    orders.on(schedule::name("nightly"), [&](const schedule::event& e) { close_day(e.time); });

    CHECK(testing::invoke(orders, testing::sqs_batch("orders").message(order{1}).message(
                                      {.body = R"({"id":2})", .deliveries = 4}))
              .failed_records()
              .empty());
    CHECK(testing::invoke(orders, testing::kinesis_batch("orders").record(
                                      {.data = R"({"id":9})", .sequence = "s"}))
              .failed_records()
              .empty());
    CHECK(testing::invoke(orders, testing::sns_notification("orders").message(order{3}).id("n"))
              .succeeded());
    CHECK(testing::invoke(orders, testing::s3_notification("uploads").created("in/a.csv"))
              .succeeded());
    CHECK(testing::invoke(orders, testing::eventbridge_event("com.example.orders", "Order Placed")
                                      .detail(order_placed{4}))
              .succeeded());
    CHECK(testing::invoke(orders, testing::schedule_event("nightly")).succeeded());
    CHECK(testing::invoke(orders, testing::schedule_event("nightly").from_scheduler()).succeeded());
    REQUIRE(done.size() == 7);
    CHECK(done[0] == "1 message-0");
    CHECK(done[1] == "9 s");
    CHECK(done[2] == "3 n");
    CHECK(done[3] == "uploads in/a.csv");
    CHECK(done[4] == "ship 4");
    CHECK(done[5] == done[6]);
}

TEST_CASE("raw.md: payloads of one's own") {
    app orders;

    orders.on(raw::when("/job", "recount"),
              [](body<recount> job) { return total{job->days * 24}; });
    orders.on(raw::any, [](const raw::event& payload, const context& c) {
        c.log.warn("nobody knows this", "bytes", payload.json.text().size());
    });

    testing::world w;
    CHECK(testing::invoke(orders, R"({"job":"recount","days":2})", w).text() == R"({"hours":48})");
    CHECK(testing::invoke(orders, R"({"job":"other"})", w).text() == "null");
    CHECK(w.log.contains(R"("message":"nobody knows this","bytes":15})"));
    const auto bad = testing::invoke(orders, R"({"job":"recount"})", w);
    REQUIRE(bad.error());
    CHECK(bad.error()->pointer == "/days");
    app none;
    none.on(raw::when("/job", "recount"), [] {});
    CHECK(testing::invoke(none, "17").error()->code == errc::unrecognised);
    app both;
    both.on(raw::when("/who", "ada"), [] { return 1; });
    both.on(raw::when("/job", "recount"), [] { return 2; });
    CHECK(testing::invoke(both, R"({"job":"recount","who":"ada"})").text() == "1");
}

TEST_CASE("http.md: a request, and replies") {
    const ledger shelf;
    const std::string png = "\x89PNG";
    app orders;
    orders.provide(shelf);

    orders.on(http::get("/orders/{id}"),
              [](http::path<"id", std::uint64_t> id,
                 http::header<"x-request-id", std::optional<std::string>> trace,
                 deps<const ledger&> books) -> result<receipt> {
                  if (!books->has(*id)) return http::not_found("there is no such order");
                  return books->receipt_of(*id, trace->value_or("none"));
              });

    orders.on(http::post("/orders"), [] {
        return http::text(201, "made").header("location", "/orders/17").cookie("seen=yes; Secure");
    });
    orders.on(http::get("/logo"), [&] {
        return http::response{.status = 200, .body = png, .kind = http::body_kind::binary};
    });
    orders.on(http::get("/rates"), []() -> result<std::string> {
        return error::throttled("try again", 30s); // 429 with Retry-After: 30
    });

    CHECK(testing::invoke(orders, testing::get("/orders/18")).status() == 404);
    CHECK(testing::invoke(orders, testing::get("/orders/17").header("X-Request-Id", "r1")).body()
          == R"({"order":17,"trace":"r1"})");
    const auto made = testing::invoke(orders, testing::post("/orders"));
    CHECK(made.status() == 201);
    CHECK(made.header("Location") == "/orders/17");
    CHECK(made.cookies() == texts{"seen=yes; Secure"});
    CHECK(testing::invoke(orders, testing::get("/logo")).body() == png);
    const auto busy = testing::invoke(orders, testing::get("/rates"));
    CHECK(busy.status() == 429);
    CHECK(busy.header("Retry-After") == "30");
}

TEST_CASE("http.md: structs of texts") {
    app orders;
    orders.on(http::post("/orders/{id}/lines/{line}"),
              [](http::path_of<line_place> at, http::form<change> to) {
                  return std::to_string(at->order) + "/" + std::to_string(at->line) + ": "
                         + std::to_string(to->amount) + " " + std::string(to->note.value_or("-"));
              });
    const auto send = [&](std::string form, std::string type) {
        return testing::invoke(
            orders, testing::post("/orders/17/lines/2").body(std::move(form), std::move(type)));
    };
    const std::string form_type = "application/x-www-form-urlencoded";
    CHECK(send("amount=3&note=as+soon%20as", form_type).body() == "17/2: 3 as soon as");
    CHECK(send("amount=3", "").body() == "17/2: 3 -");
    CHECK(send("note=x", form_type).status() == 400);
    CHECK(send("note=x", form_type).body().find("form parameter 'amount' is missing")
          != std::string::npos);
    CHECK(send("{}", "application/json").status() == 415);
}

TEST_CASE("http.md: what an event leaves open") {
    app orders;
    orders.on(http::get("/orders/{id}"),
              [](http::path<"id", std::string_view> id) { return std::string(*id); });

    // clang-format off
    orders.requests({.stage = http::stage_in_path::yes,                   // on custom domains, for $default
                     .path = http::path_coding::emulated,                 // an emulator with another domain
                     .undecodable = http::when_undecodable::answer_500}); // and no function error
    // clang-format on

    const auto request = [](std::string_view headers) {
        return R"({"version":"2.0","routeKey":"$default","rawPath":"/dev/orders/a%2Fb","headers":)"
               + std::string(headers)
               + R"(,"requestContext":{"stage":"dev","domainName":"api.example.com",)"
                 R"("http":{"method":"GET","path":"/dev/orders/a%2Fb"}}})";
    };
    CHECK(testing::invoke(orders, request("{}")).body() == "a/b");
    CHECK(testing::invoke(orders, request("[]")).status() == 500);
}

TEST_CASE("runtime.md: variables of the program's own") {
    app orders;

    const settings limits{.table = system_platform().env.get("TABLE").value_or("orders")};

    orders.on(http::get("/stage"),
              [](const context& c) { return c.world->env.get("STAGE").value_or("none"); });

    CHECK_FALSE(limits.table.empty());
    testing::world w;
    CHECK(testing::invoke(orders, testing::get("/stage"), w).body() == "none");
    w.env.set("STAGE", "test");
    CHECK(testing::invoke(orders, testing::get("/stage"), w).body() == "test");
}

TEST_CASE("outcomes.md: when a failed message comes back") {
    app orders;
    orders.on(sqs::queue("orders"),
              [](const sqs::message&) -> outcome { return outcome::retry(20s); });

    my_queues client;
    sqs::visibility_backoff backoff{client};
    orders.provide(backoff);

    CHECK(testing::invoke(orders, testing::sqs_batch("orders").message("x")).failed_records()
          == texts{"message-0"});
    CHECK(waits == std::vector<std::chrono::seconds>{20s});
}

TEST_CASE("text.md: an enumeration that others may extend") {
    const auto made = decode<open_enum<colour>>(R"("red")");
    CHECK(**made == colour::red);
    const auto other = decode<open_enum<colour>>(R"("green")");
    CHECK_FALSE((*other)->value());
}

namespace {

template <class... E> std::vector<std::string> names_of_sources(headrace::types<E...>) {
    std::vector<std::string> all;
    const auto add = [&](const source_info& about, std::span<const sample> samples) {
        all.emplace_back(about.id);
        for (const auto& each : samples) all.emplace_back(each.name);
    };
    (add(E::about, E::samples()), ...);
    return all;
}

} // namespace

namespace {

struct notice {
    static constexpr auto recognised =
        source::recognised_by(source::when(source::is("kind", "notice"), source::has("notice/id"),
                                           source::has_no("receipt")),
                              source::when(source::has_object("0/notice")));
};
constexpr auto notices = headrace::detail::recognise::table_of<headrace::types<notice>>;

bool is_notice(std::string_view json) {
    workspace memory;
    const auto d = memory.load(json);
    REQUIRE(d.has_value());
    return headrace::detail::recognise::scanner<notices>(*d).run(d->index) == 0;
}

} // namespace

TEST_CASE("recognition.md: rules beside an event") {
    CHECK(is_notice(R"({"notice":{"id":17},"kind":"notice"})"));
    CHECK(is_notice(R"([{"notice":{}},17])"));
    CHECK_FALSE(is_notice(R"({"notice":{"id":17},"kind":"notice","receipt":{}})"));
    CHECK_FALSE(is_notice(R"([{"notice":"n"}])"));
}

TEST_CASE("the reference names every source and every recorded event") {
    std::string all;
    for (const auto& page : docs::pages(HEADRACE_SOURCE_DIR)) {
        if (page.starts_with("docs/reference/")) {
            all += docs::read(docs::fs::path(HEADRACE_SOURCE_DIR) / page);
        }
    }
    for (const auto& name : names_of_sources(known_events{})) {
        CAPTURE(name);
        CHECK(all.find('`' + name + '`') != std::string::npos);
    }
}
