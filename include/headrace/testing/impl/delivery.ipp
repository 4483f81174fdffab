// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/testing/delivery.hpp>
#include <headrace/testing/detail/simulation.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <exception>
#include <mutex>
#include <utility>

namespace headrace::testing {

namespace simulated {

using std::chrono::milliseconds;

// ---- chance and faults --------------------------------------------------------------------------

world::world(std::uint64_t seed, fault_plan plan, std::shared_ptr<thread_crew> crew)
    // Three independent sequences of numbers.
    : time(seed * 4 + 1, std::move(crew)),
      app_numbers(seed * 4 + 2),
      faults(plan),
      chance_(seed * 4 + 3) {
    time.carried() = {this, nullptr};
}

world::~world() {
    for (auto& f : functions) {
        for (auto& p : f->internals().processes) {
            p->die(invocation::ending::crashed, "ends with the test");
        }
    }
    running.clear(); // joins what is still running
}

bool world::strikes() {
    constexpr double unit = 1.0 / (1ULL << 53);
    if (struck_ >= faults.most) return false;
    if (static_cast<double>(chance_.next() >> 11) * unit >= faults.share) return false;
    ++struck_;
    return true;
}

process* world::caller() noexcept {
    void* const owner = time.carried().owner;
    return owner == this ? nullptr : static_cast<process*>(owner);
}

void world::hang(process& p, std::string_view what) {
    tell_step(p, what, "hangs");
    const auto limit = p.limit();
    time.work_for(limit / 2 + milliseconds(below(static_cast<std::uint64_t>(limit.count()) * 2)));
}

namespace {

enum class trouble : std::uint8_t { failure, lost_answer, crash, hang };

} // namespace

void world::tell_step(process& p, std::string_view what, std::string_view how) {
    std::string text = detail::format<"{}   {}: {}">(p.name(), what, how);
    if (const auto* about = static_cast<const parcel*>(time.carried().work)) {
        tell(*about, std::move(text));
    } else if (p.current() != nullptr) {
        tell(*p.current(), std::move(text));
    } else {
        tell(std::move(text));
    }
}

result<void> world::before_effect(std::string_view what) {
    process* const p = caller();
    if (p == nullptr) return {};
    if (p->alive()) time.work_for(milliseconds(1 + below(20)));
    if (!p->alive()) {
        p->refuse();
        return error::cancelled("the process is dead");
    }
    std::array<trouble, 3> possible{};
    std::size_t kinds = 0;
    if (faults.failures) possible[kinds++] = trouble::failure;
    if (faults.crashes) possible[kinds++] = trouble::crash;
    if (faults.hangs) possible[kinds++] = trouble::hang;
    if (kinds == 0 || !strikes()) return {};
    switch (possible[below(kinds)]) {
    case trouble::crash:
        tell_step(*p, what, "is not reached");
        p->die(invocation::ending::crashed, "crashes");
        return error::cancelled("the process is dead");
    case trouble::hang:
        hang(*p, what);
        if (!p->alive()) return error::cancelled("the process is dead");
        return error::transient("the simulated call got no answer");
    default: tell_step(*p, what, "fails"); return error::transient("the simulated call failed");
    }
}

result<void> world::after_effect(std::string_view what) {
    process* const p = caller();
    if (p == nullptr) return {};
    if (!p->alive()) return error::cancelled("the process is dead");
    std::array<trouble, 3> possible{};
    std::size_t kinds = 0;
    if (faults.lost_answers) possible[kinds++] = trouble::lost_answer;
    if (faults.crashes) possible[kinds++] = trouble::crash;
    if (faults.hangs) possible[kinds++] = trouble::hang;
    if (kinds == 0 || !strikes()) {
        tell_step(*p, what, "done");
        if (one_in(2)) time.work_for(milliseconds(1 + below(5)));
        if (!p->alive()) return error::cancelled("the process is dead");
        return {};
    }
    switch (possible[below(kinds)]) {
    case trouble::crash:
        tell_step(*p, what, "done");
        p->die(invocation::ending::crashed, "crashes");
        return error::cancelled("the process is dead");
    case trouble::hang:
        tell_step(*p, what, "done");
        hang(*p, what);
        if (!p->alive()) return error::cancelled("the process is dead");
        return error::transient("the simulated call got no answer");
    default:
        tell_step(*p, what, "done, and its answer is lost");
        return error::transient("the answer of the simulated call was lost");
    }
}

// ---- story and parcels --------------------------------------------------------------------------

void world::tell(const parcel& about, std::string text) {
    story.tell(time.steady(), about.number, std::move(text));
}
void world::tell(const invocation& about, std::string text) {
    story.tell(time.steady(), about.records(), std::move(text));
}
void world::tell(std::string text) { story.tell(time.steady(), story::nobody, std::move(text)); }
void world::accuse(const parcel* about, std::string text) {
    story.accuse(time.steady(), about != nullptr ? about->number : story::nobody, std::move(text));
}

parcel& world::new_parcel(std::string id, std::string body, std::string group) {
    parcel& p = parcels.emplace_back();
    p.number = parcels.size() - 1;
    p.id = std::move(id);
    p.body = std::move(body);
    p.group = std::move(group);
    p.sent = time.now();
    p.due = p.sent;
    return p;
}

void world::finish(parcel& p, parcel::fate how, std::string text) {
    p.now = how;
    if (how != parcel::fate::lost) return tell(p, std::move(text));
    accuse(&p, "a record is lost: " + std::move(text));
}

// ---- the loop -----------------------------------------------------------------------------------

bool world::do_plans() {
    const auto now = time.now();
    const auto due = std::find_if(plans.begin(), plans.end(),
                                  [&](const auto& each) { return each.first <= now; });
    if (due == plans.end()) return false;
    const auto todo = std::move(due->second);
    plans.erase(due);
    todo();
    return true;
}

bool world::settle_ended() {
    for (std::size_t n = 0; n < running.size(); ++n) {
        invocation& i = *running[n];
        if (i.end != invocation::ending::none && !i.settled) {
            i.settled = true;
            if (i.end == invocation::ending::replied && strikes(faults.duplicates)) {
                i.end = invocation::ending::reply_lost;
                tell(i, detail::format<"the reply of {} is lost">(i.where->name()));
            }
            i.from->settle(i);
            return true;
        }
        if (i.settled && i.actor_ended) {
            running.erase(running.begin() + static_cast<std::ptrdiff_t>(n));
            return true;
        }
    }
    return false;
}

bool world::kill_overdue() {
    bool any = false;
    for (auto& i : running) {
        if (i->end != invocation::ending::none || time.now() < i->kill_at) continue;
        i->where->die(invocation::ending::timed_out, "is killed: its time is over");
        any = true;
    }
    return any;
}

bool world::start_one() {
    std::vector<source*> able;
    for (source* s : sources) {
        if (!s->has_due()) continue;
        if (s->target->has_room()) {
            able.push_back(s);
        } else {
            s->throttled();
        }
    }
    if (able.empty()) return false;
    source& from = *able[below(able.size())];
    auto i = std::make_unique<invocation>();
    i->from = &from;
    i->request_id = detail::format<"request-{}">(++invocations);
    if (!from.take(*i)) return true;
    const auto& options = from.target->options;
    i->began = time.now();
    // Lambda has been seen to kill 0.68 s late.
    i->kill_at = detail::later(detail::later(i->began, options.timeout),
                               milliseconds(faults.hangs ? below(700) : 0));
    process& p = *from.target->free_process();
    std::string text = p.name() + " receives ";
    for (const auto& a : i->attempts) {
        if (&a != i->attempts.data()) text += ", ";
        detail::append_format<"{} ({})">(text, a.of->id, ordinal(a.of->receives));
    }
    tell(*i, std::move(text));
    running.push_back(std::move(i));
    p.begin(*running.back());
    return true;
}

bool world::at_rest() const {
    return plans.empty() && running.empty()
           && std::all_of(sources.begin(), sources.end(),
                          [](const source* s) { return s->at_rest(); });
}

time_point world::next_event() const {
    auto next = time.now() + std::chrono::hours(24 * 365);
    const auto consider = [&](time_point at) { next = std::min(next, at); };
    for (const auto& [when, then] : plans) consider(when);
    for (const auto& i : running) {
        if (i->end == invocation::ending::none) consider(i->kill_at);
    }
    for (const source* s : sources) {
        if (const auto at = s->next_due(); at && *at > time.now()) consider(*at);
    }
    return next;
}

void world::run() {
    constexpr std::size_t most = 2'000; // invocations
    was_run = true;
    while (invocations <= most) {
        if (do_plans() || settle_ended() || kill_overdue() || start_one()) continue;
        if (at_rest()) break;
        (void)time.sleep_until(next_event(), {});
    }
    if (invocations > most) accuse(nullptr, "the delivery does not come to rest");
    end_processes();
}

void world::end_processes() {
    for (auto& f : functions) {
        for (auto& p : f->internals().processes) {
            p->die(invocation::ending::crashed, "ends with the test");
        }
    }
    while (!running.empty()) {
        if (!settle_ended()) time.work_for(std::chrono::hours(24));
    }
    for (auto& f : functions) f->internals().processes.clear();
}

} // namespace simulated

// ---- delivery -----------------------------------------------------------------------------------

delivery::delivery(std::uint64_t seed, fault_plan faults)
    : delivery(seed, faults, {std::make_shared<thread_crew>()}) {}
delivery::delivery(std::uint64_t seed, fault_plan faults, shared_threads threads)
    : world_(std::make_unique<simulated::world>(seed, faults, std::move(threads.crew))) {}
delivery::~delivery() = default;

simulated::function& delivery::function(std::string name, maker make,
                                        simulated::function_options options) {
    auto made = std::make_unique<simulated::function::state>(*world_, std::move(name),
                                                             std::move(make), options);
    return *world_->functions.emplace_back(std::make_unique<simulated::function>(std::move(made)));
}

simulated::queue& delivery::queue(simulated::queue_options options) {
    auto made = std::make_unique<simulated::queue::state>(*world_, std::move(options));
    return *world_->queues.emplace_back(std::make_unique<simulated::queue>(std::move(made)));
}

simulated::topic& delivery::topic(std::string name) {
    return *world_->topics.emplace_back(simulated::make_topic(*world_, std::move(name)));
}

simulated::stream& delivery::stream(std::string name, simulated::stream_render render) {
    return *world_->streams.emplace_back(
        simulated::make_stream(*world_, std::move(name), std::move(render)));
}

void delivery::at(std::chrono::nanoseconds when, std::function<void()> then) {
    world_->plans.emplace_back(detail::later(world_->time.now() - world_->time.steady(), when),
                               std::move(then));
}

void delivery::run() { world_->run(); }

void delivery::check(bool holds, std::string_view otherwise) {
    if (!holds) world_->accuse(nullptr, std::string(otherwise));
}

bool delivery::alive() const noexcept {
    const auto* const p = world_->caller();
    return p == nullptr || p->alive();
}

virtual_time& delivery::time() noexcept { return world_->time; }
const testing::story& delivery::story() const noexcept { return world_->story; }
bool delivery::was_run() const noexcept { return world_->was_run; }

result<void> delivery::before_effect(std::string_view what) { return world_->before_effect(what); }
result<void> delivery::after_effect(std::string_view what) { return world_->after_effect(what); }

// ---- many schedules -----------------------------------------------------------------------------

namespace exploring {

/// What all threads know about the schedules so far.
struct findings {
    std::mutex mutex;
    delivery::verdict best;
    std::uint64_t sum = 0; // of the stories' hashes, each mixed with its seed
    std::exception_ptr thrown;
    std::atomic<std::uint64_t> first_bad = UINT64_MAX; // seed
};

inline void note(findings& all, std::uint64_t seed, const story& told) {
    const std::lock_guard lock(all.mutex);
    all.sum += fake_random(told.hash() ^ seed * 0x9E3779B97F4A7C15).next();
    ++all.best.schedules;
    if (told.violations().empty() || seed >= all.first_bad) return;
    all.first_bad = seed;
    all.best.passed = false;
    all.best.seed = seed;
    all.best.violations = told.violations();
    const auto head = detail::format<"seed {}: {}\n">(seed, told.violations().front());
    all.best.story = head + told.text(told.accused());
    all.best.whole_story = head + told.text();
}

} // namespace exploring

delivery::verdict delivery::explore(options how, const std::function<void(delivery&)>& scenario) {
    exploring::findings all;
    const unsigned threads = std::max(1u, how.threads);
    const auto explore_some = [&](unsigned mine) {
        const shared_threads shared{std::make_shared<thread_crew>()};
        for (auto n = std::uint64_t{mine}; n < how.seeds; n += threads) {
            const auto seed = how.first_seed + n;
            if (seed >= all.first_bad) return;
            try {
                delivery d(seed, how.faults, shared);
                scenario(d);
                d.check(d.was_run(), "the scenario did not call run()");
                exploring::note(all, seed, d.story());
            } catch (...) {
                const std::lock_guard lock(all.mutex);
                all.thrown = std::current_exception();
                all.first_bad = 0;
            }
        }
    };
    {
        const auto world = system_platform();
        std::vector<std::unique_ptr<executor::task>> others;
        for (unsigned i = 1; i < threads; ++i) {
            others.push_back(world.tasks.start([&, i] { explore_some(i); }));
        }
        explore_some(0);
    }
    if (all.thrown) std::rethrow_exception(all.thrown);
    all.best.hash = all.sum;
    return all.best;
}

} // namespace headrace::testing
