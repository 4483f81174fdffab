// SPDX-License-Identifier: BSL-1.0
// What does a whole invocation cost, from the event's bytes to the reply's? The app has a route for
// each source; its handlers take the typed record and do nothing. The log is off. The floor is
// simdjson's bare DOM parse of the same bytes.

#include "bare_parse.hpp"
#include "events.hpp"
#include "measure.hpp"
#include "suites.hpp"

#include <headrace/app.hpp>
#include <headrace/http.hpp>
#include <headrace/sources/eventbridge.hpp>
#include <headrace/sources/s3.hpp>
#include <headrace/sources/schedule.hpp>
#include <headrace/sources/sns.hpp>
#include <headrace/sources/sqs.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace headrace::bench {

namespace {

// The body of the messages in sqs-*-json.
struct line {
    std::string_view sku;
    std::uint32_t quantity = 0;
    std::uint64_t cents = 0;
    static void wire(auto& self, auto&& field) {
        field("sku", self.sku);
        field("quantity", self.quantity);
        field("cents", self.cents);
    }
};
struct order {
    std::uint64_t id = 0;
    std::string_view customer;
    std::string_view placed_at;
    std::string_view currency;
    std::span<const line> lines;
    string_map<> ship_to;
    std::string_view gift_note;
    bool express = false;
    static void wire(auto& self, auto&& field) {
        field("id", self.id).required();
        field("customer", self.customer);
        field("placedAt", self.placed_at);
        field("currency", self.currency);
        field("lines", self.lines);
        field("shipTo", self.ship_to);
        field("giftNote", self.gift_note);
        field("express", self.express);
    }
};
struct receipt {
    std::uint64_t id = 0;
    std::string status;
    static void wire(auto& self, auto&& field) {
        field("id", self.id);
        field("status", self.status);
    }
};

// Everything but the messages, whose route depends on the body.
void add_routes(app<>& a, std::size_t& handled) {
    a.on(sns::topic("orders"), [&](const sns::notification&) { ++handled; });
    a.on(s3::bucket("uploads-*").created(), [&](const s3::record&) { ++handled; });
    a.on(schedule::rule("nightly"), [&](const schedule::event&) { ++handled; });
    a.on(eventbridge::source("shop.orders"), [&](const eventbridge::event&) { ++handled; });
    a.on(http::get("/orders/{id}"), [&](http::path<"id", std::uint64_t> id) {
        ++handled;
        return receipt{*id, "shipped"};
    });
}

void add_messages(app<>& a, std::size_t& handled) {
    a.on(sqs::queue("orders"), [&](const sqs::message&) { ++handled; });
}
void add_orders(app<>& a, std::size_t& handled) {
    a.on(sqs::queue("orders"), [&](body<order> o) { handled += o->lines.size() == 2 ? 1 : 0; });
}

// How many records does this event have, and what does the reply contain?
struct expectation {
    std::size_t records;
    std::string_view reply;
};
expectation expected_of(const measured_event& e) {
    if (e.source() == "rest" || e.source() == "v2") {
        return {1, R"("body":"{\"id\":1234567,\"status\":\"shipped\"}")"};
    }
    if (e.source() != "sqs") return {1, "null"};
    const std::string_view size = std::string_view(e.name).substr(4);
    return {size.starts_with("1000") ? 1000u
            : size.starts_with("10") ? 10u
                                     : 1u,
            R"({"batchItemFailures":[]})"};
}

void dispatch(benchmark::State& state, const measured_event& e) {
    std::size_t handled = 0;
    app<> program;
    add_routes(program, handled);
    (e.name.ends_with("-json") ? add_orders : add_messages)(program, handled);
    if (!program.build()) return state.SkipWithError("the app has mistakes");

    const auto world = system_platform();
    context ctx(world, logger(world.log, world.clock, log_level::off));
    ctx.request_id = "7f1d0c52-93a6-4d4e-8b0e-6f1c2a3b4c5d";
    workspace memory;
    const auto room = memory.input(e.json.size());
    std::memcpy(*room, e.json.data(), e.json.size());
    const std::string_view payload(*room, e.json.size());

    const auto first = program.handle(memory, payload, ctx);
    memory.reset();
    const auto expected = expected_of(e);
    if (first.function_error || handled != expected.records
        || first.text.find(expected.reply) == std::string::npos) {
        return state.SkipWithError("another reply than expected");
    }
    measure_against(state, bare_parse(e), [&] {
        auto reply = program.handle(memory, payload, ctx);
        benchmark::DoNotOptimize(reply.text.data());
        memory.give_back(std::move(reply.text)); // as the runtime loop does
        memory.reset();
    });
    state.counters["document"] = static_cast<double>(e.json.size());
}

} // namespace

void register_dispatch() {
    for (const auto& e : events()) {
        add("dispatch/" + e.name, [&e](benchmark::State& state) { dispatch(state, e); });
    }
}

} // namespace headrace::bench
