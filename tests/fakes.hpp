// SPDX-License-Identifier: BSL-1.0
#pragma once

// A world for tests: time that stands still until it is told to pass, a log that is kept, and a
// call made by hand.

#include <headrace/routing/call.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace fakes {

struct clock final : headrace::clock_source {
    [[nodiscard]] headrace::time_point now() const noexcept override { return at; }
    [[nodiscard]] std::chrono::nanoseconds steady() const noexcept override { return passed; }
    bool sleep_until(headrace::time_point until, std::stop_token) override {
        if (until > at) advance(until - at);
        return true;
    }
    bool sleep_for(std::chrono::nanoseconds span, std::stop_token) override {
        advance(span);
        return true;
    }
    void advance(std::chrono::nanoseconds by) {
        at += by;
        passed += by;
    }

    headrace::time_point at{std::chrono::seconds(1'795'514'400)}; // 2026-11-24T10:00:00Z
    std::chrono::nanoseconds passed{};
};

/// Runs each task where it is started.
struct tasks final : headrace::executor {
    std::unique_ptr<task> start(job work) override {
        work();
        return std::make_unique<task>();
    }
};

struct numbers final : headrace::random_source {
    [[nodiscard]] std::uint64_t next() override { return last++; }
    std::uint64_t last = 0;
};

struct no_environment final : headrace::environment {
    [[nodiscard]] std::optional<std::string> get(std::string_view) const override { return {}; }
};

struct log final : headrace::log_output {
    void line(std::string_view text) noexcept override { lines.emplace_back(text); }
    [[nodiscard]] std::string last() const { return lines.empty() ? std::string() : lines.back(); }
    std::vector<std::string> lines;
};

struct world {
    fakes::clock clock;
    fakes::tasks tasks;
    fakes::numbers numbers;
    fakes::no_environment environment;
    fakes::log log;
    headrace::platform platform{clock, tasks, numbers, environment, log};
    headrace::workspace memory;
    headrace::dependencies objects;
    headrace::context context{platform, headrace::logger(log, clock, headrace::log_level::trace)};
    headrace::call call{context, memory, objects};

    world() = default;
    world(const world&) = delete;
    world& operator=(const world&) = delete;
};

} // namespace fakes
