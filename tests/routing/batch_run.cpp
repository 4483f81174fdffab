// SPDX-License-Identifier: BSL-1.0
#include "shards.hpp"
#include "virtual_time.hpp"

#include <headrace/app.hpp>
#include <headrace/routing/batch_run.hpp>
#include <headrace/sources/raw.hpp>
#include <headrace/sources/s3.hpp>
#include <headrace/sources/sqs.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/invoke.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;
using testing::invoke;
using testing::sqs_batch;
using testing::sqs_message;

namespace {

using texts = std::vector<std::string>;

struct order {
    std::uint64_t id = 0;
    std::string_view customer;
    static void wire(auto& self, auto&& field) {
        field("id", self.id).required();
        field("customer", self.customer);
    }
};

// Around every record: keeps its JSON.
struct keep_original {
    texts* seen;
    outcome operator()(call& c, auto&& next) const {
        const auto json = c.original();
        seen->push_back(json ? std::string(json->text()) : json.error().message);
        return next(c);
    }
};

// What becomes of a message is what its body says.
outcome as_told(std::string_view body) {
    if (body == "retry") return outcome::retry(5s);
    if (body == "defer") return outcome::defer(testing::start_of_time + 1h);
    if (body == "reject") return outcome::reject("told to");
    if (body == "drop") return outcome::drop();
    if (body == "throw") throw std::runtime_error("told to throw");
    return outcome();
}

// The records' ids that are not acknowledged when the records say what becomes of them.
texts left(const batch_run& run, const texts& ids) {
    texts out;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (run.ledger()[i].state != record_state::acknowledged) out.push_back(ids[i]);
    }
    return out;
}

// Handles records "id/group" as their text behind the '=' says: "a/g=retry".
struct told_run {
    texts begun;
    texts left_over;
    std::string reply;
    texts checkpoint;
};

std::string text_of(outcome o) {
    if (const auto* json = o.reply().get_if<json_reply>()) return json->text;
    return o.error() != nullptr ? "error: " + o.error()->message : "nothing";
}

told_run run_told(const texts& records, source_family family, const batch_policy& policy = {}) {
    fakes::virtual_world w;
    app nothing;
    nothing.fallback([](const call&) {});
    REQUIRE(nothing.build());
    told_run out;
    texts ids;
    texts groups;
    texts told;
    for (const auto& each : records) {
        const auto slash = each.find('/');
        const auto equals = each.find('=');
        ids.push_back(each.substr(0, slash));
        groups.push_back(each.substr(slash + 1, equals - slash - 1));
        told.push_back(each.substr(equals + 1));
    }
    const auto once = [&] {
        out.begun.clear();
        auto run = std::make_unique<batch_run>(
            dispatcher(nothing.built(), w.memory), w.call, records.size(),
            [&](std::size_t i) {
                return record_item{ids[i], groups[i]};
            },
            family, policy);
        run->run([&](dispatcher&, call& c, std::size_t i) {
            out.begun.emplace_back(c.record_id());
            w.time.work_for(10ms);
            return as_told(told[i]);
        });
        return run;
    };
    auto run = once();
    out.left_over = left(*run, ids);
    run->checkpoints([&](std::size_t i) { out.checkpoint.push_back(ids[i]); });
    out.reply = text_of(run->reply());
    return out;
}

std::string failures(const texts& ids) {
    std::string text = R"({"batchItemFailures":[)";
    for (const auto& id : ids) {
        text += (&id == &ids.front() ? R"({"itemIdentifier":")" : R"(,{"itemIdentifier":")") + id;
        text += R"("})";
    }
    return text + "]}";
}

} // namespace

// ---- order --------------------------------------------------------------------------------------

