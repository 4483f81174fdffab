// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/json/time.hpp>
#include <headrace/json/writer.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/detail/simulation.hpp>

#include <algorithm>
#include <span>
#include <string>
#include <utility>

namespace headrace::testing::simulated {

/// A shard: read in order, one batch at a time.
struct stream::shard final : source {
    shard(world& w, stream::state& s, std::size_t number);
    bool take(invocation& into) override;
    [[nodiscard]] bool has_due() const override;
    [[nodiscard]] std::optional<time_point> next_due() const override;
    void settle(invocation& i) override;
    void check_order(const invocation& i, const attempt& a) override;
    [[nodiscard]] bool at_rest() const override { return first == records.size(); }

    void advance(std::size_t by);
    void again(std::string_view why);
    void give_up(std::string_view condition);
    [[nodiscard]] std::string metadata(std::string_view condition) const;

    world& in;
    stream::state& of;
    std::string name;
    std::vector<parcel*> records;
    std::size_t first = 0;  ///< the checkpoint: what lies before is done with
    std::size_t length = 0; ///< of the batch at the checkpoint; 0: it has not been made up
    unsigned tries = 0;     ///< of this batch
    time_point due;
    bool busy = false;
};

struct stream::state {
    state(world& w, std::string n, stream_render r)
        : in(w), name(std::move(n)), render(std::move(r)) {}

