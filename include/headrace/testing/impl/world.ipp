// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/testing/world.hpp>

#include <algorithm>
#include <utility>

namespace headrace::testing {

bool fake_clock::sleep_until(time_point until, std::stop_token stop) {
    if (stop.stop_requested() || until == time_point::max()) return false;
    const auto wanted = headrace::detail::difference(until, start_of_time);
    auto here = passed_.load();
    while (here < wanted.count() && !passed_.compare_exchange_weak(here, wanted.count())) {}
    return true;
}

std::unique_ptr<executor::task> inline_executor::start(job work) {
    work();
    return std::make_unique<task>();
}

// Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014.
std::uint64_t fake_random::next() {
    constexpr std::uint64_t step = 0x9E3779B97F4A7C15;
    std::uint64_t z = state_.fetch_add(step) + step;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
}

std::optional<std::string> fake_environment::get(std::string_view name) const {
    const auto found = variables_.find(name);
    if (found == variables_.end()) return std::nullopt;
    return found->second;
}

void fake_environment::set(std::string name, std::string value) {
    variables_.insert_or_assign(std::move(name), std::move(value));
}

void kept_log::line(std::string_view text) noexcept {
    const std::lock_guard lock(mutex_);
    lines_.emplace_back(text);
}

std::vector<std::string> kept_log::lines() const {
    const std::lock_guard lock(mutex_);
    return lines_;
}

bool kept_log::contains(std::string_view text) const {
    const std::lock_guard lock(mutex_);
    return std::ranges::any_of(lines_,
                               [&](const auto& line) { return line.find(text) != line.npos; });
}

context world::make_context(std::chrono::milliseconds timeout) const {
    const logger out(platform_.log, platform_.clock, log_level::trace);
    context ctx(platform_, out.with_ids(request_id, {}));
    ctx.request_id = request_id;
    ctx.function_arn = "arn:aws:lambda:eu-central-1:123456789012:function:under-test";
    ctx.trace_id = "Root=1-6924dda7-4f5c2a9e81b3d6074c1e9f20;Parent=91ed514f1e5c03b2;Sampled=1";
    ctx.deadline = detail::later(clock.now(), timeout);
    return ctx;
}

} // namespace headrace::testing
