// SPDX-License-Identifier: BSL-1.0
// The table, row by row, against what dispatching does, and against the page that prints it.
#include <headrace/routing/settlement.hpp>

#include <headrace/app.hpp>
#include <headrace/http.hpp>
#include <headrace/layers/dead_letter.hpp>
#include <headrace/layers/sinks/memory.hpp>
#include <headrace/routing/event_dispatch.hpp>
#include <headrace/sources/eventbridge.hpp>
#include <headrace/sources/s3.hpp>
#include <headrace/sources/schedule.hpp>
#include <headrace/sources/sns.hpp>
#include <headrace/sources/sqs.hpp>
#include <headrace/sources/sqs/visibility.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/invoke.hpp>

#include "shards.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;

namespace {

using texts = std::vector<std::string>;

struct fake_queue final : sqs::visibility_client {
    result<void> change_visibility(std::span<const sqs::visibility_change> changes) override {
        changed += changes.size();
        return {};
    }
    std::size_t changed = 0;
};

// An app whose first record ends as it is told; all others are fine.
struct trial {
    record_end end;
    bool by_hand = false; // parked by the handler: no sink is asked where somebody waits
    testing::world w;
    memory_sink sink;
    fake_queue queue;
    sqs::visibility_backoff backoff{queue};
    texts handled;

    explicit trial(record_end e) : end(e) {}

    [[nodiscard]] outcome ended(time_point now) const {
        switch (end) {
        case record_end::ok: return {};
        case record_end::drop: return outcome::drop();
        case record_end::retry: return outcome::retry(90s);
        case record_end::defer: return outcome::defer(now + 90s);
        default: break;
        }
        outcome o = outcome::reject("no");
        if (end == record_end::parked && by_hand) o.set_parked();
        return o;
    }
    outcome handle(std::string_view what) {
        handled.emplace_back(what);
        return what == "first" ? ended(w.clock.now()) : outcome();
    }
    // Too little to begin anything with where nothing is to begin.
    [[nodiscard]] std::chrono::milliseconds timeout() const {
        return end == record_end::not_begun ? 100ms : 30'000ms;
    }
    // Hands an app to f, with a sink where the record is to be parked.
    template <class F> auto with_app(F f) {
        const auto run = [&](auto base) {
            app subject{std::move(base)};
            subject.provide(backoff);
            subject.on(sqs::queue("*"), [this](body<std::string_view> b) { return handle(*b); });
            subject.on(sns::topic("*"), [this](body<std::string_view> b) { return handle(*b); });
            subject.on(s3::bucket("*"), [this](const s3::record&) { return handle("first"); });
            subject.on(eventbridge::source("shop"), [this] { return handle("first"); });
            subject.on(schedule::rule("*"), [this] { return handle("first"); });
            subject.on(http::get("/"), [this] { return handle("first"); });
            subject.on(shards::every_entry{},
                       [this](const shards::entry& e) { return handle(e.data); });
            return f(subject);
        };
        if (end == record_end::parked) return run(chain{dead_letter{sink}, deadline_guard{}});
        return run(chain{deadline_guard{}});
    }
    testing::reply invoke(const std::string& event) {
        return with_app([&](router& subject) {
            return testing::invoke(subject, std::string_view(event), w, timeout());
        });
    }
};

// ---- what dispatching does, seen from outside ---------------------------------------------------

// Three records: the first, another one of its group, and one of another group.
settlement of_a_queue(trial& t, const std::string& name) {
    auto batch = testing::sqs_batch(name);
    batch.message({.body = "first", .id = "1", .group = "a"});
    batch.message({.body = "second", .id = "2", .group = "a"});
    batch.message({.body = "other", .id = "3", .group = "b"});
    const auto failed = t.invoke(batch.json()).failed_records();
    if (failed.empty()) return settlement::acknowledge;
    REQUIRE(failed.front() == "1");
    if (t.end == record_end::not_begun) REQUIRE(failed.size() == 3);
    const bool group = failed == texts{"1", "2"} && t.handled == texts{"first", "other"};
    if (t.end == record_end::not_begun) {
        return name.ends_with(".fifo") ? settlement::redeliver_group : settlement::redeliver_record;
    }
    REQUIRE((group || failed == texts{"1"}));
    return group ? settlement::redeliver_group : settlement::redeliver_record;
}

constexpr std::string_view three_entries = R"({"Records":[
        {"sequence":"1","partition":"p","data":"first"},
        {"sequence":"2","partition":"p","data":"second"},
        {"sequence":"3","partition":"q","data":"other"}]})";