TEST_CASE("what begins and what is delivered again follows from the order that is promised") {
    struct row {
        std::string_view what;
        source_family family;
        texts records;
        texts begun;
        texts left_over;
        texts checkpoint;
    };
    using enum source_family;
    const row rows[] = {
        {"nothing failed", queue, {"a/=", "b/=drop"}, {"a", "b"}, {}, {}},
        {"each record stands alone",
         queue,
         {"a/=", "b/=retry", "c/=", "d/=throw", "e/="},
         {"a", "b", "c", "d", "e"},
         {"b", "d"},
         {"b"}},
        {"a group ends at its first failure, the others go on",
         fifo_queue,
         {"a/1=", "b/2=retry", "c/1=", "d/2=", "e/3=", "f/1=retry", "g/1="},
         {"a", "c", "f", "b", "e"},
         {"b", "d", "f", "g"},
         {"f", "b"}},
        {"a record without a group may belong to any: all are one sequence",
         fifo_queue,
         {"a/1=", "b/=retry", "c/1="},
         {"a", "b"},
         {"b", "c"},
         {"b"}},
        {"a sequence ends at its first failure",
         stream,
         {"a/1=", "b/2=defer", "c/3=", "d/4="},
         {"a", "b"},
         {"b", "c", "d"},
         {"b"}},
        {"a rejected record that no sink has taken is delivered again",
         stream,
         {"a/=", "b/=reject", "c/="},
         {"a", "b"},
         {"b", "c"},
         {"b"}},
        {"no record at all", fifo_queue, {}, {}, {}, {}},
    };
    for (const auto& r : rows) {
        CAPTURE(r.what);
        const auto told = run_told(r.records, r.family);
        CHECK(told.begun == r.begun);
        CHECK(told.left_over == r.left_over);
        CHECK(told.reply == failures(r.family == stream ? r.checkpoint : r.left_over));
        CHECK(told.checkpoint == r.checkpoint);
        if (r.family != fifo_queue) continue;
        const auto other = run_told(r.records, partitioned);
        CHECK(other.begun == r.begun);
        CHECK(other.reply == failures(r.checkpoint));
    }
}

TEST_CASE("whoever gives up the order gets every record handled, and still the lowest checkpoint") {
    const texts records{"a/1=", "b/1=retry", "c/1=", "d/2=retry", "e/2="};
    batch_policy policy;
    policy.unordered = true;
    for (const std::size_t workers : {1u, 3u}) {
        policy.workers = workers;
        auto sequence = run_told(records, source_family::stream, policy);
        std::ranges::sort(sequence.begun);
        CHECK(sequence.begun == texts{"a", "b", "c", "d", "e"});
        CHECK(sequence.left_over == texts{"b", "d"});
        CHECK(sequence.reply == failures({"b"}));
        CHECK(run_told(records, source_family::fifo_queue, policy).checkpoint == texts{"b", "d"});
    }
}

// ---- several at once ----------------------------------------------------------------------------

TEST_CASE("several workers handle as many records at once, and the records of a group never") {
    struct row {
        source_family family;
        std::size_t workers;
        std::chrono::milliseconds took;
    };
    const row rows[] = {
        {source_family::queue, 1, 120ms},       {source_family::queue, 4, 30ms},
        {source_family::queue, 12, 10ms},       {source_family::queue, 100, 10ms},
        {source_family::fifo_queue, 1, 120ms},  {source_family::fifo_queue, 3, 40ms},
        {source_family::fifo_queue, 100, 40ms}, {source_family::stream, 8, 120ms},
    };
    for (const auto& r : rows) {
        CAPTURE(r.workers);
        fakes::virtual_world w;
        app nothing;
        nothing.fallback([](const call&) {});
        REQUIRE(nothing.build());
        const std::string_view groups[] = {"a", "b", "c"};
        std::map<std::string_view, int> running;
        std::map<std::string_view, std::vector<std::size_t>> handled;
        batch_run run(dispatcher(nothing.built(), w.memory), w.call, 12,
                      [&](std::size_t i) {
                          return record_item{"id", groups[i % 3]};
                      },
                      r.family, {.workers = r.workers});
        run.run([&](dispatcher&, call&, std::size_t i) {
            const auto group = groups[i % 3];
            if (r.family == source_family::fifo_queue) CHECK(running[group]++ == 0);
            w.time.work_for(10ms);
            --running[group];
            handled[group].push_back(i);
            return outcome();
        });
        CHECK(w.time.steady() == r.took);
        for (const auto& [group, order] : handled) {
            CHECK(order.size() == 4);
            if (r.family == source_family::fifo_queue) CHECK(std::ranges::is_sorted(order));
        }
    }
}

