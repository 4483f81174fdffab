// SPDX-License-Identifier: BSL-1.0
#pragma once

// Beside base/impl/platform.ipp the only file that starts threads and makes them wait.

#include <headrace/testing/virtual_time.hpp>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace headrace::testing {

/// Lets one thread wait until another one says go. Whatever the one wrote before, the other sees.
class turnstile {
public:
    void wait() {
        std::unique_lock lock(mutex_);
        opened_.wait(lock, [&] { return open_; });
        open_ = false;
    }
    // Under the lock: who was waiting may destroy this at once.
    void open() {
        const std::lock_guard lock(mutex_);
        open_ = true;
        opened_.notify_one();
    }

private:
    std::mutex mutex_;
    std::condition_variable opened_;
    bool open_ = false;
};

class thread_crew::member {
public:
    member() : thread_([this] { serve(); }) {}
    member(const member&) = delete;
    member& operator=(const member&) = delete;
    ~member() {
        job.reset();
        turn.open();
        thread_.join();
    }
    turnstile turn;                   ///< opened with a job set: do it; with none: end
    std::optional<executor::job> job; ///< hands the baton on as the last thing it does

private:
    void serve() {
        for (;;) {
            turn.wait();
            // The job may be replaced as soon as it has handed the baton on.
            const auto todo = std::exchange(job, std::nullopt);
            if (!todo) return;
            (*todo)();
        }
    }
    std::thread thread_; // starts last
};

struct thread_crew::state {
    std::vector<std::unique_ptr<member>> all;
    std::vector<member*> idle;
};

thread_crew::thread_crew() : state_(std::make_unique<state>()) {}
thread_crew::~thread_crew() = default;

thread_crew::member& thread_crew::take() {
    if (state_->idle.empty()) return *state_->all.emplace_back(std::make_unique<member>());
    member* const last = state_->idle.back();
    state_->idle.pop_back();
    return *last;
}

void thread_crew::give_back(member& m) { state_->idle.push_back(&m); }

struct virtual_time::state {
    enum class doing : std::uint8_t { ready, running, sleeping, joining, ended };
    struct actor {
        doing now = doing::running;
        std::uint64_t turn = 0; // without a seed, the lowest of those that are ready is next
        std::chrono::nanoseconds wakes{};
        actor* joins = nullptr;
        luggage carries;
        turnstile* baton = nullptr;
    };

    std::optional<fake_random> numbers;
    std::shared_ptr<thread_crew> crew;
    time_point begin;
    std::atomic<std::int64_t> passed = 0; // nanoseconds
    std::vector<actor*> actors;           // in the order of their beginning
    actor first;
    turnstile first_baton;
    actor* running = nullptr;
    std::uint64_t turns = 0;
    std::atomic<int> started = 0;

    void make_ready(actor& a, doing from) noexcept {
        if (a.now != from) return;
        a.now = doing::ready;
        a.turn = ++turns;
    }
    [[nodiscard]] bool is_due(const actor& a) const noexcept {
        return a.now == doing::ready || (a.now == doing::sleeping && a.wakes.count() <= passed);
    }
    // Nobody who sleeps for ever: no time would wake them.
    [[nodiscard]] actor* first_to_wake() const noexcept {
        actor* next = nullptr;
        for (actor* a : actors) {
            if (a->now != doing::sleeping || a->wakes == headrace::detail::for_ever) continue;
            if (next == nullptr || a->wakes < next->wakes) next = a;
        }
        return next;
    }
    [[nodiscard]] actor* longest_ready() const noexcept {
        actor* next = nullptr;
        for (actor* a : actors) {
            if (a->now == doing::ready && (next == nullptr || a->turn < next->turn)) next = a;
        }
        return next;
    }
    [[nodiscard]] actor* draw_due() {
        const auto due =
            std::count_if(actors.begin(), actors.end(), [&](const actor* a) { return is_due(*a); });
        if (due == 0) return nullptr;
        auto skip = due == 1 ? 0 : numbers->next() % static_cast<std::uint64_t>(due);
        for (actor* a : actors) {
            if (is_due(*a) && skip-- == 0) return a;
        }
        return nullptr;
    }
    void pass_time(const actor& to) noexcept {
        if (to.wakes.count() > passed) passed = to.wakes.count();
    }
    // Who runs next; time has passed for it.
    actor& choose_next() {
        actor* next = numbers ? draw_due() : longest_ready();
        if (next == nullptr) {
            next = first_to_wake();
            if (next != nullptr) pass_time(*next);
            if (next != nullptr && numbers) next = draw_due();
        }
        if (next == nullptr) {
            std::fputs("every thread waits for another one\n", stderr);
            std::abort();
        }
        next->now = doing::running;
        running = next;
        return *next;
    }
    // Lets others run until it is this actor's turn again.
    void pass_baton(actor& self) {
        actor& next = choose_next();
        if (&next == &self) return;
        next.baton->open();
        self.baton->wait();
    }
};

