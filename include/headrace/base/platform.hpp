// SPDX-License-Identifier: BSL-1.0
#pragma once

// Everything headrace asks of the world: time, threads, randomness, the environment and the log's
// output. All of it is injected, so that tests and simulators run the code that ships.

#include <headrace/base/detail/any_object.hpp>
#include <headrace/base/time_point.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace headrace {

/// Tells the time and waits. Implementations are thread-safe.
class clock_source {
public:
    virtual ~clock_source() = default;
    /// Wall-clock time; what deadlines and timestamps are in. It may be set, to any other time.
    [[nodiscard]] virtual time_point now() const noexcept = 0;
    /// Time that never goes back, for durations.
    [[nodiscard]] virtual std::chrono::nanoseconds steady() const noexcept = 0;
    /// Returns at `until` (true) or as soon as a stop is requested (false). A wall clock that is
    /// set back meanwhile puts the end off no longer than it was away by the steady clock.
    /// time_point::max() is no moment: then only a stop ends it.
    virtual bool sleep_until(time_point until, std::stop_token stop) = 0;
    /// The same when so much time has passed by the steady clock, whatever the wall clock shows.
    /// The greatest duration is for ever: then only a stop ends it.
    virtual bool sleep_for(std::chrono::nanoseconds span, std::stop_token stop) = 0;
};

/// Starts tasks and joins them. A task is joined by destroying its handle, so nothing outlives the
/// scope that started it.
class executor {
public:
    class task {
    public:
        virtual ~task() = default; ///< waits for the end of the task
    };
    /// What a task does: any callable void(), which it owns. It need not be copyable.
    class job {
    public:
        template <class F>
            requires(!std::is_same_v<F, job> && std::is_invocable_v<F&>)
        job(F work)
            : work_(std::move(work)), run_([](void* w) { (void)(*static_cast<F*>(w))(); }) {}
        void operator()() const { run_(work_.get()); }

    private:
        detail::any_object work_;
        void (*run_)(void*);
    };
    virtual ~executor() = default;
    /// Runs `work` concurrently. `work` must not throw.
    [[nodiscard]] virtual std::unique_ptr<task> start(job work) = 0;
};

/// Uniformly distributed 64-bit numbers. Implementations are thread-safe.
class random_source {
public:
    virtual ~random_source() = default;
    [[nodiscard]] virtual std::uint64_t next() = 0;
};

/// The process's environment variables.
class environment {
public:
    virtual ~environment() = default;
    [[nodiscard]] virtual std::optional<std::string> get(std::string_view name) const = 0;
};

/// Takes finished log lines (without the newline). One call is one line. Thread-safe.
class log_output {
public:
    virtual ~log_output() = default;
    virtual void line(std::string_view text) noexcept = 0;
};

/// The five together. The referred objects must outlive every app and invocation that uses them.
struct platform {
    clock_source& clock;
    executor& tasks;
    random_source& random;
    environment& env;
    log_output& log;
};

/// The real ones: system and steady clock, std::jthread, the OS's entropy, getenv, standard error
/// through one write per line. Lives for the whole process and has no state.
[[nodiscard]] platform system_platform();

namespace detail {
/// For a process that serves. Nothing that is opened later becomes descriptor 0, 1 or 2, which
/// others write to: /dev/null is opened on those that are closed. And who reads the log does not
/// end the process by going away: SIGPIPE is ignored, unless somebody has said what it does.
void secure_standard_streams() noexcept;
} // namespace detail

} // namespace headrace
