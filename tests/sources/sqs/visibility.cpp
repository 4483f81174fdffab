// SPDX-License-Identifier: BSL-1.0
#include <headrace/sources/sqs/visibility.hpp>

#include <headrace/app.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/invoke.hpp>

#include "fakes.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <deque>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;
using seconds = std::chrono::seconds;

namespace {

struct fake_client final : sqs::visibility_client {
    result<void> change_visibility(std::span<const sqs::visibility_change> changes) override {
        requests.emplace_back(changes.begin(), changes.end()); // their texts end with the batch
        std::string& line = asked.emplace_back();
        for (const auto& each : changes) {
            if (!line.empty()) line += " ";
            line += std::string(each.message_id) + "=" + std::to_string(each.timeout.count());
            if (!each.queue_arn.ends_with(":orders") || each.receipt_handle.size() < 10)
                line += "?";
        }
        if (throws) throw std::runtime_error("no network");
        if (refusal) return *refusal;
        return {};
    }
    std::vector<std::vector<sqs::visibility_change>> requests;
    std::vector<std::string> asked;
    std::optional<error> refusal;
    bool throws = false;
};

// A batch under construction: messages "m0", "m1", ... with receipt handles "r0", ...
struct batch : fakes::world {
    void add(std::optional<outcome> became, std::uint32_t deliveries = 1, std::string group = {},
             std::string queue = "arn:aws:sqs:r:1:orders") {
        auto& e = entries.emplace_back();
        const auto number = std::to_string(entries.size() - 1);
        e.texts = {"m" + number, "r" + number, std::move(queue), std::move(group),
                   std::to_string(deliveries)};
        e.message.message_id = e.texts[0];
        e.message.receipt_handle = e.texts[1];
        e.message.event_source_arn = e.texts[2];
        e.message.attributes.message_group_id = e.texts[3];
        e.message.attributes.approximate_receive_count = number_text<std::uint32_t>(e.texts[4]);
        e.became = std::move(became);
    }
    // What the client is asked for, request by request: "m0=5 m1=10".
    std::vector<std::string> asked(const retry_policy& policy = plain()) {
        std::vector<sqs::settled_message> all;
        for (const auto& e : entries) {
            all.push_back({&e.message, ledger_line(e.became)});
        }
        client.requests.clear();
        sqs::visibility_backoff(client, policy).apply(context, all);
        std::vector<std::string> lines;
        for (const auto& request : client.requests) {
            std::string& line = lines.emplace_back();
            for (const auto& change : request) {
                if (!line.empty()) line += " ";
                line +=
                    std::string(change.message_id) + "=" + std::to_string(change.timeout.count());
            }
        }
        return lines;
    }
    // As the batch engine keeps it.
    static record_result ledger_line(const std::optional<outcome>& became) {
        if (!became) return {};
        const auto& rule = settle(source_family::queue, end_of(*became));
        const bool fine = rule.what == settlement::acknowledge;
        return {fine ? record_state::acknowledged : record_state::failed,
                became->verdict(),
                rule.what,
                rule.timed,
                became->after(),
                became->until()};
    }
    // Without jitter, for figures that one can see.
    static retry_policy plain() {
        auto p = sqs::visibility_backoff::usual_policy();
        p.jitter = jitter::none;
        return p;
    }
    struct entry {
        std::vector<std::string> texts;
        sqs::message message;
        std::optional<outcome> became;
    };
    std::deque<entry> entries;
    fake_client client;
};

using lines = std::vector<std::string>;

outcome parked() {
    outcome o = outcome::reject("no");
    o.set_parked();
    return o;
}

} // namespace

