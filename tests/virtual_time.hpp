// SPDX-License-Identifier: BSL-1.0
#pragma once

// Real threads in virtual time: exactly one runs, the next one runs when it sleeps, joins or ends,
// and time passes only when all of them sleep. So what sleeps for an hour is tested in no time, the
// same way in every run.

#include "fakes.hpp"

#include <headrace/platform.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <list>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

namespace fakes {

/// A clock and an executor in one. The thread that makes it is its first actor.
class virtual_time final : public headrace::clock_source, public headrace::executor {
public:
    virtual_time() { running_ = &actors_.emplace_back(); }

    [[nodiscard]] headrace::time_point now() const noexcept override { return begin + steady(); }
    [[nodiscard]] std::chrono::nanoseconds steady() const noexcept override {
        return std::chrono::nanoseconds(passed_.load());
    }
    bool sleep_until(headrace::time_point until, std::stop_token stop) override {
        if (stop.stop_requested()) return false;
        actor& self = *running_;
        {
            const std::lock_guard lock(mutex_);
            self.wakes = until - begin;
            self.now = state::sleeping;
        }
        const std::stop_callback wake(stop, [&] {
            const std::lock_guard lock(mutex_);
            make_ready(self, state::sleeping);
        });
        pass_baton(self);
        return !stop.stop_requested();
    }
    /// What a handler does that ignores everything.
    void work_for(std::chrono::nanoseconds span) { (void)sleep_until(now() + span, {}); }

    [[nodiscard]] std::unique_ptr<task> start(job work) override {
        const std::lock_guard lock(mutex_);
        ++started_;
        actor& self = actors_.emplace_back();
        make_ready(self, self.now);
        return std::make_unique<joined>(*this, self, std::move(work));
    }
    /// How many tasks have been started so far.
    [[nodiscard]] int started() const noexcept { return started_; }

    static constexpr headrace::time_point begin{std::chrono::seconds(1'795'514'400)};

private:
    enum class state { ready, running, sleeping, joining, ended };
    struct actor {
        state now = state::running;
        std::uint64_t turn = 0; // of those that are ready the lowest is next
        std::chrono::nanoseconds wakes{};
        actor* joins = nullptr;
        std::condition_variable resumed;
    };
    class joined final : public task {
    public:
        joined(virtual_time& time, actor& self, job work)
            : time_(time), self_(self), thread_([this, todo = std::move(work)] {
                  time_.await_baton(self_);
                  todo();
                  time_.end(self_);
              }) {}
        ~joined() override {
            time_.join(self_);
            thread_.join();
        }

    private:
        virtual_time& time_;
        actor& self_;
        std::thread thread_;
    };

    void make_ready(actor& a, state from) {
        if (a.now != from) return;
        a.now = state::ready;
        a.turn = ++turns_;
    }
    // Hands the baton to whoever is next; `mutex_` is held.
    void choose_next() {
        actor* next = nullptr;
        for (actor& a : actors_) {
            if (a.now == state::ready && (next == nullptr || a.turn < next->turn)) next = &a;
        }
        for (actor& a : actors_) {
            if (next != nullptr && next->now == state::ready) break;
            if (a.now == state::sleeping && (next == nullptr || a.wakes < next->wakes)) next = &a;
        }
        if (next == nullptr) {
            std::fputs("every thread waits for another one\n", stderr);
            std::abort();
        }
        if (next->now == state::sleeping && next->wakes.count() > passed_) {
            passed_ = next->wakes.count();
        }
        next->now = state::running;
        running_ = next;
        next->resumed.notify_one();
    }
    void pass_baton(actor& self) {
        std::unique_lock lock(mutex_);
        choose_next();
        self.resumed.wait(lock, [&] { return self.now == state::running; });
    }
    void await_baton(actor& self) {
        std::unique_lock lock(mutex_);
        self.resumed.wait(lock, [&] { return self.now == state::running; });
    }
    void end(actor& self) {
        const std::lock_guard lock(mutex_);
        self.now = state::ended;
        for (actor& a : actors_) {
            if (a.joins == &self) make_ready(a, state::joining);
        }
        choose_next();
    }
    void join(actor& other) {
        actor& self = *running_;
        std::unique_lock lock(mutex_);
        if (other.now == state::ended) return;
        self.now = state::joining;
        self.joins = &other;
        choose_next();
        self.resumed.wait(lock, [&] { return self.now == state::running; });
        self.joins = nullptr;
    }

    std::mutex mutex_;
    std::list<actor> actors_;
    std::atomic<actor*> running_ = nullptr;
    std::atomic<std::int64_t> passed_ = 0;
    std::atomic<int> started_ = 0;
    std::uint64_t turns_ = 0;
};

/// A world in virtual time.
struct virtual_world {
    fakes::virtual_time time;
    fakes::numbers numbers;
    fakes::no_environment environment;
    fakes::log log;
    headrace::platform platform{time, time, numbers, environment, log};
    headrace::workspace memory;
    headrace::dependencies objects;
    headrace::context context{platform, headrace::logger(log, time, headrace::log_level::trace)};
    headrace::call call{context, memory, objects};

    virtual_world() = default;
    virtual_world(const virtual_world&) = delete;
    virtual_world& operator=(const virtual_world&) = delete;
};

} // namespace fakes
