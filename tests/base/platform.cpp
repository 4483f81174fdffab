// SPDX-License-Identifier: BSL-1.0
#include <headrace/base/platform.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <memory>
#include <set>
#include <stop_token>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;

namespace {

// Everything written to standard error while it exists. A reader of its own keeps long lines from
// filling the pipe.
class captured_stderr {
public:
    explicit captured_stderr(int flags = 0) : saved_(::dup(STDERR_FILENO)) {
        int ends[2];
        REQUIRE(::pipe(ends) == 0);
        read_end_ = ends[0];
        REQUIRE(::dup2(ends[1], STDERR_FILENO) == STDERR_FILENO);
        ::close(ends[1]);
        if (flags != 0) REQUIRE(::fcntl(STDERR_FILENO, F_SETFL, flags) == 0);
        reader_ = system_platform().tasks.start([this] { drain(); });
    }
    captured_stderr(const captured_stderr&) = delete;
    ~captured_stderr() { finish(); }

    std::string finish() {
        if (saved_ >= 0) {
            ::dup2(saved_, STDERR_FILENO);
            ::close(saved_);
            saved_ = -1;
            reader_.reset();
            ::close(read_end_);
        }
        return text_;
    }

private:
    void drain() {
        char chunk[4096];
        for (ssize_t got = 0; (got = ::read(read_end_, chunk, sizeof chunk)) > 0;) {
            text_.append(chunk, static_cast<std::size_t>(got));
        }
    }

    int saved_;
    int read_end_ = -1;
    std::string text_;
    std::unique_ptr<executor::task> reader_;
};

} // namespace

TEST_CASE("the system clock tells the time of the day and never goes back") {
    clock_source& clock = system_platform().clock;
    CHECK(clock.now().time_since_epoch() > 1'700'000'000s);
    const auto before = clock.steady();
    CHECK(clock.steady() >= before);
}

TEST_CASE("sleep_until returns true at its time, and at once for a time in the past") {
    clock_source& clock = system_platform().clock;
    const time_point until = clock.now() + 5ms;
    CHECK(clock.sleep_until(until, {}));
    CHECK(clock.now() >= until);
    CHECK(clock.sleep_until(until - 1h, {}));
    std::stop_source unused;
    CHECK(clock.sleep_until(clock.now() + 1ms, unused.get_token()));
}

TEST_CASE("a requested stop ends sleep_until with false, before and while it sleeps") {
    const platform world = system_platform();
    const time_point late = world.clock.now() + 24h;
    std::stop_source stop;
    const auto stopper = world.tasks.start([&] { stop.request_stop(); });
    CHECK_FALSE(world.clock.sleep_until(late, stop.get_token()));
    CHECK_FALSE(world.clock.sleep_until(late, stop.get_token()));
    CHECK_FALSE(world.clock.sleep_until(world.clock.now() - 1h, stop.get_token()));
}

TEST_CASE("sleep_for returns true when its time has passed by the steady clock") {
    clock_source& clock = system_platform().clock;
    const auto begun = clock.steady();
    CHECK(clock.sleep_for(5ms, {}));
    CHECK(clock.steady() - begun >= 5ms);
    CHECK(clock.sleep_for(0ns, {}));
    CHECK(clock.sleep_for(std::chrono::nanoseconds::min(), {}));
    CHECK(clock.sleep_until(time_point::min(), {}));
}

TEST_CASE("who sleeps for ever is woken by a stop") {
    const platform world = system_platform();
    const auto for_ever = std::chrono::nanoseconds::max();
    for (int i = 0; i < 4; ++i) {
        CAPTURE(i);
        std::stop_source stop;
        const auto stopper = world.tasks.start([&] {
            (void)world.clock.sleep_for(2ms, {});
            stop.request_stop();
        });
        const auto token = stop.get_token();
        const bool whole = i == 0   ? world.clock.sleep_for(for_ever, token)
                           : i == 1 ? world.clock.sleep_for(for_ever - 1ns, token)
                           : i == 2 ? world.clock.sleep_until(time_point::max(), token)
                                    : world.clock.sleep_until(time_point::max() - 1ns, token);
        CHECK_FALSE(whole);
    }
}

TEST_CASE("a task can own what cannot be copied") {
    int got = 0;
    auto task = system_platform().tasks.start(
        [&got, number = std::make_unique<int>(5)]() mutable { got = *std::exchange(number, {}); });
    task.reset();
    CHECK(got == 5);
}

TEST_CASE("destroying a task's handle waits for the task") {
    std::atomic<int> done = 0;
    {
        const platform world = system_platform();
        const auto first = world.tasks.start([&] { ++done; });
        const auto second = world.tasks.start([&] { ++done; });
    }
    CHECK(done == 2);
}

TEST_CASE("random numbers do not repeat and use all bits") {
    random_source& random = system_platform().random;
    std::set<std::uint64_t> seen;
    std::uint64_t ones = 0;
    std::uint64_t zeros = 0;
    for (int i = 0; i < 200; ++i) {
        const std::uint64_t number = random.next();
        seen.insert(number);
        ones |= number;
        zeros |= ~number;
    }
    CHECK(seen.size() == 200);
    CHECK(ones == ~std::uint64_t{0});
    CHECK(zeros == ~std::uint64_t{0});
}

TEST_CASE("the environment tells absent, empty and set variables apart") {
    const environment& env = system_platform().env;
    ::setenv("HEADRACE_TEST_SET", "a value", 1);
    ::setenv("HEADRACE_TEST_EMPTY", "", 1);
    ::unsetenv("HEADRACE_TEST_ABSENT");
    CHECK(env.get("HEADRACE_TEST_SET") == "a value");
    CHECK(env.get("HEADRACE_TEST_EMPTY") == "");
    CHECK(env.get("HEADRACE_TEST_ABSENT") == std::nullopt);
}

TEST_CASE("a log line arrives whole, with one newline") {
    captured_stderr captured;
    system_platform().log.line("first");
    system_platform().log.line("");
    system_platform().log.line(std::string(300'000, 'x'));
    CHECK(captured.finish() == "first\n\n" + std::string(300'000, 'x') + "\n");
}

TEST_CASE(
    "long log lines of several threads do not mix, even when nobody waits for standard error") {
    for (const int flags : {0, O_NONBLOCK}) {
        CAPTURE(flags);
        captured_stderr captured(flags);
        {
            const platform world = system_platform();
            std::vector<std::unique_ptr<executor::task>> writers;
            for (char letter = 'a'; letter < 'd'; ++letter) {
                writers.push_back(world.tasks.start([letter, &log = world.log] {
                    for (int i = 0; i < 8; ++i) log.line(std::string(100'000, letter));
                }));
            }
        }
        const std::string text = captured.finish();
        CHECK(text.size() == 24u * 100'001u);
        std::size_t mixed = 0;
        for (std::size_t at = 0; at < text.size(); at += 100'001) {
            mixed += text.substr(at, 100'001) != std::string(100'000, text[at]) + "\n";
        }
        CHECK(mixed == 0);
    }
}

TEST_CASE("a log without a reader is dropped in silence") {
    const int saved = ::dup(STDERR_FILENO);
    ::close(STDERR_FILENO);
    system_platform().log.line("nobody hears this");
    CHECK(::dup2(saved, STDERR_FILENO) == STDERR_FILENO);
    ::close(saved);
}
