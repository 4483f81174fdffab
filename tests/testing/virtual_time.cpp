// SPDX-License-Identifier: BSL-1.0
#include <headrace/testing/virtual_time.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;
using testing::virtual_time;

namespace {

// Three actors write their letters, pausing after each.
std::string letters(virtual_time& time, void (*pause)(virtual_time&)) {
    std::string out;
    std::vector<std::unique_ptr<executor::task>> tasks;
    for (const char c : {'a', 'b', 'c'}) {
        tasks.push_back(time.start([&, c] {
            for (int i = 0; i < 4; ++i) {
                out += c;
                pause(time);
            }
        }));
    }
    tasks.clear();
    return out;
}

void yield_once(virtual_time& time) { time.yield(); }
void sleep_a_while(virtual_time& time) { time.work_for(1ms); }

} // namespace

TEST_CASE("without a seed the actor that has waited longest is next") {
    virtual_time time;
    CHECK(letters(time, yield_once) == "abcabcabcabc");
    CHECK(time.started() == 3);
    CHECK(time.steady() == 0ns);
}

TEST_CASE("a seed draws the next actor, the same one in every run") {
    std::set<std::string> orders;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        virtual_time one(seed);
        virtual_time other(seed);
        const auto order = letters(one, yield_once);
        CHECK(order == letters(other, yield_once));
        orders.insert(order);
    }
    CHECK(orders.size() > 40);
    // Computed once; the same with every compiler.
    virtual_time time(17);
    CHECK(letters(time, yield_once) == "abcabaccacbb");
}

TEST_CASE("those whose time comes at the same moment take turns as the seed draws them") {
    std::set<std::string> orders;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        virtual_time time(seed);
        orders.insert(letters(time, sleep_a_while));
        CHECK(time.steady() == 4ms);
    }
    CHECK(orders.size() > 10);
}

TEST_CASE("time passes only when all actors sleep") {
    virtual_time time(3);
    std::vector<std::chrono::nanoseconds> woke;
    {
        const auto late = time.start([&] {
            time.work_for(2h);
            woke.push_back(time.steady());
        });
        const auto soon = time.start([&] {
            time.work_for(1s);
            woke.push_back(time.steady());
        });
        for (int i = 0; i < 10; ++i) time.yield();
        CHECK(time.steady() == 0ns);
    }
    CHECK(woke == std::vector<std::chrono::nanoseconds>{1s, 2h});
}

TEST_CASE("a stop request ends a sleep") {
    for (const std::uint64_t seed : {1u, 2u, 3u, 4u}) {
        virtual_time time(seed);
        std::stop_source stop;
        bool whole = true;
        {
            const auto sleeper =
                time.start([&] { whole = time.sleep_until(time.now() + 1h, stop.get_token()); });
            time.work_for(1min);
            stop.request_stop();
        }
        CHECK_FALSE(whole);
        CHECK(time.steady() == 1min);
        CHECK_FALSE(time.sleep_until(time.now() + 1h, stop.get_token()));
    }
}

TEST_CASE("actors carry what their starter carried, and are woken by it") {
    virtual_time time(5);
    int mine = 0;
    int others = 0;
    std::chrono::nanoseconds woke{};
    time.carried() = {&others, nullptr};
    const auto sleeper = time.start([&] { time.work_for(1h); });
    time.carried() = {&mine, &woke};
    {
        const auto outer = time.start([&] {
            const auto inner = time.start([&] {
                CHECK(time.carried().owner == &mine);
                CHECK(time.carried().work == &woke);
                time.work_for(1h);
                woke = time.steady();
            });
        });
        time.carried() = {};
        time.work_for(1min);
        time.wake(&mine);
    }
    CHECK(woke == 1min);
    CHECK(time.steady() == 1min);
}

TEST_CASE("a virtual mutex is held by one actor at a time, across sleeps") {
    std::set<std::string> orders;
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        virtual_time time(seed);
        testing::virtual_mutex mutex(time);
        std::string order;
        {
            std::vector<std::unique_ptr<executor::task>> tasks;
            for (const char c : {'a', 'b', 'c'}) {
                tasks.push_back(time.start([&, c] {
                    const std::lock_guard lock(mutex);
                    order += c;
                    time.work_for(1h);
                    order += c;
                }));
            }
        }
        CHECK(time.steady() == 3h);
        CHECK(order.size() == 6);
        for (std::size_t i = 0; i < order.size(); i += 2) CHECK(order[i] == order[i + 1]);
        orders.insert(order);
    }
    CHECK(orders.size() > 3);
}

TEST_CASE("no time passes for an actor that sleeps for ever: only a stop wakes it") {
    for (const bool span : {false, true}) {
        virtual_time time(3);
        std::stop_source stop;
        bool whole = true;
        {
            const auto sleeper = time.start([&] {
                whole = span ? time.sleep_for(std::chrono::nanoseconds::max(), stop.get_token())
                             : time.sleep_until(time_point::max(), stop.get_token());
            });
            time.work_for(1min);
            CHECK(whole);
            stop.request_stop();
        }
        CHECK_FALSE(whole);
        CHECK(time.steady() == 1min);
    }
}
