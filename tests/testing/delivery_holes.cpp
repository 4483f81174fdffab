// SPDX-License-Identifier: BSL-1.0
// Would the simulator notice if the batch engine had the holes that other libraries have had? Each
// is put into the shipped engine from outside, and must be found.
#include <headrace/testing/delivery.hpp>

#include <headrace/headrace.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/invoke.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace headrace;

namespace {

enum class hole {
    none,
    retry_is_success, // B1
    defer_is_success, // B1
    group_remembered, // B2
    failure_lost,     // B3
    empty_id,         // B4
    unknown_id,       // B4
    id_twice,         // B4
    bad_record,       // B5: one that cannot be read fails its batch
    unlogged,         // B5: a failure vanishes from the log
    no_order,         // of message groups
};

using numbers = std::set<std::uint64_t>;

std::string reply_with(const std::vector<std::string>& ids) {
    std::string text = R"({"batchItemFailures":[)";
    for (const auto& id : ids) {
        if (text.back() != '[') text += ',';
        text += R"({"itemIdentifier":")" + id + R"("})";
    }
    return text + "]}";
}

// The shipped app with one hole.
class broken final : public service, public record_observer {
public:
    broken(testing::delivery& d, hole which, std::unique_ptr<app<>> inner)
        : d_(d), which_(which), inner_(std::move(inner)) {}

    result<void> start(const platform& world) override { return inner_->start(world); }

    reply_bytes handle(workspace& memory, std::string_view payload, context& ctx) override {
        forgotten_.clear();
        failures_.clear();
        failed_groups_.clear();
        unread_.reset();
        watch_ = std::exchange(ctx.watch, this);
        const auto log = ctx.log;
        if (which_ == hole::unlogged)
            ctx.log = logger(ctx.world->log, ctx.world->clock, log_level::off);
        auto reply = which_ == hole::group_remembered ? without_remembered(memory, payload, ctx)
                                                      : inner_->handle(memory, payload, ctx);
        ctx.watch = watch_;
        ctx.log = log;
        return reply.function_error ? std::move(reply) : with_hole(std::move(reply));
    }

    void began(const call& c) override { watch_->began(c); }
    void ended(const call& c, const outcome& o) override {
        watch_->ended(c, o);
        if (o.acknowledges()) return;
        const std::string id(c.record_id());
        if (o.verdict() == verdict::retry && which_ == hole::retry_is_success)
            forgotten_.insert(id);
        if (o.verdict() == verdict::defer && which_ == hole::defer_is_success)
            forgotten_.insert(id);
        if (o.error()->kind == error_class::malformed) unread_ = *o.error();
        if (const auto* m = c.find<sqs::message>()) {
            failed_groups_.insert(std::string(m->attributes.message_group_id));
        }
        // An append without synchronisation: two threads may write to the same place.
        const auto place = failures_.size();
        if (which_ == hole::failure_lost) d_.time().yield();
        if (place < failures_.size()) forgotten_.insert(std::exchange(failures_[place], id));
        if (place == failures_.size()) failures_.push_back(id);
    }

private:
    // Failed groups of the invocations before are still skipped.
    reply_bytes without_remembered(workspace& memory, std::string_view payload, context& ctx) {
        const auto event = decode<sqs::event>(payload);
        testing::sqs_batch rest(std::string((*event)->records.front().queue_name()));
        std::vector<std::string> skipped;
        bool any = false;
        for (const auto& m : (*event)->records) {
            const std::string group(m.attributes.message_group_id);
            if (!group.empty() && remembered_.contains(group)) {
                skipped.emplace_back(m.message_id);
                continue;
            }
            any = true;
            rest.message(
                {.body = std::string(m.body), .id = std::string(m.message_id), .group = group});
        }
        std::vector<std::string> failed;
        if (any) {
            auto reply = inner_->handle_copy(memory, rest.json(), ctx);
            if (reply.function_error) return reply;
            failed = testing::reply(reply.text, {}).failed_records();
        }
        remembered_.merge(failed_groups_);
        failed.insert(failed.end(), skipped.begin(), skipped.end());
        return {reply_with(failed), {}};
    }

