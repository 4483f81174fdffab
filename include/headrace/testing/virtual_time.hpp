// SPDX-License-Identifier: BSL-1.0
#pragma once

// How does code that sleeps for an hour run in no time, and threads run the same way every time?
// Real threads in virtual time: exactly one runs, the next one runs when it sleeps, yields, joins
// or ends, and time passes only when all of them sleep.

#include <headrace/base/platform.hpp>
#include <headrace/testing/world.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

namespace headrace::testing {

/// Operating system threads that are kept between tasks, since starting one takes longer than most
/// simulated tasks. Not thread-safe: belongs to whoever holds the baton.
class thread_crew {
public:
    thread_crew();
    thread_crew(const thread_crew&) = delete;
    thread_crew& operator=(const thread_crew&) = delete;
    ~thread_crew(); ///< joins them; all must be idle

    class member;
    [[nodiscard]] member& take(); ///< an idle one, or a new one
    void give_back(member& m);

private:
    struct state;
    std::unique_ptr<state> state_;
};

/// A clock and an executor in one. The thread that makes it is its first actor, every task that it
/// starts is another one. Of the actors that could run, a seed draws the next; without a seed, the
/// one that has waited longest is next. Only the running actor may call it (now() and steady() may
/// be called by anybody), and no actor may wait for another one by other means, such as a mutex
/// that is held across a sleep.
///   testing::virtual_time time(17);
///   platform world{time, time, random, env, log};
class virtual_time final : public clock_source, public executor {
public:
    explicit virtual_time(std::optional<std::uint64_t> seed = std::nullopt,
                          time_point begin = start_of_time);
    /// The same with threads that others have used and will use.
    virtual_time(std::uint64_t seed, std::shared_ptr<thread_crew> crew);
    virtual_time(const virtual_time&) = delete;
    virtual_time& operator=(const virtual_time&) = delete;
    ~virtual_time() override; ///< precondition: every task has been joined

    [[nodiscard]] time_point now() const noexcept override;
    [[nodiscard]] std::chrono::nanoseconds steady() const noexcept override;
    bool sleep_until(time_point until, std::stop_token stop) override;
    bool sleep_for(std::chrono::nanoseconds span, std::stop_token stop) override {
        return sleep_until(detail::later(now(), span), std::move(stop));
    }
    /// Sleeps whatever is requested: what a handler does that ignores everything.
    void work_for(std::chrono::nanoseconds span) { (void)sleep_for(span, {}); }
    /// Lets another actor run that could run now, if the seed draws one.
    void yield();

    [[nodiscard]] std::unique_ptr<task> start(job work) override;
    /// How many tasks have been started so far.
    [[nodiscard]] int started() const noexcept;

    /// What the running actor carries. A task begins with what its starter carried.
    struct luggage {
        void* owner = nullptr; ///< wake() wakes all actors of one
        void* work = nullptr;
    };
    [[nodiscard]] luggage& carried() noexcept;
    /// Ends the sleep of every actor that carries this owner, as if its time had come.
    void wake(const void* owner) noexcept;

private:
    class joined;
    struct state;
    std::unique_ptr<state> state_;
};

/// A mutex for stores and sinks of tests that are called in virtual time: it may be held across a
/// sleep, and taking it lets others run before. For std::lock_guard and its like.
class virtual_mutex {
public:
    explicit virtual_mutex(virtual_time& time) noexcept : time_(&time) {}
    virtual_mutex(const virtual_mutex&) = delete;
    virtual_mutex& operator=(const virtual_mutex&) = delete;

    void lock();
    void unlock();

private:
    virtual_time* time_;
    bool held_ = false;
    std::vector<std::stop_source> waiting_; ///< one for each actor that sleeps until it is free
};

} // namespace headrace::testing