TEST_CASE("every worker has a workspace of its own, which lasts as long as the invocation") {
    fakes::virtual_world w;
    app nothing;
    nothing.fallback([](const call&) {});
    REQUIRE(nothing.build());
    std::set<workspace*> seen;
    std::vector<std::string_view> kept;
    batch_run run(dispatcher(nothing.built(), w.memory), w.call, 6,
                  [](std::size_t) { return record_item{}; }, source_family::queue, {.workers = 3});
    run.run([&](dispatcher& way, call& c, std::size_t i) {
        CHECK(&way.memory() == &c.memory());
        seen.insert(&c.memory());
        kept.push_back(c.memory().memory().copy("text " + std::to_string(i)));
        w.time.work_for(1ms);
        return outcome();
    });
    CHECK(seen.size() == 3);
    CHECK(seen.contains(&w.memory));
    texts texts_kept(kept.begin(), kept.end());
    std::ranges::sort(texts_kept);
    CHECK(texts_kept == texts{"text 0", "text 1", "text 2", "text 3", "text 4", "text 5"});
    const auto before = w.memory.capacity();
    w.memory.reset();
    CHECK(w.memory.capacity() <= before);
    CHECK(&w.memory.worker(0) == &w.memory.worker(0));
}

TEST_CASE("B3: no failure is lost between workers in real threads") {
    constexpr std::uint64_t n = 400;
    sqs_batch batch("orders");
    texts expected;
    for (std::uint64_t i = 0; i < n; ++i) {
        batch.message(sqs_message{.body = R"({"id":)" + std::to_string(i)
                                          + R"(,"customer":"\u0041da \"\\\n)" + std::to_string(i)
                                          + R"("})"});
        if (i % 3 == 0) expected.push_back("message-" + std::to_string(i));
    }
    app orders;
    std::atomic<int> wrong = 0;
    orders.on(sqs::queue("orders"), [&](body<order> o, const sqs::message& m) -> outcome {
        wrong += o->customer != "Ada \"\\\n" + std::to_string(o->id);
        wrong += m.message_id != "message-" + std::to_string(o->id);
        return o->id % 3 == 0 ? outcome::retry() : outcome();
    });
    orders.batches<sqs::event>(concurrency{8});
    REQUIRE(orders.build());

    auto real = system_platform();
    testing::kept_log log;
    const platform world{real.clock, real.tasks, real.random, real.env, log};
    context ctx(world, logger(log, world.clock));
    workspace memory;
    for (int round = 0; round < 3; ++round) {
        const auto reply = orders.handle_copy(memory, batch.json(), ctx);
        CHECK(reply.text == failures(expected));
        memory.reset();
    }
    CHECK(wrong == 0);
}

TEST_CASE("where no thread can be started the batch is handled all the same") {
    struct no_threads final : executor {
        std::unique_ptr<task> start(job) override {
            throw std::system_error(
                std::make_error_code(std::errc::resource_unavailable_try_again));
        }
    };
    fakes::world w;
    no_threads none;
    const platform world{w.clock, none, w.numbers, w.environment, w.log};
    context ctx(world, w.context.log);
    call whole(ctx, w.memory, w.objects);
    app nothing;
    nothing.fallback([](const call&) {});
    REQUIRE(nothing.build());
    batch_run run(dispatcher(nothing.built(), w.memory), whole, 3,
                  [](std::size_t) {
                      return record_item{"id", {}};
                  },
                  source_family::queue, {.workers = 8});
    run.run([](dispatcher&, call&, std::size_t) { return outcome(); });
    CHECK(text_of(run.reply()) == failures({}));
    REQUIRE(w.log.lines.size() == 1);
    CHECK(w.log.last().find("a worker of a batch could not start") != std::string::npos);
}