template <class Event> settlement of_shards(trial& t, settlement failed) {
    const std::string_view event = three_entries;
    const auto reply = t.with_app([&](router& subject) {
        shards::source<Event> source(subject);
        REQUIRE(source.start(t.w.platform()));
        workspace memory;
        context ctx = t.w.make_context(t.timeout());
        auto room = memory.input(event.size());
        REQUIRE(room);
        event.copy(*room, event.size());
        return source.handle(memory, {*room, event.size()}, ctx).text;
    });
    if (reply == R"({"batchItemFailures":[]})") return settlement::acknowledge;
    const bool in_order = std::ranges::find(t.handled, "second") == t.handled.end();
    const bool others = std::ranges::find(t.handled, "other") != t.handled.end();
    REQUIRE(in_order);
    REQUIRE(reply.starts_with(R"({"batchItemFailures":[{"itemIdentifier":"1"})"));
    if (t.end != record_end::not_begun) REQUIRE(others == (failed != settlement::redeliver_rest));
    return failed;
}

// Three records again, one invocation: all or nothing.
settlement of_a_whole_batch(trial& t) {
    const auto reply = t.with_app([&](router& subject) {
        shards::source<shards::whole> source(subject);
        REQUIRE(source.start(t.w.platform()));
        workspace memory;
        context ctx = t.w.make_context(t.timeout());
        auto room = memory.input(three_entries.size());
        REQUIRE(room);
        three_entries.copy(*room, three_entries.size());
        return source.handle(memory, {*room, three_entries.size()}, ctx);
    });
    if (t.end != record_end::not_begun) REQUIRE(t.handled == texts{"first", "second", "other"});
    if (!reply.function_error) REQUIRE(reply.text == "null");
    return reply.function_error ? settlement::function_error : settlement::acknowledge;
}

settlement of_an_invocation(trial& t, const std::string& event) {
    return t.invoke(event).succeeded() ? settlement::acknowledge : settlement::function_error;
}

std::string quoted(std::string_view text) { return std::string("`").append(text).append("`"); }

// ---- the page -----------------------------------------------------------------------------------

std::string read(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::string printed() {
    std::string page = "| a record that is |";
    for (std::size_t f = 0; f < source_families; ++f) {
        page += " " + std::string(to_string(static_cast<source_family>(f))) + " |";
    }
    page += "\n|---|---|---|---|---|---|---|---|\n";
    for (std::size_t e = 0; e < record_ends; ++e) {
        const auto end = static_cast<record_end>(e);
        page += "| " + quoted(to_string(end)) + " |";
        for (std::size_t f = 0; f < source_families; ++f) {
            page += " " + describe(settle(static_cast<source_family>(f), end)) + " |";
        }
        page += "\n";
    }
    return page;
}

} // namespace

TEST_CASE("the table is complete, and each field stands where it is looked for") {
    for (std::size_t f = 0; f < source_families; ++f) {
        for (std::size_t e = 0; e < record_ends; ++e) {
            const auto family = static_cast<source_family>(f);
            const auto end = static_cast<record_end>(e);
            CHECK(settle(family, end).family == family);
            CHECK(settle(family, end).end == end);
        }
    }
    static_assert(settle(source_family::queue, record_end::retry).timed);
}

TEST_CASE("only ok, drop and parked let a record go, wherever nobody waits") {
    for (const auto& rule : settlement_table) {
        if (rule.family == source_family::synchronous || rule.end == record_end::not_begun)
            continue;
        trial t(rule.end);
        outcome o = t.ended(t.w.clock.now());
        if (rule.end == record_end::parked) o.set_parked();
        CHECK(end_of(o) == rule.end);
        CHECK(o.acknowledges() == (rule.what == settlement::acknowledge));
    }
}

TEST_CASE("dispatching does what the table says, row by row") {
    for (const auto& rule : settlement_table) {
        CAPTURE(to_string(rule.family));
        CAPTURE(to_string(rule.end));
        trial t(rule.end);
        switch (rule.family) {
        case source_family::queue:
        case source_family::fifo_queue: {
            const bool fifo = rule.family == source_family::fifo_queue;
            CHECK(of_a_queue(t, fifo ? "orders.fifo" : "orders") == rule.what);
            CHECK(t.queue.changed == (rule.timed ? 1 : 0));
            break;
        }
        case source_family::stream:
            CHECK(of_shards<shards::stream>(t, settlement::redeliver_rest) == rule.what);
            break;
        case source_family::partitioned:
            CHECK(of_shards<shards::partitions>(t, settlement::redeliver_partition) == rule.what);
            break;
        case source_family::whole_batch: CHECK(of_a_whole_batch(t) == rule.what); break;
        case source_family::asynchronous:
            for (const auto& event : {testing::sns_notification("t").message("first").json(),
                                      testing::s3_notification("b").created("k").json(),
                                      testing::eventbridge_event("shop", "Paid").json(),
                                      testing::schedule_event("nightly").json()}) {
                trial each(rule.end);
                CHECK(of_an_invocation(each, event) == rule.what);
                CHECK(each.sink.size() == (rule.end == record_end::parked ? 1 : 0));
            }
            continue;
        case source_family::synchronous: {
            const auto reply = t.invoke(testing::get("/").json());
            const bool fine = reply.status() == 200 || reply.status() == 204;
            CHECK((fine ? settlement::reply : settlement::problem) == rule.what);
            if (rule.status != 0) CHECK(reply.status() == rule.status);
            CHECK(reply.header("retry-after") == (rule.timed ? "90" : ""));
            CHECK(t.sink.size() == 0);
            continue;
        }
        }
        CHECK(t.sink.size() == (rule.end == record_end::parked ? 1 : 0));
    }
}

