// SPDX-License-Identifier: BSL-1.0
#pragma once

// How does a test own time, randomness, environment and log? One world that stands still until it
// is told to move, and keeps what was logged.

#include <headrace/base/context.hpp>
#include <headrace/base/logger.hpp>
#include <headrace/base/platform.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace headrace::testing {

/// When a fake clock starts: 2026-11-24T22:30:47.201Z, as in headrace's sample events.
inline constexpr time_point start_of_time{std::chrono::milliseconds(1'795'559'447'201)};

/// Time that passes only when the test says so, or when somebody sleeps. Thread-safe.
class fake_clock final : public clock_source {
public:
    [[nodiscard]] time_point now() const noexcept override { return start_of_time + passed(); }
    [[nodiscard]] std::chrono::nanoseconds steady() const noexcept override { return passed(); }
    /// Goes to `until` at once; false if a stop was requested, and for time_point::max(), which
    /// only a stop would end.
    bool sleep_until(time_point until, std::stop_token stop) override;
    bool sleep_for(std::chrono::nanoseconds span, std::stop_token stop) override {
        return sleep_until(detail::later(now(), span), std::move(stop));
    }

    void advance(std::chrono::nanoseconds by) noexcept { passed_ += by.count(); }

private:
    [[nodiscard]] std::chrono::nanoseconds passed() const noexcept {
        return std::chrono::nanoseconds(passed_.load());
    }
    std::atomic<std::int64_t> passed_{0};
};

/// Runs each task to its end where it is started, so tasks must not wait for each other.
class inline_executor final : public executor {
public:
    [[nodiscard]] std::unique_ptr<task> start(job work) override;
};

/// The same numbers in every run (SplitMix64). Thread-safe.
class fake_random final : public random_source {
public:
    explicit fake_random(std::uint64_t seed = 1) noexcept : state_(seed) {}
    [[nodiscard]] std::uint64_t next() override;

private:
    std::atomic<std::uint64_t> state_;
};

/// Variables that the test has set. Set them before anything reads.
class fake_environment final : public environment {
public:
    [[nodiscard]] std::optional<std::string> get(std::string_view name) const override;
    void set(std::string name, std::string value);

private:
    std::map<std::string, std::string, std::less<>> variables_;
};

/// Keeps log lines. Thread-safe.
class kept_log final : public log_output {
public:
    void line(std::string_view text) noexcept override;
    [[nodiscard]] std::vector<std::string> lines() const;
    /// Is there a line with this text in it?
    [[nodiscard]] bool contains(std::string_view text) const;

private:
    mutable std::mutex mutex_;
    std::vector<std::string> lines_;
};

/// Everything that headrace asks of the world, in the hands of a test.
///   testing::world w;
///   w.clock.advance(250ms);
///   auto reply = testing::invoke(app, event, w);
struct world {
    fake_clock clock;
    inline_executor tasks;
    fake_random random;
    fake_environment env;
    kept_log log;

    world() = default;
    world(const world&) = delete;
    world& operator=(const world&) = delete;

    [[nodiscard]] const headrace::platform& platform() const noexcept { return platform_; }
    /// A context as Lambda would make it, with every log level on. Borrows the texts' owner, this
    /// world.
    [[nodiscard]] context make_context(std::chrono::milliseconds timeout = default_timeout) const;

    static constexpr std::chrono::milliseconds default_timeout{30'000};
    static constexpr std::string_view request_id = "8e2f6c1a-4d7b-4e0f-9a35-0c1d2e3f4a5b";

private:
    headrace::platform platform_{clock, tasks, random, env, log};
};

} // namespace headrace::testing
