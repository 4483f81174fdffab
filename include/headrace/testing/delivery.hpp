// SPDX-License-Identifier: BSL-1.0
#pragma once

// Does my handler hold when messages come twice, late and in another order, when calls fail or lose
// their answers, and when processes die at any moment? A simulated AWS that delivers to the real
// app in virtual time: the same seed makes the same schedule, thousands of seeds take seconds.
//
//   const auto verdict = testing::delivery::explore({.seeds = 10'000}, [](testing::delivery& d) {
//       ledger books{d};                                     // survives; asks d.step(...)
//       auto& orders = d.queue({.name = "orders", .most_receives = 5});
//       orders.feeds(d.function("worker", [&] { return make_app(books); }), {.batch = 10});
//       for (int id = 1; id <= 3; ++id) orders.send(encode(order{id}));
//       d.run();
//       d.check(books.each_once(), "an order was booked twice");
//   });
//   CHECK_MESSAGE(verdict.passed, verdict.story);

#include <headrace/base/result.hpp>
#include <headrace/routing/detail/attempt.hpp>
#include <headrace/testing/simulated.hpp>
#include <headrace/testing/story.hpp>
#include <headrace/testing/virtual_time.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace headrace::testing {

/// What goes wrong in a schedule, and how often.
struct fault_plan {
    double share = 0.1;       ///< of the moments at which something can go wrong
    unsigned most = 4;        ///< in one schedule
    bool failures = true;     ///< a step fails and has no effect
    bool lost_answers = true; ///< a step has its effect, and its caller is told that it failed
    bool crashes = true;      ///< the process dies before or after a step, or between two records
    bool hangs = true;        ///< a step takes longer than anybody waits; Lambda then kills late
    bool duplicates = true;   ///< AWS delivers again what it has delivered, or loses a reply

    /// Nothing goes wrong; only the order of things differs between seeds.
    [[nodiscard]] static constexpr fault_plan none() noexcept { return {.share = 0, .most = 0}; }
};

/// One schedule: virtual time, AWS's side of the delivery, and the processes of the functions.
/// What runs in them is the shipped code. Belongs to the thread that made it.
class delivery {
public:
    explicit delivery(std::uint64_t seed, fault_plan faults = {});
    delivery(const delivery&) = delete;
    delivery& operator=(const delivery&) = delete;
    ~delivery();

    /// Makes the app of a process: an app, or another service whose records go through a
    /// dispatcher, since a record that nobody has seen handled counts as not handled. What it
    /// borrows from the test survives the process, must ask step() before it acts, and must live
    /// until run() has returned.
    using maker = std::function<std::unique_ptr<service>()>;
    simulated::function& function(std::string name, maker make,
                                  simulated::function_options options = {});
    simulated::queue& queue(simulated::queue_options options = {});
    simulated::topic& topic(std::string name);
    /// A stream of Kinesis, or of a source of your own, whose events `render` makes.
    simulated::stream& stream(std::string name, simulated::stream_render render = {});

    /// Does `then` when this much time has passed since the beginning. Before run().
    void at(std::chrono::nanoseconds when, std::function<void()> then);
    /// Delivers until everything has come to rest, ends all processes and checks that no record is
    /// lost. May be called again after more was sent.
    void run();
    /// Notes a violation of the test's own.
    void check(bool holds, std::string_view otherwise);

    // ---- for the stores and sinks of the test, which the processes call -----------------------
    /// Is the process that calls alive? True outside of processes.
    [[nodiscard]] bool alive() const noexcept;
    /// A call of something outside of the process: takes a moment, lets others run, may fail, may
    /// lose its answer, may end the process. `effect` runs at most once, and not at all for a
    /// process that is dead. Returns what it returns, as a result. Errors: transient where the call
    /// failed or its answer was lost; cancelled in a dead process.
    ///   result<void> book(int id) { return d.step("book", [&] { booked.insert(id); }); }
    /// A std::mutex must not be held across it; a virtual_mutex may.
    template <class F> auto step(std::string_view what, F effect);
    result<void> step(std::string_view what);
    [[nodiscard]] virtual_time& time() noexcept;
    [[nodiscard]] const testing::story& story() const noexcept;
    [[nodiscard]] bool was_run() const noexcept;

    // ---- many schedules -----------------------------------------------------------------------
    struct options {
        std::uint64_t seeds = 1'000;
        std::uint64_t first_seed = 1;
        fault_plan faults = {};
        unsigned threads = 1; ///< the scenario is called from so many at once
    };
    /// What became of many schedules.
    struct verdict {
        bool passed = true;
        std::uint64_t seed = 0;      ///< the first that failed; run it alone with first_seed
        std::uint64_t schedules = 0; ///< how many were run
        std::vector<std::string> violations; ///< of that seed
        std::string story;       ///< of that seed: the violations, and what befell the record
        std::string whole_story; ///< of all records
        std::uint64_t hash = 0;  ///< of all stories; the same with every compiler
    };
    /// Runs the scenario under one schedule for each seed, up to the first that fails. The scenario
    /// makes everything it uses. What it throws is thrown on.
    [[nodiscard]] static verdict explore(options how,
                                         const std::function<void(delivery&)>& scenario);

private:
    struct shared_threads {
        std::shared_ptr<thread_crew> crew;
    };
    delivery(std::uint64_t seed, fault_plan faults, shared_threads threads);
    [[nodiscard]] result<void> before_effect(std::string_view what);
    [[nodiscard]] result<void> after_effect(std::string_view what);

    std::unique_ptr<simulated::world> world_;
};

template <class F> auto delivery::step(std::string_view what, F effect) {
    using made = decltype(effect());
    using wrapped = typename headrace::detail::run_result<std::remove_cvref_t<made>>::type;
    if (auto lives = before_effect(what); !lives) return wrapped(std::move(lives).error());
    if constexpr (std::is_void_v<made>) {
        effect();
        return wrapped(after_effect(what));
    } else {
        wrapped done = effect();
        if (auto told = after_effect(what); !told) return wrapped(std::move(told).error());
        return done;
    }
}

inline result<void> delivery::step(std::string_view what) {
    return step(what, [] {});
}

} // namespace headrace::testing
