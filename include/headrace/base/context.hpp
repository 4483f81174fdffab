// SPDX-License-Identifier: BSL-1.0
#pragma once

// What Lambda says about an invocation beside its payload: ids, deadline, trace, tenant.

#include <headrace/base/logger.hpp>
#include <headrace/base/platform.hpp>
#include <headrace/base/stop_signal.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace headrace {

class call;
class outcome;
class retry_budget;

/// Hears of every record and invocation that reaches a route: for metrics and simulators. Called in
/// the thread that handles the record, so with batches of several workers from several at once.
class record_observer {
public:
    virtual ~record_observer() = default;
    /// Its layers are about to run.
    virtual void began(const call& c) = 0;
    /// They have ended. What they threw has become an outcome.
    virtual void ended(const call& c, const outcome& o) = 0;
};

/// What Lambda says about one invocation. The texts are views, valid until the reply is sent.
/// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
struct context {
    context(const platform& p, logger out) noexcept
        : world(&p), log(out), begun(detail::two_clocks::now(p.clock)) {}

    std::string_view request_id;        ///< Lambda-Runtime-Aws-Request-Id
    std::string_view function_arn;      ///< Lambda-Runtime-Invoked-Function-Arn
    std::string_view trace_id;          ///< Lambda-Runtime-Trace-Id, or empty
    std::string_view tenant_id;         ///< Lambda-Runtime-Aws-Tenant-Id, or empty
    std::string_view client_context;    ///< Lambda-Runtime-Client-Context: JSON text, or empty
    std::string_view cognito_identity;  ///< Lambda-Runtime-Cognito-Identity: JSON text, or empty
    std::optional<time_point> deadline; ///< Lambda-Runtime-Deadline-Ms; nothing: no deadline known
    std::optional<time_point> soft_deadline; ///< when a timeout{} around asks the work to end
    bool cold_start = false;                 ///< the first invocation of this process
    stop_signal stop;                        ///< asks the work to end early
    std::uint32_t try_number = 1;            ///< which try of the innermost retry this is

    const platform* world;            ///< time, threads, randomness, environment
    logger log;                       ///< writes lines with this invocation's ids
    retry_budget* retries = nullptr;  ///< shared by all retries of this invocation; null: no bound
    record_observer* watch = nullptr; ///< hears what becomes of each record; null: nobody does
    /// When this was made. Both deadlines are measured from here, so that a wall clock that is set
    /// meanwhile lengthens neither.
    detail::two_clocks begun;

    /// Time left until the deadline, or the soft one if that is sooner. Never negative; the largest
    /// duration where there is neither.
    [[nodiscard]] std::chrono::milliseconds remaining() const noexcept;
    /// Waits for so long by the steady clock, or until the work should end early: then false. This
    /// and sleep_until() are the only ways to wait in a handler or layer.
    [[nodiscard]] bool sleep_for(std::chrono::nanoseconds span) const;
    template <class Rep, class Period>
    [[nodiscard]] bool sleep_for(std::chrono::duration<Rep, Period> span) const {
        return sleep_for(detail::length_of(span));
    }
    /// The same until the wall clock shows `until`: for times that somebody has named. One that is
    /// set back meanwhile does not lengthen the wait.
    [[nodiscard]] bool sleep_until(time_point until) const;
};

} // namespace headrace