// ---- time ---------------------------------------------------------------------------------------

TEST_CASE(
    "records begin while the longest one so far fits before the reserve, the rest comes again") {
    struct row {
        std::chrono::milliseconds deadline;
        std::chrono::milliseconds reserve;
        std::size_t workers;
        int begun;
        std::string because = {};
    };
    const std::string over = "only the reserve was left";
    const std::string too_long = "the longest record would not fit";
    const row rows[] = {
        {10'000ms, 500ms, 1, 10},         // time enough
        {1'000ms, 500ms, 1, 5, over},     // 5 x 100 ms, then only the reserve is left
        {1'050ms, 500ms, 1, 5, too_long}, // a sixth would take 50 ms of the reserve
        {1'000ms, 500ms, 2, 10},          //
        {800ms, 500ms, 2, 6, over},       //
        {500ms, 500ms, 1, 1, over},       // how long one takes is not known before the first
        {400ms, 500ms, 1, 0, over},       //
        {400ms, 0ms, 1, 4, over},         //
        {24h, std::chrono::milliseconds::max(), 1, 0, over},
        {24h, 24h * 365 * 300, 1, 0, over},
        {400ms, std::chrono::milliseconds::min(), 1, 4, over},
    };
    for (const auto& r : rows) {
        CAPTURE(r.deadline);
        CAPTURE(r.reserve);
        fakes::virtual_world w;
        w.context.deadline = w.time.now() + r.deadline;
        app nothing;
        nothing.fallback([](const call&) {});
        REQUIRE(nothing.build());
        int begun = 0;
        batch_run run(dispatcher(nothing.built(), w.memory), w.call, 10,
                      [](std::size_t) {
                          return record_item{"id", {}};
                      },
                      source_family::asynchronous,
                      {.workers = r.workers, .options = {.reserve = r.reserve}});
        run.run([&](dispatcher&, call&, std::size_t) {
            ++begun;
            w.time.work_for(100ms);
            return outcome();
        });
        CHECK(begun == r.begun);
        const auto not_begun =
            std::ranges::count(run.ledger(), record_state::not_begun, &record_result::state);
        CHECK(not_begun == 10 - r.begun);
        if (r.begun == 10) {
            CHECK(w.log.lines.empty());
        } else {
            const std::string for_ever = "9223372036854.775";
            const auto left_alone = r.reserve > 24h   ? for_ever
                                    : r.reserve > 0ms ? std::to_string(r.reserve.count()) + ".000"
                                                      : "0.000";
            CHECK(w.log.last().find(R"("notBegun":)" + std::to_string(10 - r.begun)
                                    + R"(,"because":")" + r.because + R"(","reserveMs":)"
                                    + left_alone + R"(,"longestMs":)" + (r.begun == 0 ? "0" : "100")
                                    + ".000}")
                  != std::string::npos);
        }
        const bool late = r.deadline == 500ms;
        CHECK(std::ranges::any_of(w.log.lines,
                                  [](const std::string& line) {
                                      return line.find("a batch ran over its time")
                                             != std::string::npos;
                                  })
              == late);
        const auto whole = run.reply();
        if (r.begun != 10) {
            REQUIRE(whole.error() != nullptr);
            CHECK(whole.error()->kind == error_class::deadline);
            CHECK(whole.error()->message
                  == "records of the batch were not begun: " + r.because + ", reserve "
                         + std::to_string(r.reserve.count()) + " ms");
        }
    }
}

TEST_CASE("a batch ends by whichever clock is sooner") {
    struct row {
        std::chrono::nanoseconds set_by; // the wall clock, in the first record
        std::chrono::nanoseconds takes;  // each, by the steady clock
        int begun;
    };
    const row rows[] = {{0h, 100ms, 5}, {-1h, 100ms, 5}, {1h, 10ms, 1}};
    for (const auto& [set_by, takes, begun] : rows) {
        CAPTURE(set_by.count());
        fakes::world w;
        w.context.deadline = w.clock.at + 1s;
        app nothing;
        nothing.fallback([](const call&) {});
        REQUIRE(nothing.build());
        batch_run run(
            dispatcher(nothing.built(), w.memory), w.call, 10,
            [](std::size_t) {
                return record_item{"id", {}};
            },
            source_family::queue);
        int seen = 0;
        run.run([&](dispatcher&, call&, std::size_t) {
            if (++seen == 1) w.clock.at += set_by;
            w.clock.advance(takes);
            return outcome();
        });
        CHECK(seen == begun);
    }
}

TEST_CASE("running records are asked to end when only the reserve is left") {
    fakes::virtual_world w;
    w.context.deadline = w.time.now() + 3s;
    app nothing;
    nothing.fallback([](const call&) {});
    REQUIRE(nothing.build());
    batch_run run(dispatcher(nothing.built(), w.memory), w.call, 4,
                  [](std::size_t) {
                      return record_item{"id", {}};
                  },
                  source_family::queue, {.workers = 2, .options = {.reserve = 1s}});
    int begun = 0;
    run.run([&](dispatcher&, call& c, std::size_t) -> outcome {
        ++begun;
        if (!c.context().sleep_until(w.time.now() + 1h)) return error::cancelled("asked to end");
        return outcome();
    });
    CHECK(begun == 2);
    CHECK(w.time.steady() == 2s);
}

TEST_CASE("nothing begins any more when the invocation is asked to end") {
    fakes::world w;
    std::stop_source stop;
    w.context.stop = stop_signal(stop.get_token());
    app nothing;
    nothing.fallback([](const call&) {});
    REQUIRE(nothing.build());
    batch_run run(
        dispatcher(nothing.built(), w.memory), w.call, 4,
        [](std::size_t) {
            return record_item{"id", {}};
        },
        source_family::queue);
    int begun = 0;
    run.run([&](dispatcher&, call&, std::size_t) {
        if (++begun == 2) stop.request_stop();
        return outcome();
    });
    CHECK(begun == 2);
    CHECK(w.log.last().find(R"("notBegun":2,"because":"a stop was requested")")
          != std::string::npos);
}

// ---- the ledger ---------------------------------------------------------------------------------

TEST_CASE("B1: only ok, drop and a reject that was written acknowledge a record") {
    struct row {
        std::string_view told;
        bool acknowledged;
    };
    const row rows[] = {{"ok", true},      {"drop", true},   {"retry", false}, {"defer", false},
                        {"reject", false}, {"throw", false}, {"parked", true}};
    app orders;
    orders.on(sqs::queue("orders"), [](const sqs::message& m) -> outcome {
        if (m.body != "parked") return as_told(m.body);
        outcome o = outcome::reject("told to");
        o.set_parked();
        return o;
    });
    for (const auto& r : rows) {
        CAPTURE(r.told);
        const auto reply = invoke(orders, sqs_batch("orders").message(r.told));
        CHECK(reply.failed_records().empty() == r.acknowledged);
    }
}

TEST_CASE("B2: a group that failed in one invocation is handled in the next") {
    app orders;
    int deliveries = 0;
    orders.on(sqs::queue("orders.fifo"),
              [&]() -> outcome { return ++deliveries == 1 ? outcome::retry() : outcome(); });
    const auto batch = sqs_batch("orders.fifo").message(sqs_message{.group = "g"});
    CHECK(invoke(orders, batch).failed_records() == texts{"message-0"});
    CHECK(invoke(orders, batch).failed_records().empty());
}

TEST_CASE("B4: an identifier is in the reply once, and none that is empty") {
    app orders;
    orders.on(sqs::queue("orders"), [](const sqs::message& m) { return as_told(m.body); });
    const auto twice = sqs_batch("orders")
                           .message(sqs_message{.body = "retry", .id = "b"})
                           .message(sqs_message{.body = "retry", .id = "a"})
                           .message(sqs_message{.body = "ok", .id = "b"})
                           .message(sqs_message{.body = "retry", .id = "b"});
    CHECK(invoke(orders, twice).failed_records() == texts{"a", "b"});
    const auto nameless = invoke(orders, R"({"Records":[{"messageId":"","body":"retry",
        "eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:eu-central-1:123456789012:orders"}]})");
    CHECK_FALSE(nameless.succeeded());
}

TEST_CASE("B5: an undecodable record fails alone, and what fails is logged once with its record") {
    app orders;
    orders.on(sqs::queue("orders"), [](const sqs::message& m) { return as_told(m.body); });
    testing::world w;
    const auto arn = std::string(R"("arn:aws:sqs:eu-central-1:123456789012:orders")");
    const auto reply = invoke(
        orders,
        R"({"Records":[{"messageId":"a","body":"ok","eventSource":"aws:sqs","eventSourceARN":)"
            + arn + R"(},{"messageId":"b","body":17,"eventSource":"aws:sqs","eventSourceARN":)"
            + arn + R"(},{"messageId":"c","body":"throw","eventSource":"aws:sqs","eventSourceARN":)"
            + arn + "}]}",
        w);
    CHECK(reply.failed_records() == texts{"b", "c"});
    const auto lines = w.log.lines();
    REQUIRE(lines.size() == 3);
    CHECK(lines[0].find(R"("record":"b")") != std::string::npos);
    CHECK(lines[0].find(R"("pointer":"/Records/1/body")") != std::string::npos);
    CHECK(lines[1].find(R"("record":"c")") != std::string::npos);
    CHECK(lines[1].find("told to throw") != std::string::npos);
    CHECK(lines[2].find(R"("records":3,"acknowledged":1,"failed":2,"heldBack":0,"notBegun":0)")
          != std::string::npos);
    CHECK(lines[0].find(R"("record_")") == std::string::npos);
}

TEST_CASE("when all fail the reply lists all, or the function fails if that was wanted") {
    for (const auto all_failed : {when_all_failed::report, when_all_failed::fail}) {
        const bool fails = all_failed == when_all_failed::fail;
        app orders;
        orders.on(sqs::queue("orders"), [](const sqs::message& m) { return as_told(m.body); });
        orders.batches<sqs::event>({.all_failed = all_failed});
        const auto all = invoke(orders, sqs_batch("orders").message("retry").message("throw"));
        CHECK(all.succeeded() != fails);
        if (fails) CHECK(all.error()->message == "the handler asked for a retry");
        const auto some = invoke(orders, sqs_batch("orders").message("retry").message("ok"));
        CHECK(some.failed_records() == texts{"message-0"});
        CHECK(
            invoke(orders, R"({"Records":[{"messageId":"a","eventSource":"aws:sqs"}]})").succeeded()
            != fails);
    }
}

TEST_CASE("what a source itself throws fails its record and no other") {
    fakes::world w;
    app nothing;
    nothing.fallback([](const call&) {});
    REQUIRE(nothing.build());
    batch_run run(
        dispatcher(nothing.built(), w.memory), w.call, 3,
        [](std::size_t i) {
            return record_item{i == 1 ? "one" : "other", {}};
        },
        source_family::queue);
    run.run([](dispatcher&, call&, std::size_t i) -> outcome {
        if (i == 1) throw std::runtime_error("a matcher threw");
        return outcome();
    });
    CHECK(text_of(run.reply()) == failures({"one"}));
    CHECK(w.log.lines.front().find("a matcher threw") != std::string::npos);
}

TEST_CASE("what a handler logs names its record") {
    app orders;
    orders.on(sqs::queue("orders"), [](const context& ctx) { ctx.log.info("handled"); });
    testing::world w;
    CHECK(invoke(orders, sqs_batch("orders").message("x"), w).succeeded());
    REQUIRE(w.log.lines().size() == 1);
    CHECK(w.log.lines()[0].find(R"("message":"handled","record":"message-0")")
          != std::string::npos);
}

// ---- envelopes and sources ----------------------------------------------------------------------

TEST_CASE("an event inside a message is handled by the message's worker, one record at a time") {
    app orders;
    std::set<std::string> keys;
    std::mutex mutex;
    orders.on(s3::bucket("uploads"), [&](const s3::record& r, workspace& memory) -> outcome {
        const auto key = std::string(r.s3.object.key.text(memory));
        const std::lock_guard lock(mutex);
        keys.insert(key);
        return key == "in/4" ? outcome::retry() : outcome();
    });
    orders.batches<sqs::event>(concurrency{4}).batches<s3::event>(concurrency{4});
    sqs_batch batch("files");
    for (int i = 0; i < 8; ++i) {
        batch.message(
            testing::s3_notification("uploads").created("in/" + std::to_string(i)).json());
    }
    REQUIRE(orders.build());
    const auto real = system_platform();
    testing::kept_log log;
    const platform world{real.clock, real.tasks, real.random, real.env, log};
    context ctx(world, logger(log, world.clock));
    workspace memory;
    CHECK(orders.handle_copy(memory, batch.json(), ctx).text == failures({"message-4"}));
    CHECK(keys.size() == 8);
}

TEST_CASE("a stream stops at its first failure and a log of partitions at that of each partition") {
    const std::string batch = R"({"Records":[
        {"sequence":"1","partition":"p","data":"ok"},{"sequence":"2","partition":"q","data":"retry"},
        {"sequence":"3","partition":"p","data":"retry"},{"sequence":"4","partition":"r","data":"ok"},
        {"sequence":"5","partition":"q","data":"ok"}]})";
    texts handled;
    app clicks;
    clicks.on(shards::every_entry{}, [&](const shards::entry& e) {
        handled.emplace_back(e.sequence);
        return as_told(e.data);
    });
    clicks.batches<shards::stream>({.reserve = 1s});
    clicks.batches<shards::partitions>(concurrency{3});
    testing::world w;
    const auto run = [&](service& source) {
        handled.clear();
        REQUIRE(source.start(w.platform()));
        workspace memory;
        context ctx = w.make_context();
        auto room = memory.input(batch.size());
        REQUIRE(room);
        batch.copy(*room, batch.size());
        return source.handle(memory, {*room, batch.size()}, ctx).text;
    };
    shards::source<shards::stream> stream(clicks);
    CHECK(run(stream) == failures({"2"}));
    CHECK(handled == texts{"1", "2"});
    shards::source<shards::partitions> partitions(clicks);
    CHECK(run(partitions) == failures({"3", "2"}));
    CHECK(handled == texts{"1", "3", "2", "4"});
}

