// SPDX-License-Identifier: BSL-1.0
#pragma once

// One log line for each record or invocation: source, route, outcome, duration. Never its payload.

#include <headrace/routing/middleware.hpp>

#include <chrono>

namespace headrace {

namespace detail {
void write_access_line(const call& c, const outcome* o, std::chrono::nanoseconds took);
}

/// Logs source, route, record, outcome, duration, trace id and cold start at level INFO (WARN for
/// what did not succeed). A handler that throws is logged as "threw" on its way out.
struct access_log {
    static constexpr headrace::phase phase = headrace::phase::observe;

    outcome operator()(call& c, auto&& next) const {
        const auto& clock = c.context().world->clock;
        const auto begin = clock.steady();
        unwinding guard{c, begin};
        outcome result = next(c);
        guard.left = true;
        detail::write_access_line(c, &result, clock.steady() - begin);
        return result;
    }

private:
    // Writes the line also when an exception passes through.
    struct unwinding {
        const call& c;
        std::chrono::nanoseconds begin;
        bool left = false;
        ~unwinding() {
            if (!left) {
                detail::write_access_line(c, nullptr, c.context().world->clock.steady() - begin);
            }
        }
    };
};

} // namespace headrace