// ---- each field is read -------------------------------------------------------------------------

namespace {

// What can be seen of an event on its way by a table.
struct seen {
    std::string reply;
    texts handled;
    std::size_t visibility_changes = 0;
    friend bool operator==(const seen&, const seen&) = default;
};

struct way_of_an_event {
    std::string event;
    const source_info* about;
    bool is_batch;
    outcome (*dispatch)(dispatcher&, call&, const document&);
};

template <class Event> way_of_an_event through(std::string event) {
    return {std::move(event), &Event::about, batch_event<Event>,
            [](dispatcher& way, call& c, const document& d) {
                if constexpr (requires { &Event::dispatch; })
                    return Event::dispatch(way, c, d);
                else
                    return headrace::dispatch<Event>(way, c, d);
            }};
}

std::string three_messages(const std::string& queue) {
    auto batch = testing::sqs_batch(queue);
    batch.message({.body = "first", .id = "1", .group = "a"});
    batch.message({.body = "second", .id = "2", .group = "a"});
    batch.message({.body = "other", .id = "3", .group = "b"});
    return batch.json();
}

std::vector<way_of_an_event> events_of(source_family family) {
    const std::string entries(three_entries);
    switch (family) {
    case source_family::queue: return {through<sqs::event>(three_messages("orders"))};
    case source_family::fifo_queue: return {through<sqs::event>(three_messages("orders.fifo"))};
    case source_family::stream: return {through<shards::stream>(entries)};
    case source_family::partitioned: return {through<shards::partitions>(entries)};
    case source_family::whole_batch: return {through<shards::whole>(entries)};
    case source_family::asynchronous:
        return {through<sns::event>(testing::sns_notification("t").message("first").json()),
                through<s3::event>(testing::s3_notification("b").created("k").json()),
                through<eventbridge::event>(testing::eventbridge_event("shop", "Paid").json()),
                through<schedule::rule_event>(testing::schedule_event("nightly").json())};
    case source_family::synchronous: return {through<http::v2::event>(testing::get("/").json())};
    }
    return {};
}

seen look(const way_of_an_event& on, record_end end, const settlements& table) {
    trial t(end);
    t.by_hand = on.about == &http::v2::event::about;
    return t.with_app([&](router& subject) {
        REQUIRE(subject.build());
        workspace memory;
        context ctx = t.w.make_context(t.timeout());
        const auto d = memory.load(on.event);
        REQUIRE(d);
        call c(ctx, memory, subject.built().objects());
        c.found().document = {&*d};
        c.found().source = on.about;
        dispatcher way(subject.built(), memory, table);
        outcome o = on.dispatch(way, c, *d);
        const auto* const json = o.reply().get_if<json_reply>();
        return seen{!o.acknowledges() ? "error: " + o.error()->message
                    : json != nullptr ? json->text
                                      : "null",
                    t.handled, t.queue.changed};
    });
}

// Two decisions between which nothing can be told: of records that are in one sequence, of records
// of which none has begun, and of an event that is no batch, which has no list.
bool are_alike(const settlement_rule& a, settlement b, bool is_batch) {
    if (!is_batch && a.family == source_family::asynchronous)
        return (a.what == settlement::acknowledge) == (b == settlement::acknowledge);
    const bool listed = is_listed(a.what) && is_listed(b);
    if (!listed) return false;
    const bool both_checkpoints = is_checkpoint(a.what) && is_checkpoint(b);
    const bool neither = !is_checkpoint(a.what) && !is_checkpoint(b);
    return (a.family == source_family::stream && both_checkpoints)
           || (a.end == record_end::not_begun && neither);
}

} // namespace