TEST_CASE("each outcome has its own time until the message comes back") {
    struct row {
        std::function<outcome(time_point)> became; // at this time
        lines asked;
    };
    const row rows[] = {
        {[](auto) { return outcome::ok(); }, {}},
        {[](auto) { return outcome::drop(); }, {}},
        {[](auto) { return parked(); }, {}},
        {[](auto) { return outcome::reject("no"); }, {}},
        {[](auto) { return outcome::retry(7s); }, {"m0=7"}},
        {[](auto) { return outcome::retry(7001ms); }, {"m0=8"}},
        {[](auto) { return outcome::retry(1ms); }, {"m0=1"}},
        {[](auto) { return outcome(error::throttled("slow down", 30s)); }, {"m0=30"}},
        {[](auto) { return outcome::retry(24h); }, {"m0=42000"}},
        {[](auto) { return outcome::retry(std::chrono::milliseconds::max()); }, {"m0=42000"}},
        {[](auto) { return outcome::retry(); }, {"m0=10"}},
        {[](auto) { return outcome(error::bug("oh")); }, {"m0=10"}},
        {[](auto now) { return outcome::defer(now + 90s); }, {"m0=90"}},
        {[](auto now) { return outcome::defer(now + 90s + 1ms); }, {"m0=91"}},
        {[](auto now) { return outcome::defer(now - 1h); }, {"m0=0"}},
        {[](auto now) { return outcome::defer(now + 48h); }, {"m0=42000"}},
    };
    for (const auto& [became, asked] : rows) {
        batch b;
        b.add(became(b.clock.now()));
        CAPTURE(&became - &rows[0].became);
        CHECK(b.asked() == asked);
    }
    static_assert(sqs::longest_visibility == 42'000s && sqs::longest_visibility < 12h);
}

TEST_CASE("a retry without a time waits longer with each delivery, up to a cap") {
    batch b;
    for (const std::uint32_t n : {1u, 2u, 3u, 4u, 7u, 8u, 1'000u}) b.add(outcome::retry(), n);
    CHECK(b.asked() == lines{"m0=10 m1=20 m2=40 m3=80 m4=640 m5=900 m6=900"});
}

TEST_CASE("the waits are spread by the world's random numbers, at least half of each remains") {
    batch b;
    for (int i = 0; i < 10; ++i) b.add(outcome::retry(), 4);
    b.numbers.last = std::uint64_t(1) << 63; // the middle
    CHECK(b.asked(sqs::visibility_backoff::usual_policy()).front().starts_with("m0=60 "));
    b.numbers.last = ~std::uint64_t(0);
    CHECK(b.asked(sqs::visibility_backoff::usual_policy()).front().starts_with("m0=80 m1=40 "));
}

TEST_CASE("a policy may know no wait: then it is the queue's own") {
    batch b;
    b.add(outcome::retry(), 1);
    b.add(outcome::retry(), 2);
    b.add(outcome::retry(5s), 2);
    auto twice = batch::plain();
    twice.tries = 2;
    CHECK(b.asked(twice) == lines{"m0=10 m2=5"});
}

TEST_CASE("ten messages of one queue make a request") {
    batch b;
    for (int i = 0; i < 12; ++i) b.add(outcome::retry(1s));
    CHECK(b.asked() == lines{"m0=1 m1=1 m2=1 m3=1 m4=1 m5=1 m6=1 m7=1 m8=1 m9=1", "m10=1 m11=1"});
    batch two;
    two.add(outcome::retry(1s));
    two.add(outcome::retry(1s), 1, {}, "arn:aws:sqs:r:1:others");
    CHECK(two.asked() == lines{"m0=1", "m1=1"});
    CHECK(two.client.requests[1][0]
          == sqs::visibility_change{"arn:aws:sqs:r:1:others", "r1", "m1", 1s});
}

TEST_CASE("nothing to change makes no request") {
    batch b;
    CHECK(b.asked().empty());
    b.add(outcome::ok());
    b.add(std::nullopt); // not begun: the queue's own timeout
    CHECK(b.asked().empty());
    b.add(outcome::retry(1s));
    b.entries.back().message.receipt_handle = {};
    CHECK(b.asked().empty());
}

TEST_CASE("in a FIFO queue the first failed message of each group is told, and no other") {
    batch b;
    const std::string fifo = "arn:aws:sqs:r:1:orders.fifo";
    b.add(outcome::ok(), 1, "a", fifo);
    b.add(outcome::retry(5s), 1, "a", fifo);
    b.add(std::nullopt, 1, "a", fifo);
    b.add(outcome::retry(6s), 1, "b", fifo);
    b.add(outcome::retry(7s), 1, "a", fifo);
    b.add(outcome::reject("no sink"), 1, "c", fifo); // holds up its group
    b.add(outcome::retry(8s), 1, "c", fifo);
    b.add(std::nullopt, 1, "d", fifo);
    b.add(outcome::retry(9s), 1, "d", fifo);
    CHECK(b.asked() == lines{"m1=5 m3=6"});

    batch standard; // a standard queue has groups as well, and no order in them
    standard.add(outcome::retry(5s), 1, "a");
    standard.add(outcome::retry(6s), 1, "a");
    CHECK(standard.asked() == lines{"m0=5 m1=6"});
}

TEST_CASE("what the client refuses is logged, and the next request is made") {
    batch b;
    for (int i = 0; i < 11; ++i) b.add(outcome::retry(1s));
    b.client.refusal = error::transient("access denied");
    CHECK(b.asked().size() == 2);
    REQUIRE(b.log.lines.size() == 2);
    CHECK(b.log.lines[0].find(R"("level":"WARN","message":"the visibility of messages was not )"
                              R"(changed","queue":"arn:aws:sqs:r:1:orders","messages":10,)"
                              R"("class":"transient","reason":"access denied"})")
          != std::string::npos);
    b.client.throws = true;
    CHECK(b.asked().size() == 2);
    CHECK(b.log.last().find("no network") != std::string::npos);
}

// ---- in an app ----------------------------------------------------------------------------------

TEST_CASE("an app that is given one has failed messages come back when their outcome says so") {
    testing::world w;
    fake_client client;
    const sqs::visibility_backoff backoff(client);
    app orders;
    orders.provide(backoff);
    orders.on(sqs::queue("orders"), [&](const sqs::message& m) -> outcome {
        if (m.body == "later") return outcome::retry(40s);
        if (m.body == "tomorrow") return outcome::defer(w.clock.now() + 24h);
        if (m.body == "no") return outcome::reject("no");
        return {};
    });
    const auto event =
        testing::sqs_batch().message("fine").message("later").message("no").message("tomorrow");
    const auto reply = testing::invoke(orders, event, w);
    CHECK(reply.failed_records() == lines{"message-1", "message-2", "message-3"});
    CHECK(client.asked == lines{"message-1=40 message-3=42000"});

    client.refusal = error::transient("access denied");
    CHECK(testing::invoke(orders, event, w).failed_records() == reply.failed_records());
    CHECK(w.log.contains("the visibility of messages was not changed"));
}
