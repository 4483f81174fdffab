// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/json/time.hpp>
#include <headrace/json/writer.hpp>
#include <headrace/testing/detail/simulation.hpp>

#include <algorithm>
#include <utility>

namespace headrace::testing::simulated {

function::function(std::unique_ptr<state> s) : state_(std::move(s)) {}
function::~function() = default;

function& function::invoke(std::string event) {
    state_->invoke(std::move(event));
    return *this;
}
function& function::on_success(queue& to) {
    state_->success_to = &to;
    return *this;
}
function& function::on_failure(queue& to) {
    state_->failure_to = &to;
    return *this;
}
function& function::dead_letters(queue& to) {
    state_->dead_to = &to;
    return *this;
}

// ---- processes ----------------------------------------------------------------------------------

bool function::state::has_room() const {
    const auto busy = std::count_if(processes.begin(), processes.end(),
                                    [](const auto& p) { return p->alive() && !p->idle(); });
    return busy < static_cast<std::ptrdiff_t>(options.concurrency);
}

process* function::state::free_process() {
    std::erase_if(processes, [](const auto& p) { return !p->alive() && p->ended(); });
    if (!has_room()) return nullptr;
    std::vector<process*> idle;
    for (const auto& p : processes) {
        if (p->idle()) idle.push_back(p.get());
    }
    if (!idle.empty() && !in.one_in(8)) return idle[in.below(idle.size())];
    auto name_of_process = detail::format<"{}/{}">(name, ++made);
    processes.push_back(std::make_unique<process>(in, *this, std::move(name_of_process)));
    return processes.back().get();
}

// ---- Lambda's own queue -------------------------------------------------------------------------

void function::state::invoke(std::string event) {
    parcel& p = in.new_parcel(detail::format<"{}-event-{}">(name, ++sent), std::move(event), {});
    p.due = p.sent + std::chrono::milliseconds(in.below(50));
    events.push_back(&p);
    if (sent == 1) in.sources.push_back(this);
    in.tell(p, detail::format<"{} arrives for {}">(p.id, name));
}

bool function::state::has_due() const {
    const auto now = in.time.now();
    return std::any_of(events.begin(), events.end(), [&](auto* p) { return p->due <= now; });
}

std::optional<time_point> function::state::next_due() const {
    std::optional<time_point> next;
    for (const parcel* p : events) {
        if (p->due > in.time.now() && (!next || p->due < *next)) next = p->due;
    }
    return next;
}

bool function::state::at_rest() const { return events.empty(); }

// What is being handled is not due before its invocation has been settled.
inline constexpr time_point never = time_point::max();

bool function::state::take(invocation& into) {
    std::vector<parcel*> due;
    for (parcel* p : events) {
        if (p->due <= in.time.now()) due.push_back(p);
    }
    if (due.empty()) return false;
    parcel& p = *due[in.below(due.size())];
    if (in.time.now() - p.sent >= headrace::detail::length_of(options.most_age)) {
        give_up(p, "EventAgeExceeded", nullptr);
        return false;
    }
    ++p.receives;
    p.tries.emplace_back();
    p.due = never;
    auto& a = into.attempts.emplace_back();
    a.of = &p;
    a.try_index = p.tries.size() - 1;
    into.request_id = p.id;
    into.payload = p.body;
    return true;
}

void function::state::throttled() {
    // 1 second to 5 minutes, growing.
    for (parcel* p : events) {
        if (p->due > in.time.now()) continue;
        const auto wait = std::min<std::uint64_t>(300, 1ULL << std::min(p->throttles, 9u));
        ++p->throttles;
        p->due = in.time.now() + std::chrono::seconds(wait);
        in.tell(*p, detail::format<"{} has no process for {}">(name, p->id));
        if (p->due - p->sent < options.most_age) continue;
        give_up(*p, "EventAgeExceeded", nullptr);
        return; // the list has changed
    }
}

void function::state::settle(invocation& i) {
    attempt& a = i.attempts.front();
    parcel& p = *a.of;
    const bool failed = i.end != invocation::ending::replied || i.reply.function_error.has_value();
    if (!failed) {
        if (!a.succeeded()) {
            in.accuse(
                &p,
                a.ended == 0
                    ? detail::format<"{} counts as done, though it was never handled">(p.id)
                    : detail::format<"{} counts as done, though it ended with {}">(p.id, a.why));
        }
        if (in.strikes(in.faults.duplicates)) {
            p.due = in.time.now() + std::chrono::milliseconds(in.below(5'000));
            p.tries[a.try_index] = "it succeeded, and Lambda delivers it again";
            in.tell(p, detail::format<"Lambda delivers {} again">(p.id));
            return;
        }
        std::erase(events, &p);
        if (success_to != nullptr) {
            success_to->internals().arrive(destination_record(p, "Success", &i), {});
        }
        return in.finish(p, parcel::fate::acknowledged, p.id + " is done");
    }
    const auto said = read_reply(in, i);
    judge(in, i, said, false);
    ++p.failed_tries;
    p.tries[a.try_index] = a.why.empty() ? said.why : a.why;
    if (p.failed_tries > options.most_retries) return give_up(p, "RetriesExhausted", &i);
    p.due = in.time.now() + std::chrono::minutes(std::min(p.failed_tries, 2u));
    in.tell(p, detail::format<"{} is tried again: {}">(p.id, p.tries[a.try_index]));
}

void function::state::give_up(parcel& p, std::string_view condition, const invocation* last) {
    std::erase(events, &p);
    const std::string why = condition == "RetriesExhausted"
                                ? detail::format<"after {} tries: {}">(p.receives, p.tries.back())
                                : "since it is too old";
    if (failure_to != nullptr) {
        failure_to->internals().arrive(destination_record(p, condition, last), {});
    }
    if (dead_to != nullptr) dead_to->internals().arrive(p.body, {}, p.id, p.tries);
    if (failure_to == nullptr && dead_to == nullptr) {
        return in.finish(
            p, parcel::fate::lost,
            detail::format<"{} is given up {}; nothing takes what {} gives up">(p.id, why, name));
    }
    in.finish(p, dead_to != nullptr ? parcel::fate::dead_lettered : parcel::fate::at_destination,
              detail::format<"{} is given up {}">(p.id, why));
}

// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
std::string function::state::destination_record(const parcel& p, std::string_view condition,
                                                const invocation* last) const {
    std::string out;
    writer w(out);
    w.begin_object();
    w.member("version", std::string_view("1.0"));
    w.member("timestamp", iso_text(in.time.now()));
    w.key("requestContext");
    w.begin_object();
    w.member("requestId", p.id);
    w.member("functionArn",
             detail::format<"arn:aws:lambda:eu-central-1:123456789012:function:{}:$LATEST">(name));
    w.member("condition", condition);
    w.member("approximateInvokeCount", p.receives);
    w.end_object();
    w.key("requestPayload");
    w.verbatim(p.body);
    if (last != nullptr) {
        const auto& e = last->reply.function_error;
        w.key("responseContext");
        w.begin_object();
        w.member("statusCode", 200);
        w.member("executedVersion", std::string_view("$LATEST"));
        if (condition != "Success") w.member("functionError", std::string_view("Unhandled"));
        w.end_object();
        w.key("responsePayload");
        if (condition == "Success") {
            w.verbatim(last->reply.text.empty() ? "null" : last->reply.text);
        } else {
            w.begin_object();
            w.member("errorMessage", e ? e->message : p.tries.back());
            w.end_object();
        }
    }
    w.end_object();
    return out;
}

} // namespace headrace::testing::simulated