TEST_CASE("whichever field of the table says something else, that is what happens") {
    std::size_t mutants = 0;
    const auto is_caught = [&](const settlement_rule& rule, auto change) {
        settlements other = settlement_table;
        change(other[static_cast<std::size_t>(&rule - settlement_table.data())]);
        const auto& changed = other[static_cast<std::size_t>(&rule - settlement_table.data())];
        for (const auto& event : events_of(rule.family)) {
            CAPTURE(event.about->id);
            if (changed.what != rule.what && are_alike(rule, changed.what, event.is_batch))
                continue;
            ++mutants;
            CHECK_FALSE(look(event, rule.end, settlement_table) == look(event, rule.end, other));
        }
    };
    using enum settlement;
    for (const auto& rule : settlement_table) {
        CAPTURE(to_string(rule.family));
        CAPTURE(to_string(rule.end));
        const bool waits = rule.family == source_family::synchronous;
        const auto decisions =
            waits ? std::vector{reply, problem}
                  : std::vector{acknowledge,    redeliver_record,    redeliver_group,
                                redeliver_rest, redeliver_partition, function_error};
        for (const auto what : decisions) {
            if (what == rule.what) continue;
            CAPTURE(static_cast<int>(what));
            is_caught(rule, [&](settlement_rule& r) { r.what = what; });
        }
        const bool queue =
            rule.family == source_family::queue || rule.family == source_family::fifo_queue;
        const bool comes_again = is_listed(rule.what);
        if (rule.timed || (queue && comes_again))
            is_caught(rule, [](settlement_rule& r) { r.timed = !r.timed; });
        if (rule.timed) CHECK((queue || waits)); // others have nobody who could be told a time
        if (rule.what == problem) is_caught(rule, [](settlement_rule& r) { r.status = 418; });
        if (rule.status != 0) CHECK(rule.what == problem);
    }
    CHECK(mutants > 200);
}

TEST_CASE("an HTTP caller hears the status of the error's class, and when to ask again") {
    struct row {
        outcome (*answer)(time_point);
        std::uint16_t status;
        std::string_view retry_after;
    };
    const row rows[] = {
        {[](time_point) { return outcome::retry(); }, 503, ""},
        {[](time_point) { return outcome::retry(1500ms); }, 503, "2"},
        {[](time_point) { return outcome::retry(1s, error::conflict("held")); }, 409, "1"},
        {[](time_point) { return outcome(error::throttled("slow down", 7s)); }, 429, "7"},
        {[](time_point) { return outcome(error::deadline("late")); }, 504, ""},
        {[](time_point) { return outcome(error::cancelled("stop")); }, 503, ""},
        {[](time_point) { return outcome(error::bug("oh")); }, 500, ""},
        {[](time_point) { return outcome(http::conflict("taken")); }, 409, ""},
        {[](time_point now) { return outcome::defer(now + 2100ms); }, 503, "3"},
        {[](time_point now) { return outcome::defer(now - 1h); }, 503, ""},
        {[](time_point) { return outcome::reject("no"); }, 500, ""},
        {[](time_point) { return outcome::reject(error::invalid("no")); }, 422, ""},
    };
    for (const auto& [answer, status, retry_after] : rows) {
        CAPTURE(&answer - &rows[0].answer);
        testing::world w;
        app shop;
        shop.on(http::get("/"), [&, give = answer] { return give(w.clock.now()); });
        const auto reply = testing::invoke(shop, testing::get("/"), w);
        CHECK(reply.status() == status);
        CHECK(reply.header("retry-after") == retry_after);
    }
}

TEST_CASE("who waits for a reply gets it, and a failure stays one") {
    const auto& fine = settle(source_family::synchronous, record_end::ok);
    outcome said = settled(outcome(json_reply{"7"}), fine);
    CHECK(said.succeeded());
    REQUIRE(said.reply().get_if<json_reply>() != nullptr);
    CHECK(said.reply().get_if<json_reply>()->text == "7");
    const auto& wrong = settle(source_family::synchronous, record_end::rejected);
    const outcome refused = settled(outcome(error::invalid("no")), wrong);
    REQUIRE(refused.error() != nullptr);
    CHECK(refused.error()->message == "no");
}

TEST_CASE("the page of the documentation is the table") {
    const auto file =
        std::filesystem::path(HEADRACE_SOURCE_DIR) / "docs/reference/routing/outcomes.md";
    CHECK_MESSAGE(read(file).find(printed()) != std::string::npos, printed());
}

TEST_CASE("families and ends have names") {
    CHECK(to_string(source_family::fifo_queue) == "fifo_queue");
    CHECK(to_string(record_end::not_begun) == "not_begun");
    CHECK(to_string(static_cast<source_family>(99)) == "unknown");
    CHECK(to_string(static_cast<record_end>(99)) == "unknown");
}