    world& in;
    std::string name;
    stream_render render;
    shard_reading how;
    function* target = nullptr;
    std::deque<shard> shards;
    std::size_t sent = 0;
};

namespace streaming {

inline std::string kinesis_event(const std::string& stream,
                                 std::span<const stream_record> records) {
    kinesis_batch batch(stream);
    batch.shard(std::string(records.front().shard));
    for (const auto& r : records)
        batch.record(kinesis_record{.data = std::string(r.data),
                                    .key = std::string(r.key),
                                    .sequence = std::string(r.sequence),
                                    .arrived = r.arrived});
    return batch.json();
}

} // namespace streaming

std::unique_ptr<stream> make_stream(world& in, std::string name, stream_render render) {
    if (!render) {
        render = [name](std::span<const stream_record> records) {
            return streaming::kinesis_event(name, records);
        };
    }
    auto made = std::make_unique<stream::state>(in, std::move(name), std::move(render));
    return std::make_unique<stream>(std::move(made));
}

stream::stream(std::unique_ptr<state> s) : state_(std::move(s)) {}
stream::~stream() = default;

stream& stream::put(std::string data, std::string key, unsigned at) {
    while (state_->shards.size() <= at) {
        auto& made = state_->shards.emplace_back(state_->in, *state_, state_->shards.size());
        if (state_->target == nullptr) continue;
        made.target = &state_->target->internals();
        state_->in.sources.push_back(&made);
    }
    auto& to = state_->shards[at];
    parcel& p = state_->in.new_parcel(detail::format<"{}-{}">(state_->name, ++state_->sent),
                                      std::move(data), std::move(key));
    to.records.push_back(&p);
    state_->in.tell(p, detail::format<"{} arrives in {}">(p.id, to.name));
    return *this;
}

stream& stream::feeds(function& f, shard_reading how) {
    state_->how = how;
    for (auto& each : state_->shards) {
        each.target = &f.internals();
        if (state_->target == nullptr) state_->in.sources.push_back(&each);
    }
    state_->target = &f;
    return *this;
}

stream::shard::shard(world& w, stream::state& s, std::size_t number)
    : in(w), of(s), name(detail::format<"shardId-00000000000{}">(number)), due(w.time.now()) {}

bool stream::shard::has_due() const { return !busy && !at_rest() && due <= in.time.now(); }

std::optional<time_point> stream::shard::next_due() const {
    if (busy || at_rest()) return std::nullopt;
    return due;
}

bool stream::shard::take(invocation& into) {
    if (in.time.now() - records[first]->sent >= headrace::detail::length_of(of.how.most_age)) {
        if (length == 0) length = 1;
        give_up("RecordAgeExceeded");
        return false;
    }
    if (length == 0) {
        const auto most = std::min(of.how.batch, records.size() - first);
        length = in.one_in(2) ? most : 1 + in.below(most);
    }
    std::vector<stream_record> batch;
    for (std::size_t i = first; i < first + length; ++i) {
        parcel& p = *records[i];
        ++p.receives;
        p.tries.emplace_back();
        auto& a = into.attempts.emplace_back();
        a.of = &p;
        a.try_index = p.tries.size() - 1;
        batch.push_back({p.id, p.group, p.body, name, p.sent});
    }
    into.payload = of.render(batch);
    busy = true;
    return true;
}

void stream::shard::check_order(const invocation& i, const attempt& a) {
    for (const attempt& before : i.attempts) {
        if (&before == &a) return;
        if (before.succeeded()) continue;
        in.accuse(a.of, detail::format<"{} begins before {} of its shard has succeeded">(
                            a.of->id, before.of->id));
        return;
    }
}

void stream::shard::settle(invocation& i) {
    busy = false;
    auto said = read_reply(in, i);
    // The lowest sequence number is where Lambda goes on; all behind it comes again.
    const auto lowest = static_cast<std::size_t>(
        std::find(said.failed.begin(), said.failed.end(), true) - said.failed.begin());
    for (std::size_t at = lowest; at < said.failed.size(); ++at) said.failed[at] = true;
    judge(in, i, said, true);
    for (auto& a : i.attempts) a.of->tries[a.try_index] = a.why;
    advance(lowest);
    if (length == 0) return;
    ++tries;
    if (tries > of.how.most_retries) return give_up("RetryAttemptsExhausted");
    const bool halve = of.how.bisect && said.whole && length > 1;
    if (halve) {
        length = (length + 1) / 2;
        --tries; // does not count
    }
    again(i.attempts[lowest].why + (halve ? "; half of the batch is tried again" : ""));
}

void stream::shard::advance(std::size_t by) {
    for (std::size_t i = 0; i < by; ++i) {
        parcel& p = *records[first + i];
        in.finish(p, parcel::fate::acknowledged, p.id + " is done");
    }
    first += by;
    length -= by;
    if (by != 0 || length == 0) tries = 0;
}

void stream::shard::again(std::string_view why) {
    const auto wait = std::min<std::uint64_t>(60, 1ULL << std::min(tries, 6u));
    due = in.time.now() + std::chrono::seconds(wait);
    for (std::size_t i = first; i < first + length; ++i) {
        in.tell(*records[i], detail::format<"{} comes again: {}">(records[i]->id, why));
    }
}

void stream::shard::give_up(std::string_view condition) {
    const bool kept = of.how.on_failure != nullptr;
    if (kept) of.how.on_failure->internals().arrive(metadata(condition), {});
    for (std::size_t i = first; i < first + length; ++i) {
        parcel& p = *records[i];
        std::string text = detail::format<"{} is given up: {}">(p.id, condition);
        if (!p.tries.empty()) text += ", " + p.tries.back();
        if (!kept) text += "; nothing takes what is given up";
        in.finish(p, kept ? parcel::fate::at_destination : parcel::fate::lost, std::move(text));
    }
    first += length;
    length = 0;
    tries = 0;
    due = in.time.now();
}

// https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
std::string stream::shard::metadata(std::string_view condition) const {
    std::string out;
    writer w(out);
    w.begin_object();
    w.key("requestContext");
    w.begin_object();
    w.member("functionArn",
             "arn:aws:lambda:eu-central-1:123456789012:function:" + of.target->internals().name);
    w.member("condition", condition);
    w.member("approximateInvokeCount", records[first]->receives);
    w.end_object();
    w.member("version", std::string_view("1.0"));
    w.member("timestamp", iso_text(in.time.now()));
    w.key("KinesisBatchInfo");
    w.begin_object();
    w.member("shardId", name);
    w.member("startSequenceNumber", records[first]->id);
    w.member("endSequenceNumber", records[first + length - 1]->id);
    w.member("approximateArrivalOfFirstRecord", iso_text(records[first]->sent));
    w.member("approximateArrivalOfLastRecord", iso_text(records[first + length - 1]->sent));
    w.member("batchSize", length);
    w.member("streamArn", "arn:aws:kinesis:eu-central-1:123456789012:stream/" + of.name);
    w.end_object();
    w.end_object();
    return out;
}

} // namespace headrace::testing::simulated