    reply_bytes with_hole(reply_bytes reply) {
        auto ids = testing::reply(reply.text, {}).failed_records();
        std::erase_if(ids, [&](const auto& id) { return forgotten_.contains(id); });
        if (which_ == hole::bad_record && unread_) return {{}, unread_};
        if (ids.empty()) return {reply_with(ids), {}};
        if (which_ == hole::empty_id) ids.front().clear();
        if (which_ == hole::unknown_id) ids.front() += "0";
        if (which_ == hole::id_twice) ids.push_back(ids.front());
        return {reply_with(ids), {}};
    }

    testing::delivery& d_;
    hole which_;
    std::unique_ptr<app<>> inner_;
    record_observer* watch_ = nullptr;
    std::set<std::string> forgotten_;
    std::vector<std::string> failures_;
    std::set<std::string> failed_groups_;
    std::set<std::string> remembered_;
    std::optional<error> unread_;
};

struct order {
    std::uint64_t id = 0;
    static void wire(auto& self, auto&& field) { field("id", self.id).required(); }
};

// Good and bad records of both kinds of queues; the last of each is deferred while it is early.
void scenario(testing::delivery& d, hole which) {
    const auto make = [&] {
        auto made = std::make_unique<app<>>();
        if (which == hole::no_order) {
            made->batches<sqs::event>(concurrency{4}, unordered_ok);
        } else {
            made->batches<sqs::event>(concurrency{4});
        }
        made->on(sqs::queue("*"), [&d](body<order> o, const context& ctx) -> outcome {
            if (o->id == 0) throw std::runtime_error("a bug in the handler");
            const auto soon = testing::start_of_time + std::chrono::seconds(90);
            if (o->id == 9 && ctx.world->clock.now() < soon) return outcome::defer(soon);
            if (auto done = d.step("book " + std::to_string(o->id)); !done) {
                return outcome(std::move(done).error());
            }
            return outcome::ok();
        });
        return std::make_unique<broken>(d, which, std::move(made));
    };
    auto& orders = d.queue({.name = "orders", .most_receives = 6});
    auto& steps = d.queue({.name = "steps", .fifo = true, .most_receives = 6});
    auto& worker = d.function("worker", make);
    orders.feeds(worker, {.batch = 5});
    steps.feeds(worker, {.batch = 5});
    for (const auto id : numbers{1, 2, 3, 0, 9}) orders.send(encode(order{id}));
    orders.send("not JSON");
    for (const auto id : numbers{4, 5, 6, 7, 9}) {
        steps.send(encode(order{id}), id % 2 == 0 ? "even" : "odd");
    }
    d.run();
}

} // namespace

TEST_CASE("without a hole nothing is found") {
    const auto verdict = testing::delivery::explore(
        {.seeds = 1'000, .threads = 2}, [](testing::delivery& d) { scenario(d, hole::none); });
    CHECK_MESSAGE(verdict.passed, verdict.whole_story);
}

TEST_CASE("every known hole of a batch engine is found within a thousand schedules") {
    struct row {
        hole which;
        std::string_view what;
        std::string_view violation; // the first
    };
    const row table[] = {
        {hole::retry_is_success, "B1: a retry counts as success", "is acknowledged"},
        {hole::defer_is_success, "B1: a defer counts as success", "is acknowledged"},
        {hole::group_remembered, "B2: failed groups are remembered", "was never tried"},
        {hole::failure_lost, "B3: a failure is lost among threads", "is acknowledged"},
        {hole::empty_id, "B4: an empty identifier", "an empty identifier"},
        {hole::unknown_id, "B4: an unknown identifier", "an identifier that is not in it"},
        {hole::id_twice, "B4: an identifier twice", "twice"},
        {hole::bad_record, "B5: a bad record fails its batch", "whole batch"},
        {hole::unlogged, "B5: a failure is not logged", "the log does not say why"},
        {hole::no_order, "message groups are not kept in order", "of its group has succeeded"},
    };
    for (const auto& [which, what, violation] : table) {
        std::uint64_t most = 0; // schedules, from several seeds on
        for (const auto first : numbers{1, 1'001, 2'001, 3'001, 4'001}) {
            const auto found = testing::delivery::explore(
                {.seeds = 1'000, .first_seed = first},
                [&, which = which](testing::delivery& d) { scenario(d, which); });
            REQUIRE_MESSAGE(!found.passed, what);
            CHECK_MESSAGE(found.violations.front().find(violation) != std::string::npos,
                          found.story);
            most = std::max(most, found.seed - first + 1);
        }
        MESSAGE(what, ": found within ", most, " schedules");
    }
}