TEST_CASE("a layer can have the record as it was delivered") {
    texts seen;
    app orders{chain{keep_original{&seen}}};
    orders.on(sqs::queue("orders"), [] {});
    orders.on(raw::any, [] {});
    (void)invoke(orders,
                 R"({"a":[1],"Records":[{"messageId":"1","eventSource":"aws:sqs"},
        {"messageId":"2" , "body":7, "eventSource":"aws:sqs"}],"b":2})");
    CHECK(seen
          == texts{R"({"messageId":"1","eventSource":"aws:sqs"})",
                   R"({"messageId":"2" , "body":7, "eventSource":"aws:sqs"})"});
    seen.clear();
    (void)invoke(orders, R"({ "some" : "payload" })");
    CHECK(seen == texts{R"({ "some" : "payload" })"});
}

TEST_CASE("an observer hears of every record and of what became of it") {
    struct keeping final : record_observer {
        void began(const call& c) override { heard.push_back("> " + std::string(c.record_id())); }
        void ended(const call& c, const outcome& o) override {
            heard.push_back(std::string(c.record_id()) + " " + std::string(to_string(o.verdict())));
        }
        texts heard;
    } observer;
    app orders;
    orders.on(sqs::queue("orders"), [](const sqs::message& m) { return as_told(m.body); });
    REQUIRE(orders.build());
    testing::world w;
    auto ctx = w.make_context();
    ctx.watch = &observer;
    workspace memory;
    (void)orders.handle_copy(memory, sqs_batch("orders").message("ok").message("throw").json(),
                             ctx);
    CHECK(observer.heard == texts{"> message-0", "message-0 ok", "> message-1", "message-1 retry"});
}