// A task, for as long as its starter keeps it.
class virtual_time::joined final : public executor::task {
public:
    joined(virtual_time::state& time, executor::job work)
        : time_(time), thread_(time.crew->take()) {
        self_.now = state::doing::ready;
        self_.turn = ++time_.turns;
        self_.carries = time_.running->carries;
        self_.baton = &thread_.turn;
        time_.actors.push_back(&self_);
        thread_.job.emplace([this, todo = std::optional(std::move(work))]() mutable {
            (*todo)();
            todo.reset();
            end();
        });
    }
    joined(const joined&) = delete;
    joined& operator=(const joined&) = delete;
    ~joined() override {
        if (self_.now != state::doing::ended) {
            auto& waiting = *time_.running;
            waiting.now = state::doing::joining;
            waiting.joins = &self_;
            time_.pass_baton(waiting);
            waiting.joins = nullptr;
        }
        std::erase(time_.actors, &self_);
    }

private:
    // The task may be destroyed as soon as the baton is handed on.
    void end() {
        self_.now = state::doing::ended;
        time_.crew->give_back(thread_);
        for (auto* a : time_.actors) {
            if (a->joins == &self_) time_.make_ready(*a, state::doing::joining);
        }
        time_.choose_next().baton->open();
    }

    virtual_time::state& time_;
    thread_crew::member& thread_;
    virtual_time::state::actor self_;
};

virtual_time::virtual_time(std::optional<std::uint64_t> seed, time_point begin)
    : state_(std::make_unique<state>()) {
    if (seed) state_->numbers.emplace(*seed);
    state_->begin = begin;
    state_->crew = std::make_shared<thread_crew>();
    state_->first.baton = &state_->first_baton;
    state_->actors.push_back(&state_->first);
    state_->running = &state_->first;
}

virtual_time::virtual_time(std::uint64_t seed, std::shared_ptr<thread_crew> crew)
    : virtual_time(std::nullopt) {
    state_->numbers.emplace(seed);
    state_->crew = std::move(crew);
}

virtual_time::~virtual_time() = default;

time_point virtual_time::now() const noexcept { return detail::later(state_->begin, steady()); }

std::chrono::nanoseconds virtual_time::steady() const noexcept {
    return std::chrono::nanoseconds(state_->passed.load());
}

bool virtual_time::sleep_until(time_point until, std::stop_token stop) {
    if (stop.stop_requested()) return false;
    auto& self = *state_->running;
    self.wakes = headrace::detail::difference(until, state_->begin);
    self.now = state::doing::sleeping;
    if (!stop.stop_possible()) {
        state_->pass_baton(self);
        return true;
    }
    const std::stop_callback wake_up(
        stop, [&]() noexcept { state_->make_ready(self, state::doing::sleeping); });
    state_->pass_baton(self);
    return !stop.stop_requested();
}

void virtual_time::yield() {
    auto& self = *state_->running;
    state_->make_ready(self, state::doing::running);
    state_->pass_baton(self);
}

std::unique_ptr<executor::task> virtual_time::start(job work) {
    ++state_->started;
    return std::make_unique<joined>(*state_, std::move(work));
}

int virtual_time::started() const noexcept { return state_->started; }

virtual_time::luggage& virtual_time::carried() noexcept { return state_->running->carries; }

void virtual_time::wake(const void* owner) noexcept {
    for (auto* a : state_->actors) {
        if (a->carries.owner == owner) state_->make_ready(*a, state::doing::sleeping);
    }
}

void virtual_mutex::lock() {
    time_->yield();
    while (held_) {
        const auto token = waiting_.emplace_back().get_token();
        (void)time_->sleep_until(time_point::max(), token);
    }
    held_ = true;
}

void virtual_mutex::unlock() {
    held_ = false;
    for (auto& each : std::exchange(waiting_, {})) each.request_stop();
}

} // namespace headrace::testing
